//! Says what a saved delivery would start or stop, and why, without doing it.

mod deciding;
mod moment;
mod replay;
mod saved;
mod view;

use std::error::Error;
use std::path::PathBuf;

pub(super) use self::replay::{ReplayArguments, run as replay};
use crate::output;
use clap::Args;

/// The arguments of `hookstead pipeline plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// A file with a delivery, a folder of such files, or - for stdin
    ///
    /// That is what `hookstead inbox show GUID --json` prints, or what GitHub's REST API says of a hook's
    /// delivery, or a payload alone; then the event is what stands before the first point of the file's name
    /// (push.json, pull_request.opened.json), else the name of its folder. Or a sample: an event, with an action
    /// if you like (pull_request.closed), of the config's first repository.
    #[arg(value_name = "FILE | FOLDER | SAMPLE | -")]
    what: String,
    /// The event of a payload that does not say it by its file's name
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// The config
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    config: PathBuf,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What `hookstead pipeline plan` does.
pub(crate) fn run(arguments: &PlanArguments) -> Result<(), Box<dyn Error>> {
    let config = deciding::read(&arguments.config)?;
    let event = arguments.event.as_deref().map(Into::into);
    let mut views = Vec::new();
    let repo = config.projects.first().map(|project| &project.repo);
    for saved in saved::read(&arguments.what, event, repo)? {
        views.push(deciding::view(&config, saved)?);
    }
    if views.is_empty() {
        let what = if arguments.what == "-" { "stdin" } else { &arguments.what };
        return Err(format!("{what} holds no delivery.").into());
    }
    if arguments.json {
        return output::print_json(&views);
    }
    output::print_lines(&view::lines(&views, views.len() > 1))
}
