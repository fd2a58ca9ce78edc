//! The pages, by the real server over loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

mod artifacts;
mod badge;
mod browser;
mod json;
mod log_events;
mod log_pages;
mod press;
mod session;
mod shown;
mod sse;
mod stage;
