//! Runs the commands on this machine, by a small process of its own for each run.

mod caches;
mod command;
mod control_group;
mod folder;
mod leftovers;
mod local_runner;
mod mask;
mod proc_stat;
mod process;
mod process_id;
mod spec;

pub use command::{holds_processes, makes_scopes};
pub use local_runner::LocalRunner;
pub use process::{answer, run};
