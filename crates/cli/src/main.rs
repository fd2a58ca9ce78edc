//! The program `hookstead`: looks after servers that receive GitHub's webhooks.
//!
//! `hookstead --help` says what it does, which settings it reads and what its exit codes mean.

mod arguments;
mod deliver;
mod doctor;
mod exit;
mod fake;
mod inbox;
mod logging;
mod manual;
mod output;
mod pipeline;
mod settings;
mod text;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use tracing::Level;

use arguments::{Arguments, Command};
use output::unless_read_enough;

fn main() -> ExitCode {
    let Arguments { log, command } = Arguments::parse();
    let is_server = matches!(&command, Command::Pipeline(arguments) if arguments.is_server());
    logging::start(log, if is_server { Level::INFO } else { Level::WARN });
    let result = match command {
        // The process of a build has one thread: its children are those of a thread.
        Command::Run { folder } => hookstead_pipeline::runner::run(&folder).map_err(Into::into),
        command => run(command),
    };
    exit::exit(unless_read_enough(result), log)
}

#[tokio::main]
async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Inbox(arguments) => inbox::run(arguments).await,
        Command::Deliver(arguments) => deliver::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(arguments).await,
        Command::Fake(arguments) => fake::run(arguments).await,
        Command::Pipeline(arguments) => pipeline::run(arguments).await,
        Command::Migrate { inbox } => {
            settings::inbox(inbox.as_deref())?.migrate().await?;
            output::print("The inbox is up to date.\n")
        }
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::page(),
        Command::Run { .. } => Ok(()),
    }
}
