//! The reporters against a fake GitHub, over real sockets on loopback.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod attempts;
mod checks;
mod deployments;
mod ends;
mod interruptions;
mod newer;
mod outages;
mod progress;
mod server;
mod stage;
