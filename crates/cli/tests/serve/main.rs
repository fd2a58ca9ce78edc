//! The whole pipeline: the real program against a fake GitHub with real git, real processes, real statuses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

mod changes;
mod disks;
#[path = "../support/git.rs"]
mod git;
mod kills;
mod machines;
mod mistakes;
mod pull_requests;
mod reports;
mod restarts;
mod stage;
mod strangers;
mod teams;
mod unread;
mod waiting;
mod watchers;
