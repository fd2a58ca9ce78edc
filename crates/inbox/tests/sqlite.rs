//! What is special about the store in a file: that it is one, and what can go wrong with files.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "sqlite/durability.rs"]
mod durability;
#[path = "sqlite/files.rs"]
mod files;
#[path = "sqlite/room.rs"]
mod room;
#[path = "sqlite/submitting.rs"]
mod submitting;
#[path = "sqlite/support.rs"]
mod support;
#[path = "sqlite/unreadable.rs"]
mod unreadable;
#[path = "sqlite/versions.rs"]
mod versions;

use hookstead_inbox::SqliteStore;
use hookstead_inbox::testing::TestStore;
use rusqlite::Connection;

use support::{LONG, TestFile};

mod conformance {
    use super::*;

    hookstead_inbox::conformance_tests!(async || {
        let file = TestFile::new();
        let path = file.path();
        let set_clock = move |by: i64| {
            let connection = Connection::open(&path).unwrap();
            connection.busy_timeout(LONG).unwrap();
            // As if the clock had been moved: everything written lies the other way.
            for (table, moments) in [
                (
                    "tasks",
                    &["due_at", "lease_until", "failing_since", "waiting_since", "settled_at"][..],
                ),
                ("deliveries", &["accepted_at", "bare_since"]),
                ("registered", &["first_seen", "last_seen"]),
                ("processes", &["seen_at"]),
                ("roles", &["held_until"]),
            ] {
                let moved: Vec<_> = moments.iter().map(|it| format!("{it} = {it} - ?1")).collect();
                let sql = format!("UPDATE {table} SET {}", moved.join(", "));
                connection.execute(&sql, [by]).unwrap();
            }
            async {}
        };
        TestStore::new(SqliteStore::open(file.path()).unwrap()).clock(set_clock).keeping(file)
    });
}
