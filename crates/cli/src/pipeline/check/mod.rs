//! Reads a config, and says what it means or what is wrong with it.

mod keys_view;
mod meaning;
mod report;
mod triggers;
mod unread;

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use hookstead_pipeline::config::{Config, ConfigError};
use hookstead_pipeline::serve::missing_on_machine;

use self::report::Report;
use self::unread::unread;
use crate::text::printable;

/// The arguments of `hookstead pipeline check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The config
    #[arg(value_name = "FILE", default_value = "pipeline.toml")]
    file: PathBuf,
    /// Reads the secrets, too, which the server needs and a laptop mostly lacks
    #[arg(long)]
    secrets: bool,
    /// Prints all keys that a config may have, in place of reading one
    #[arg(long, conflicts_with = "secrets")]
    keys: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What `hookstead pipeline check` does.
pub(crate) fn run(arguments: &CheckArguments) -> Result<(), Box<dyn Error>> {
    let CheckArguments { file, secrets, keys, json } = arguments;
    if *keys {
        return if *json { keys_view::print_json() } else { keys_view::print() };
    }
    let name = file.display().to_string();
    let (config, problems, more) = match Config::read_with_notices(file) {
        Ok((config, notices)) => (Some(config), notices, 0),
        Err(ConfigError::Wrong { problems, more, .. }) => (None, problems, more),
        Err(error) => return Err(error.into()),
    };
    let unread = match &config {
        Some(config) if *secrets => Some(unread(config)),
        _ => None,
    };
    let missing = config.as_ref().map(missing_on_machine).unwrap_or_default();
    let report = Report {
        missing: &missing,
        file: &name,
        config: config.as_ref(),
        problems: &problems,
        unread: unread.as_deref(),
    };
    if *json {
        report.print_json()?;
    } else {
        report.print()?;
    }
    let errors = report.errors() + more;
    let unread = unread.map_or(0, |unread| unread.iter().filter(|it| it.is_error).count());
    let name = printable(&name);
    match (errors, unread) {
        (0, 0) => Ok(()),
        (0, 1) => Err(format!("{name}: a secret cannot be used.").into()),
        (0, count) => Err(format!("{name}: {count} secrets cannot be used.").into()),
        (1, _) => Err(format!("{name} cannot be used: there is an error in it.").into()),
        (count, _) => Err(format!("{name} cannot be used: there are {count} errors in it.").into()),
    }
}
