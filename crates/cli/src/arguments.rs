//! What the program is asked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::deliver::DeliverArguments;
use crate::doctor::DoctorArguments;
use crate::fake::FakeArguments;
use crate::inbox::InboxArguments;
use crate::logging::LogFormat;
use crate::pipeline::PipelineArguments;

/// Looks after servers that receive GitHub's webhooks.
#[derive(Debug, Parser)]
#[command(name = "hookstead", version, max_term_width = 100)]
#[command(after_help = SETTINGS)]
pub(crate) struct Arguments {
    /// How to write to stderr what happens: a line for people, or JSON
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true,
        display_order = 902
    )]
    pub(crate) log: LogFormat,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What stands below the help and in the manual.
const SETTINGS: &str = "\
Settings, which are environment variables:
  INBOX              the inbox: an SQLite file, or a postgres:// URL
  WEBHOOK_SECRET     the hook's secret
  MY_PERSONAL_TOKEN  a token for GitHub's REST API
  GITHUB_APP_CLIENT_ID, GITHUB_APP_PRIVATE_KEY
                     a GitHub App and its key in PEM
  GITHUB_API_URL     the REST API, by default https://api.github.com;
                     https://HOST/api/v3 for GitHub Enterprise Server
  LISTEN             where the server listens, by default 127.0.0.1:4567

Each may stand in a file instead, which NAME_FILE names, for instance
  WEBHOOK_SECRET_FILE=/run/secrets/hook
The line break at its end does not count. Both at once is an error.

Exit codes:
  0  it is done, and nothing is wrong
  1  something failed, was refused, was not found or is wrong
  2  the arguments or the settings cannot be used";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Looks into an inbox, and changes what is in it
    Inbox(InboxArguments),
    /// Sends deliveries to a server, signed as GitHub signs them
    Deliver(DeliverArguments),
    /// Finds out what is wrong between GitHub, a hook and its server
    Doctor(DoctorArguments),
    /// Runs a GitHub of one's own, with a page and calls that control it
    Fake(FakeArguments),
    /// Builds what GitHub's webhooks tell of, as a config says
    Pipeline(PipelineArguments),
    /// Brings the tables of an inbox to the version that this program needs, or makes them
    Migrate {
        /// The inbox: an SQLite file, or a postgres:// URL; without it the setting INBOX says which
        #[arg(long, value_name = "PLACE")]
        inbox: Option<String>,
    },
    /// Prints what a shell needs to complete the arguments
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Prints the manual's page, for `man -l`
    Man,
    /// Is the process of a build, which the pipeline starts
    #[command(hide = true)]
    Run {
        /// The folder of the build's run
        folder: PathBuf,
    },
}
