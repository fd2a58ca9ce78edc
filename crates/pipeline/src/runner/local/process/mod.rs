//! The process of a run: reads the spec, runs the steps, writes the log and the outcome.

mod log;
mod output;
mod run;
mod supervisor;
mod tree;
mod watch;

pub use run::{answer, run};
