//! `hookstead pipeline setup`

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use hookstead_pipeline::config::Config;
use hookstead_pipeline::serve::setup;

use crate::output::print;

#[derive(Debug, Args)]
pub(crate) struct SetupArguments {
    /// The config
    #[arg(default_value = "pipeline.toml")]
    config: PathBuf,
}

pub(crate) async fn run(arguments: SetupArguments) -> Result<(), Box<dyn Error>> {
    let report = setup(&Config::read(&arguments.config)?).await?;
    print(&report.to_string())?;
    if report.has_failed {
        return Err("Not every repository is set up.".into());
    }
    Ok(())
}
