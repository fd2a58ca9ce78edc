//! The journal, on both databases: each test runs with SQLite, and with PostgreSQL where there is one.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod builds;
mod facts;
mod faults;
mod history;
mod logs;
mod many;
mod roles;
mod sharing;
mod submitting;
mod support;
