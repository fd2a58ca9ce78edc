//! The status reporter against a scripted server, over real sockets on loopback.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "../../../client/tests/loopback/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod support;

mod builds;
mod common;
mod ends;
mod interruptions;
mod progress;
