//! Builds what GitHub's webhooks tell of, as a config says.

mod check;
mod plan;

use std::error::Error;

use clap::{Args, Subcommand};

use self::check::CheckArguments;
use self::plan::{PlanArguments, ReplayArguments};

/// The arguments of `hookstead pipeline`.
#[derive(Debug, Args)]
pub(crate) struct PipelineArguments {
    #[command(subcommand)]
    command: PipelineCommand,
}

#[derive(Debug, Subcommand)]
enum PipelineCommand {
    /// Reads a config, and says what it means or what is wrong with it
    Check(CheckArguments),
    /// Says what a saved delivery would start or stop, and why, without doing it
    Plan(PlanArguments),
    /// Says so of all deliveries that the inbox holds
    Replay(ReplayArguments),
}

/// What `hookstead pipeline` does.
pub(crate) async fn run(arguments: PipelineArguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        PipelineCommand::Check(arguments) => check::run(&arguments),
        PipelineCommand::Plan(arguments) => plan::run(&arguments),
        PipelineCommand::Replay(arguments) => plan::replay(arguments).await,
    }
}
