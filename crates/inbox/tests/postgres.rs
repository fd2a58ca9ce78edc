//! What is special about the store in PostgreSQL: that it is shared, and what can go wrong with
//! servers and connections. These tests need one; see `postgres/store.rs` for how they get it.
#![cfg(feature = "postgres")]
#![allow(clippy::print_stdout, reason = "figures for people; the harness keeps them unless asked")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "postgres/answers.rs"]
mod answers;
#[path = "postgres/crashes.rs"]
mod crashes;
#[path = "postgres/disk.rs"]
mod disk;
#[path = "postgres/hosts.rs"]
mod hosts;
#[path = "postgres/plans.rs"]
mod plans;
#[path = "postgres/pooler.rs"]
mod pooler;
#[path = "postgres/program.rs"]
mod program;
#[path = "postgres/races.rs"]
mod races;
#[path = "postgres/room.rs"]
mod room;
#[path = "postgres/rows.rs"]
mod rows;
#[path = "postgres/schemas.rs"]
mod schemas;
#[path = "postgres/server.rs"]
mod server;
#[path = "postgres/sessions.rs"]
mod sessions;
#[path = "postgres/snapshots.rs"]
mod snapshots;
#[path = "postgres/store.rs"]
mod store;
#[path = "postgres/transactions.rs"]
mod transactions;

use std::sync::Arc;
use std::time::Duration;

use store::Schema;

mod conformance {
    use super::*;
    use hookstead_inbox::MemoryStore;
    use hookstead_inbox::testing::TestStore;

    hookstead_inbox::conformance_tests!(async || match Schema::new().await {
        Some(schema) => {
            let schema = Arc::new(schema);
            let store = schema.store().await;
            let set = Arc::clone(&schema);
            let set_clock = move |by: i64| {
                let schema = Arc::clone(&set);
                async move { schema.set_clock(by).await }
            };
            TestStore::new(store).clock(set_clock).keeping(schema)
        }
        // Skipped, as `Schema::new` has said. One of the rules stores more deliveries than usually may wait.
        None => TestStore::new(MemoryStore::new().max_deliveries(usize::MAX)),
    });
}

const LONG: Duration = Duration::from_secs(60 * 60);

/// Says until when something must have happened that a test cannot wait for otherwise.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap()
}

/// What lies under an error, in words.
fn reason(error: &hookstead_inbox::InboxError) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}
