//! Builds what GitHub's webhooks tell of, as a config says.

mod check;

use std::error::Error;

use clap::{Args, Subcommand};

use self::check::CheckArguments;

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
}

/// What `hookstead pipeline` does.
pub(crate) async fn run(arguments: PipelineArguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        PipelineCommand::Check(arguments) => check::run(&arguments),
    }
}
