//! A whole delivery, a retry, a dead letter and a wrong signature move the metrics.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName};
use hookstead_handler::{Attempt, HandlerError, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::Server;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use support::told::Told;
use support::{Encoding, Request, Running, secret, within};

/// Every event, whatever is in it.
#[derive(Clone)]
struct Anything;

impl Event for Anything {
    const NAME: Option<EventName> = None;

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

/// What each series says: counters and gauges as numbers, histograms as how often.
#[derive(Default)]
struct Seen(BTreeMap<String, f64>);

impl Seen {
    /// A snapshot empties counters and histograms, so they are added up here.
    fn look(&mut self, snapshotter: &Snapshotter) {
        for (key, _, _, value) in snapshotter.snapshot().into_vec() {
            let (_, key) = key.into_parts();
            let labels = key.labels().map(|label| format!("{}={}", label.key(), label.value()));
            let mut labels = labels.collect::<Vec<_>>();
            labels.sort();
            let seen = self.0.entry(format!("{} {}", key.name(), labels.join(" "))).or_default();
            match value {
                DebugValue::Counter(count) => *seen += count as f64,
                DebugValue::Gauge(gauge) => *seen = gauge.into_inner(),
                DebugValue::Histogram(values) => *seen += values.len() as f64,
            }
        }
    }

    fn is(&self, series: &str, value: f64) -> bool {
        self.0.get(series) == Some(&value)
    }
}

/// Waits until all these series have these values.
async fn all_seen(snapshotter: &Snapshotter, expected: &[(&str, f64)]) {
    let mut seen = Seen::default();
    let all = async {
        loop {
            seen.look(snapshotter);
            if expected.iter().all(|(series, value)| seen.is(series, *value)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(60), all).await.is_err() {
        for (series, value) in expected {
            assert!(seen.is(series, *value), "{series} is not {value} in {:#?}", seen.0);
        }
    }
}

/// There is one recorder for all threads of the process, so one thing is looked at after the other.
#[tokio::test]
async fn everything_is_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    a_delivery_moves_them_from_the_request_to_its_end(&snapshotter).await;
    a_lease_that_is_lost_is_counted(&snapshotter).await;
    a_replay_is_counted(&snapshotter).await;
    what_is_handed_over_is_counted(&snapshotter).await;
}

/// A worker that has just started may lease what is due before anything is handed over, so this goes on
/// until something was.
async fn what_is_handed_over_is_counted(snapshotter: &Snapshotter) {
    let router = Router::new()
        .program("over")
        .on::<Anything>(handler_fn(async |_: Anything, _: Attempt| Ok(())));
    let server = Running::start(Server::new("/event_handler", secret(), router));
    let mut seen = Seen::default();
    let mut sent = 0.0;
    let handed_over = "hookstead_tasks_handed_over_total handler=over.any";
    let one_was = async {
        while !seen.0.contains_key(handed_over) {
            let id = format!("over-{sent}");
            let good = Request::delivery("push", "{}", Encoding::Json);
            server.send(&good.with("X-GitHub-Delivery", &id)).await.expect(202, "");
            sent += 1.0;
            seen.look(snapshotter);
        }
    };
    within(one_was).await;
    assert!(seen.0[handed_over] >= 1.0 && seen.0[handed_over] <= sent, "{:#?}", seen.0);
    within(server.stop()).await;
}

async fn a_replay_is_counted(snapshotter: &Snapshotter) {
    let router = Router::new().on::<Anything>(handler_fn(async |_: Anything, _: Attempt| Ok(())));
    let server = Server::new("/event_handler", secret(), router).refuse_replays();
    let server = Running::start(server);
    let good = Request::delivery("watch", "{}", Encoding::Json);
    server.send(&good).await.expect(202, "");
    server.send(&good.with("X-GitHub-Delivery", "replay")).await.expect(409, "");
    let expected = [
        ("hookstead_requests_total status=409", 1.0),
        ("hookstead_deliveries_accepted_total event=watch result=new", 1.0),
        ("hookstead_deliveries_accepted_total event=watch result=replay", 1.0),
    ];
    all_seen(snapshotter, &expected).await;
}

async fn a_delivery_moves_them_from_the_request_to_its_end(snapshotter: &Snapshotter) {
    let router = Router::new().program("test").on::<Anything>(handler_fn(
        async |_: Anything, it: Attempt| match (it.delivery().id.as_str(), it.number()) {
            ("retry", 1) => Err(HandlerError::retry_after("not yet", Duration::ZERO)),
            ("dead", _) => Err(HandlerError::permanent("never")),
            _ => Ok(()),
        },
    ));
    let inbox = Inbox::new(MemoryStore::new(), router).gauge_interval(Duration::from_millis(10));
    let server = Running::start(Server::of("/event_handler", secret(), inbox));

    let good = |id: &str, event: &str| {
        Request::delivery(event, "{}", Encoding::Json).with("X-GitHub-Delivery", id)
    };
    server.send(&good("done", "push")).await.expect(202, "");
    server.send(&good("retry", "push")).await.expect(202, "");
    server.send(&good("dead", "push")).await.expect(202, "");
    server.send(&good("unheard", "of")).await.expect(202, "");
    let forged = good("done", "push").without("X-Hub-Signature-256");
    server.send(&forged).await.expect(401, "");
    server.send(&good("done", "push").without("X-GitHub-Event")).await.expect(400, "");
    let lost = Request { path: "/of/others", ..good("lost", "push") };
    server.send(&lost).await.expect(404, "");

    let expected = [
        ("hookstead_requests_total status=202", 4.0),
        ("hookstead_requests_total status=401", 1.0),
        ("hookstead_requests_total status=400", 1.0),
        ("hookstead_requests_total status=404", 1.0),
        ("hookstead_signature_failures_total ", 1.0),
        ("hookstead_accept_seconds ", 4.0),
        ("hookstead_deliveries_accepted_total event=push result=new", 3.0),
        ("hookstead_deliveries_accepted_total event=other result=new", 1.0),
        ("hookstead_waiting_seconds handler=test.any", 4.0),
        ("hookstead_handling_seconds handler=test.any", 5.0),
        ("hookstead_tasks_settled_total handler=test.any outcome=done", 3.0),
        ("hookstead_tasks_settled_total handler=test.any outcome=retry", 1.0),
        ("hookstead_tasks_settled_total handler=test.any outcome=dead", 1.0),
        ("hookstead_inbox_settled_tasks state=done", 3.0),
        ("hookstead_inbox_settled_tasks state=dead", 1.0),
        ("hookstead_inbox_tasks handler=test.any state=ready", 0.0),
        ("hookstead_inbox_oldest_ready_seconds handler=test.any", 0.0),
    ];
    all_seen(snapshotter, &expected).await;
    within(server.stop()).await;
}

async fn a_lease_that_is_lost_is_counted(snapshotter: &Snapshotter) {
    let router = Router::new().program("lost").on::<Anything>(handler_fn(
        async |_: Anything, it: Attempt| {
            // The first attempt goes on until somebody ends it.
            if it.number() == 1 { std::future::pending().await } else { Ok(()) }
        },
    ));
    let server = Server::new("/event_handler", secret(), router)
        .inbox(Told::that_loses_a_lease())
        .worker(|worker| worker.lease(Duration::from_millis(1500)));
    let server = Running::start(server);
    server.send(&Request::delivery("push", "{}", Encoding::Json)).await.expect(202, "");
    let expected = [
        ("hookstead_leases_lost_total handler=lost.any", 1.0),
        ("hookstead_handling_seconds handler=lost.any", 2.0),
        ("hookstead_tasks_settled_total handler=lost.any outcome=done", 1.0),
    ];
    all_seen(snapshotter, &expected).await;
    within(server.stop()).await;
}
