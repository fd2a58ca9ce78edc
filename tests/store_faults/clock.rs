//! The clock is wrong, or jumps. The one that counts is the store's: for SQLite the machine's, for
//! PostgreSQL the database's.

use std::path::Path;
use std::time::Duration;

use hookstead_tests::{AttemptState, TestServer, say};
use rusqlite::Connection;
use serde_json::json;

use crate::{SHORT, attempts_until_done, entries, job, on_postgres, on_sqlite, post};

const HOUR: i64 = 60 * 60 * 1000;

/// Moves all moments in a file by so many milliseconds. To whoever works with it this is what a jump
/// of the clock is, in the other direction.
fn move_moments(file: &Path, by: i64) {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(60)).unwrap();
    let sql = format!(
        "BEGIN IMMEDIATE;
         UPDATE tasks SET due_at = due_at + {by}, lease_until = lease_until + {by},
             failing_since = failing_since + {by}, waiting_since = waiting_since + {by},
             settled_at = settled_at + {by};
         UPDATE deliveries SET accepted_at = accepted_at + {by}, bare_since = bare_since + {by};
         UPDATE registered SET first_seen = first_seen + {by}, last_seen = last_seen + {by};
         UPDATE processes SET seen_at = seen_at + {by};
         UPDATE roles SET held_until = held_until + {by};
         COMMIT;"
    );
    connection.execute_batch(&sql).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_jumps_forward() {
    let (ledger, server) = on_sqlite(SHORT);
    let program = server.start().await;
    ledger.hold();
    let in_lane = json!({ "lane": "a", "work": 0 });
    assert_eq!(post(&server, "running", &in_lane).await, 202);
    ledger.until(|books| books.running() == 1).await;
    assert_eq!(post(&server, "behind", &in_lane).await, 202);

    move_moments(&server.file(), -HOUR);
    // Its lease has ended early. So it is taken a second time, nothing else of its lane is, and the
    // first attempt ends when it wants to renew.
    ledger.until(|books| books.attempts.len() == 2).await;
    ledger.until(|books| books.attempts_at("running")[0].state == AttemptState::CutOff).await;
    ledger.look(|books| assert!(books.attempts_at("behind").is_empty()));
    ledger.release();
    assert_eq!(attempts_until_done(&server, "running").await, 2);
    assert_eq!(attempts_until_done(&server, "behind").await, 1);
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_jumps_back() {
    let (ledger, server) = on_sqlite(SHORT);
    let program = server.start().await;
    ledger.hold();
    // As many as the worker takes at a time, and some that wait.
    for number in 0..20 {
        assert_eq!(post(&server, &format!("old-{number}"), &job()).await, 202);
    }
    ledger.until(|books| books.running() == 16).await;

    move_moments(&server.file(), HOUR);
    // What runs is not disturbed, and what is new does not wait.
    ledger.release();
    assert_eq!(post(&server, "new", &job()).await, 202);
    assert_eq!(attempts_until_done(&server, "new").await, 1);
    // What waited does not wait until the clock is where it was, and nothing is handled twice.
    ledger.until(|books| books.finished.len() == 21).await;
    for number in 0..20 {
        assert_eq!(attempts_until_done(&server, &format!("old-{number}")).await, 1);
    }
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_whose_holder_was_killed_is_free_though_the_clock_was_set_back() {
    let (ledger, server) = on_sqlite(SHORT);
    let Some(library) = libfaketime() else {
        say(
            "SKIPPED: the test of a clock that was set back; it needs Debian's package libfaketime.",
        );
        return;
    };
    let program = server.start().await;
    ledger.hold();
    let in_lane = json!({ "lane": "a", "work": 0 });
    assert_eq!(post(&server, "killed", &in_lane).await, 202);
    ledger.until(|books| books.running() == 1).await;
    assert_eq!(post(&server, "behind", &in_lane).await, 202);
    program.kill().await;
    // Back, far back, and ahead: the file goes from one machine's clock to the next one's.
    for hours in [-1, -24 * 400, 2] {
        let attempts = ledger.look(|books| books.attempts.len());
        let later = hours_away(server.sibling(), &library, hours);
        let program = later.start().await;
        ledger.until(|books| books.attempts.len() > attempts).await;
        ledger.look(|books| assert!(books.attempts_at("behind").is_empty()));
        program.kill().await;
    }
    let later = hours_away(server.sibling(), &library, -1);
    let program = later.start().await;
    ledger.release();
    ledger.until(|books| books.finished.len() == 2).await;
    assert_eq!(attempts_until_done(&later, "behind").await, 1);
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

/// What makes a program see another time, where it is installed.
fn libfaketime() -> Option<String> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let paths = folders.map(|it| format!("/usr/lib/{it}/faketime/libfaketime.so.1"));
    paths.into_iter().find(|path| Path::new(path).exists())
}

/// A server that sees the time so many hours from now.
fn hours_away(server: TestServer, library: &str, hours: i64) -> TestServer {
    server
        .with("LD_PRELOAD", library)
        .with("FAKETIME", &format!("{hours:+}h"))
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .with("DONT_FAKE_MONOTONIC", "1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_with_wrong_clocks_share_postgresql() {
    let Some((_postgres, ledger, server)) = on_postgres(SHORT) else { return };
    let Some(library) = libfaketime() else {
        say("SKIPPED: the test of hosts with wrong clocks; it needs Debian's package libfaketime.");
        return;
    };
    let early = hours_away(server.sibling(), &library, -3);
    let late = hours_away(server.sibling(), &library, 3);
    let programs = [early.start().await, late.start().await];
    for number in 0..40 {
        // Some outlive their lease, some are tried again, all are in lanes.
        let job = json!({
            "lane": format!("lane-{}", number % 8),
            "work": if number < 2 { 3000 } else { 20 },
            "then": if number % 5 == 4 { "again" } else { "done" },
        });
        let server = if number % 2 == 0 { &early } else { &late };
        assert_eq!(post(server, &number.to_string(), &job).await, 202);
    }
    for number in 0..40 {
        let attempts = if number % 5 == 4 { 2 } else { 1 };
        assert_eq!(attempts_until_done(&early, &number.to_string()).await, attempts, "{number}");
    }
    ledger.look(|books| {
        assert_eq!(books.clashes, [""; 0]);
        for program in &programs {
            assert!(books.attempts.iter().any(|attempt| attempt.process == program.id()));
        }
    });
    // Their clocks were wrong indeed: it shows in when they received what.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_secs()).unwrap();
    for entry in entries(&early).await {
        let received = entry.delivery.received_at.instant().unwrap().as_second();
        assert!((received - now).abs() > 2 * 60 * 60, "{:?}", entry.delivery);
    }
    for program in programs {
        let (status, _) = program.terminate().await;
        assert!(status.success());
    }
}
