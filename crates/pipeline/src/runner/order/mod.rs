//! What is to run: commands, where, with what, and what they may take.

mod order;
mod sandbox;
mod secret_values;
mod step;

pub use order::{CacheFolder, Order, OrderLimits};
pub use sandbox::Sandbox;
pub use secret_values::SecretValues;
pub use step::{OrderStep, StepCommand};
