//! `hookstead pipeline serve`

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hookstead_pipeline::serve::PipelineServer;

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The config
    #[arg(default_value = "pipeline.toml")]
    config: PathBuf,
    /// How many seconds pass after a crash until what was at work is taken up again, about; 15 by default
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    lease: Option<u64>,
}

pub(crate) async fn run(arguments: ServeArguments) -> Result<(), Box<dyn Error>> {
    let mut server = PipelineServer::read(&arguments.config)?;
    if let Some(seconds) = arguments.lease {
        server = server.lease(Duration::from_secs(seconds));
    }
    Ok(server.serve().await?)
}
