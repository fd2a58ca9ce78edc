//! What the tests of the whole system share: the examples and a test server as programs, a
//! ledger of what their handlers do, GitHub's recorded payloads, and a bounded patience.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod jobs;
mod labour;
mod ledger;
mod postgres;
mod program;
mod recorded;
mod test_server;

pub use jobs::{HANDLERS, PROGRAM, router};
pub use ledger::{Attempt, AttemptState, Books, Ledger};
pub use postgres::{Postgres, say};
pub use program::{Ended, Program};
pub use recorded::recorded_events;
pub use test_server::TestServer;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

/// Waits for something that must happen. The time is only there to fail a broken test: it is more
/// than the longest lease and the slowest machine need together.
pub async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(120), future)
        .await
        .expect("nothing happened for two minutes")
}

/// An address of loopback that nobody listens at.
///
/// Somebody could take it before the test does; the system hands out another port each time, so
/// that this does not happen among the tests of one run.
#[must_use]
pub fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// Text of this length that no inbox can pack.
#[must_use]
pub fn padding(length: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(length).collect()
}
