//! A process that stops for longer than its lease, and then goes on.

use hookstead::inbox::TaskState;
use hookstead_tests::{AttemptState, Ledger, TestServer};
use serde_json::json;

use crate::{SHORT, attempts_until_done, entries, job, on_postgres, on_sqlite, post};

async fn lost(ledger: Ledger, server: TestServer) {
    let first = server.start().await;
    ledger.hold();
    // Were its first attempt settled, there would be a third.
    let job_in_a_lane = json!({ "lane": "a", "work": 2000, "then": "again" });
    assert_eq!(post(&server, "lost", &job_in_a_lane).await, 202);
    ledger.until(|books| books.attempts.len() == 1).await;

    let sibling = server.sibling();
    let second = sibling.start().await;
    first.signal("STOP").await;
    ledger.until(|books| books.attempts.len() == 2).await;
    ledger.look(|books| {
        let processes: Vec<u32> = books.attempts.iter().map(|attempt| attempt.process).collect();
        assert_eq!(processes, [first.id(), second.id()]);
        assert_eq!(books.clashes, [""; 0]);
        assert_eq!(books.excused, 1);
    });
    first.signal("CONT").await;
    ledger.until(|books| books.attempts_at("lost")[0].state == AttemptState::CutOff).await;
    // The other one has it still, and nobody else of the lane runs beside it.
    assert_eq!(post(&server, "next", &json!({ "lane": "a", "work": 0 })).await, 202);
    assert_eq!(post(&server, "elsewhere", &job()).await, 202);
    ledger.until(|books| !books.attempts_at("elsewhere").is_empty()).await;
    ledger.look(|books| {
        assert!(books.attempts_at("next").is_empty());
        assert_eq!(books.attempts_at("lost").last().unwrap().state, AttemptState::Running);
    });
    ledger.release();
    assert_eq!(attempts_until_done(&server, "lost").await, 2);
    assert_eq!(attempts_until_done(&server, "next").await, 1);
    assert_eq!(attempts_until_done(&server, "elsewhere").await, 1);

    // The first goes on by itself.
    let (status, _) = second.terminate().await;
    assert!(status.success());
    assert_eq!(post(&server, "afterwards", &job()).await, 202);
    ledger.until(|books| books.finished.contains("afterwards")).await;
    let (status, _) = first.terminate().await;
    assert!(status.success());
    assert!(entries(&server).await.iter().all(|entry| entry.state == TaskState::Done));
    ledger.look(|books| assert_eq!(books.attempts_at("lost").len(), 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_on_sqlite() {
    let (ledger, server) = on_sqlite(SHORT);
    lost(ledger, server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_on_postgres() {
    let Some((_postgres, ledger, server)) = on_postgres(SHORT) else { return };
    lost(ledger, server).await;
}
