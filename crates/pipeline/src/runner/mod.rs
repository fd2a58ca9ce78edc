//! Runs the commands of a build, somewhere: [`Runner`] is the trait, [`LocalRunner`] runs them on this machine.

mod contract;
mod ending;
mod error;
mod local;
mod order;
mod place;

pub use contract::{Progress, Runner};
pub use ending::{Ending, Outcome};
pub use error::RunnerError;
pub use local::{LocalRunner, answer, holds_processes, makes_scopes, run};
pub use order::{CacheFolder, Order, OrderLimits, OrderStep, Sandbox, SecretValues, StepCommand};
pub use place::Place;
