//! The whole server: it takes deliveries, builds, and shows what it does.
//!
//! ```no_run
//! use hookstead_pipeline::serve::PipelineServer;
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! PipelineServer::read("pipeline.toml")?.serve().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The process of a build is this program again, so its `main` begins with
//! [`runner::answer`](crate::runner::answer).
//!
//! # What happens when
//!
//! | | |
//! |---|---|
//! | at the start | the folders `data` and `work` are locked, so that no second server of this machine works in them |
//! | then | it listens: who connects from here on waits some moments at most, and is not refused |
//! | once it serves | what says that it waits or runs, and has no work in the inbox, is ended, and GitHub is told |
//! | every half minute | runs of this machine that nobody comes back to are ended, and their folders removed |
//! | SIGHUP | the config is read again; what runs keeps what it began with, and what waits for a job that is gone ends in an error; what needs a restart stays as it was; a config with a mistake changes nothing |
//! | SIGTERM, Ctrl-C | nothing new begins; builds go on in their own processes, and the server that starts next follows them |
//! | killed | the same, once the leases have ended |
//!
//! Under systemd that needs `KillMode=process`; in a container that ends with the server its builds end too, and
//! are built anew.

mod folder_lock;
mod keeping;
mod leaving;
mod needs;
mod place;
mod reloading;
mod repair;
mod schedules;
mod server;
mod setup;

#[cfg(test)]
mod tests;

pub use needs::missing_on_machine;
pub use place::{machine_name, open_journal};
pub use server::PipelineServer;
pub use setup::{SetupReport, setup};
