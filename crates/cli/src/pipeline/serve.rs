//! `hookstead pipeline serve`

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hookstead_pipeline::build::Machine;
use hookstead_pipeline::serve::{PipelineServer, machine_name};

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The config
    #[arg(default_value = "pipeline.toml")]
    config: PathBuf,
    /// How many seconds pass after a crash until what was at work is taken up again, about; 15 by default
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    lease: Option<u64>,
    /// What this machine is called where several share a database; the host's name by default
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    machine: Option<String>,
    /// How many seconds after a machine was heard of last another one takes up its builds; 300 by default
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    lost_after: Option<u64>,
}

pub(crate) async fn run(arguments: ServeArguments) -> Result<(), Box<dyn Error>> {
    let mut server = PipelineServer::read(&arguments.config)?;
    if let Some(seconds) = arguments.lease {
        server = server.lease(Duration::from_secs(seconds));
    }
    let mut machine = Machine::new(arguments.machine.unwrap_or_else(machine_name));
    if let Some(seconds) = arguments.lost_after {
        machine = machine.time(Duration::from_secs(seconds));
    }
    server = server.machine(machine);
    Ok(server.serve().await?)
}
