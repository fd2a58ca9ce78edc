//! The status reporter against a scripted server, over real sockets on loopback.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "loopback/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod support;

#[path = "status_reporter/builds.rs"]
mod builds;
#[path = "status_reporter/common.rs"]
mod common;
#[path = "status_reporter/ends.rs"]
mod ends;
#[path = "status_reporter/interruptions.rs"]
mod interruptions;
#[path = "status_reporter/progress.rs"]
mod progress;
