//! [`Worker`] takes the tasks of its process. Its parts, each in a file of its own:
//!
//! * `leasing` asks the store for what is due, one call for a pool; `turns` and `ramp` say of what and how
//!   much. `placing` comes before it. What is accepted in this process comes without it, handed over.
//! * `attempt` runs a handler, `ended` tells it of an end without success, `keeper` keeps its steps.
//! * `renewing` renews all leases (`holdings`), and hears what happened to their tasks (`taken`).
//! * `decision` says what comes of an attempt; `settling` writes it down.

mod attempt;
mod decision;
#[cfg(test)]
mod decision_tests;
mod ended;
mod expiring;
mod holdings;
mod keeper;
mod leasing;
mod outcomes;
mod placing;
mod ramp;
mod renewing;
mod run;
mod settings;
mod settling;
mod shared;
mod slots;
mod taken;
mod task;
mod turns;
mod unfinished;
mod worker;

pub use worker::Worker;
