//! Runs the commands of a build, somewhere: [`Runner`] is the trait.

mod contract;
mod ending;
mod error;
mod local;
mod order;
mod place;

pub use contract::{Progress, Runner};
pub use ending::{Ending, Outcome};
pub use error::RunnerError;
pub use order::{CacheFolder, Order, OrderLimits, OrderStep, Sandbox, SecretValues, StepCommand};
pub use place::Place;
pub use local::{answer, run};
