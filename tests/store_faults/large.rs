//! The largest delivery that GitHub sends, all the way.

use std::time::Duration;

use hookstead::inbox::Filter;
use hookstead_testkit::Sender;
use hookstead_tests::{Ledger, TestServer};

use crate::{LONG, attempts_until_done, on_postgres, on_sqlite};

const LARGEST: usize = 25 * 1024 * 1024;

/// A payload of exactly this length. What the handler is told stands at its end; in a form most of
/// its letters take three bytes.
fn payload() -> String {
    let end = r#"", "work": 0, "lane": "at-the-end"}"#;
    let mut payload = r#"{"padding": ""#.to_owned();
    while payload.len() + end.len() < LARGEST {
        let letter = if payload.len().is_multiple_of(3) { "x" } else { "+" };
        payload.push_str(letter);
    }
    payload + end
}

async fn large(ledger: Ledger, server: TestServer) {
    let server = server.with("PATIENT", "");
    let program = server.start().await;
    ledger.hold();
    let payload = payload();
    assert_eq!(payload.len(), LARGEST);
    for (id, encode) in [("json", Sender::json as fn(Sender) -> Sender), ("form", Sender::form)] {
        let sender = encode(server.sender()).delivery_id(id).deadline(Duration::from_secs(100));
        let answer = sender.send("push", payload.clone()).await.unwrap();
        assert_eq!(answer.status, 202, "{}", answer.text());
        let filter = Filter::default().with_id(id.parse().unwrap()).with_bodies();
        let stored = server.inbox().await.list(filter).all().await.unwrap();
        assert!(stored[0].delivery.body == payload.as_bytes());
        ledger.release();
        assert_eq!(attempts_until_done(&server, id).await, 1);
        ledger.hold();
    }
    ledger.look(|books| {
        let lanes: Vec<_> = books.attempts.iter().map(|it| it.lane.as_deref()).collect();
        assert_eq!(lanes, [Some("at-the-end"); 2]);
    });
    let (status, _) = program.terminate().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_on_sqlite() {
    let (ledger, server) = on_sqlite(LONG);
    large(ledger, server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_on_postgres() {
    let Some((_postgres, ledger, server)) = on_postgres(LONG) else { return };
    large(ledger, server).await;
}
