//! The inbox in front of a store: what it does for every store alike.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod deadlines;
mod handing_over;
mod idling;
mod listing;
mod logged;
mod names;
mod odd_store;
mod operations;
mod placing;
mod room;
mod submitting;
mod support;
