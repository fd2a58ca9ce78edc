//! Runs the commands on this machine, by a small process of its own for each run.

mod caches;
mod command;
mod folder;
mod mask;
mod proc_stat;
mod process;
mod process_id;
mod spec;

pub use process::{answer, run};
