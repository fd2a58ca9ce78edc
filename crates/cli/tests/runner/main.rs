//! The runner of this machine by the real program: what builds do that nobody wants, and what is left of them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

mod attach;
mod basics;
mod output;
mod processes;
mod sandbox;
mod secrets;
mod storage;
mod storms;
mod sweeping;
