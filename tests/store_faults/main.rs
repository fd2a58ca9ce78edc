//! What the whole server makes of the troubles of its store: a locked file, a full disk, a database
//! that is away or cut off, a lease that is lost, a clock that jumps; and of too much of everything.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod blocking;
mod clock;
mod disk;
mod down;
mod file;
mod file_system;
mod large;
mod lease;
mod lock;
mod partition;
mod shutdown;
mod waiting;

use std::time::Duration;

use hookstead::inbox::{Entry, Filter, TaskState};
use hookstead_tests::{Ledger, Postgres, TestServer, within};
use serde_json::{Value, json};

/// Ends soon, for tests that wait until it does.
const SHORT: Duration = Duration::from_secs(2);

/// Longer than a test waits for anything, for tests that do not want to see it end.
const LONG: Duration = Duration::from_secs(10 * 60);

/// Work of no lane that takes no time.
fn job() -> Value {
    json!({ "work": 0 })
}

/// Posts a job; returns the status of the answer.
async fn post(server: &TestServer, id: &str, job: &Value) -> u16 {
    let answer = server.sender().delivery_id(id).send("push", job.to_string()).await;
    answer.unwrap().status.as_u16()
}

/// Everything in the inbox of a server, from beside it.
async fn entries(server: &TestServer) -> Vec<Entry> {
    server.inbox().await.list(Filter::default().at_most(usize::MAX)).all().await.unwrap()
}

/// Waits until the one task of this delivery is done; returns how many attempts it took.
async fn attempts_until_done(server: &TestServer, id: &str) -> u32 {
    let inbox = server.inbox().await;
    let filter = Filter::default().with_id(id.parse().unwrap());
    let waiting = async {
        loop {
            let entries = inbox.list(filter.clone()).all().await.unwrap();
            if let [entry] = &entries[..]
                && entry.state == TaskState::Done
            {
                return entry.number;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(waiting).await
}

/// A server with SQLite, and its ledger.
fn on_sqlite(lease: Duration) -> (Ledger, TestServer) {
    let ledger = Ledger::open(lease);
    let server = TestServer::sqlite(&ledger, lease);
    (ledger, server)
}

/// A server with a PostgreSQL of its own, and its ledger; `None` where that is skipped.
fn on_postgres(lease: Duration) -> Option<(Postgres, Ledger, TestServer)> {
    let postgres = Postgres::start()?;
    let ledger = Ledger::open(lease);
    let server = TestServer::postgres(&ledger, lease, "faults", postgres.url());
    Some((postgres, ledger, server))
}
