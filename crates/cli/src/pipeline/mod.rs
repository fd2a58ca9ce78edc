//! Builds what GitHub's webhooks tell of, as a config says.

mod build;
mod check;
mod plan;
mod serve;
mod setup;

use std::error::Error;

use clap::{Args, Subcommand};

use self::build::BuildArguments;
use self::check::CheckArguments;
use self::plan::{PlanArguments, ReplayArguments};
use self::serve::ServeArguments;
use self::setup::SetupArguments;

/// The arguments of `hookstead pipeline`.
#[derive(Debug, Args)]
pub(crate) struct PipelineArguments {
    #[command(subcommand)]
    command: PipelineCommand,
}

impl PipelineArguments {
    /// Whether it goes on until somebody stops it.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self.command, PipelineCommand::Serve(_))
    }
}

#[derive(Debug, Subcommand)]
enum PipelineCommand {
    /// Takes deliveries, builds, reports, and shows what it does
    Serve(ServeArguments),
    /// Asks a server that runs for a build
    Build(BuildArguments),
    /// Makes or mends the hooks at GitHub, and tries them; safe to repeat
    Setup(SetupArguments),
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
        PipelineCommand::Serve(arguments) => serve::run(arguments).await,
        PipelineCommand::Build(arguments) => build::run(arguments).await,
        PipelineCommand::Setup(arguments) => setup::run(arguments).await,
        PipelineCommand::Check(arguments) => check::run(&arguments),
        PipelineCommand::Plan(arguments) => plan::run(&arguments),
        PipelineCommand::Replay(arguments) => plan::replay(arguments).await,
    }
}
