//! What the client counts. On its own, because a recorder is for a whole process.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "loopback/support.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use hookstead_client::RetryPolicy;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use support::{Server, answer};

#[tokio::test]
async fn calls_retries_and_what_the_limit_leaves_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();

    let limit = |left: &'static str, resource: &'static str| {
        [("x-ratelimit-remaining", left), ("x-ratelimit-resource", resource)]
    };
    let server = Server::start([
        answer(200, &limit("4999", "core"), "[]"),
        answer(502, &[], ""),
        answer(200, &limit("4998", "core"), "[]"),
        answer(404, &limit("29", "made_up"), "{}"),
        answer(200, &[("x-ratelimit-remaining", "not a number")], "[]"),
    ])
    .await;
    let retries = RetryPolicy::default().first_delay(Duration::from_millis(1));
    let client = server.builder().retries(retries).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.statuses("main").await.unwrap();
    repo.statuses("main").await.unwrap();
    repo.statuses("main").await.unwrap_err();
    repo.statuses("main").await.unwrap();
    assert_eq!(server.requests().len(), 5);
    drop(server);

    let mut seen = BTreeMap::new();
    for (key, _, description, value) in snapshotter.snapshot().into_vec() {
        let (_, key) = key.into_parts();
        assert!(description.is_some(), "{} is not described", key.name());
        let labels = key.labels().map(|label| format!(" {}={}", label.key(), label.value()));
        let mut labels = labels.collect::<Vec<_>>();
        labels.sort();
        let value = match value {
            DebugValue::Counter(count) => f64::from(u32::try_from(count).unwrap()),
            DebugValue::Gauge(gauge) => gauge.into_inner(),
            DebugValue::Histogram(values) => f64::from(u32::try_from(values.len()).unwrap()),
        };
        seen.insert(format!("{}{}", key.name(), labels.concat()), value);
    }
    let expected = [
        ("hookstead_client_call_seconds method=GET", 4.0),
        ("hookstead_client_calls_total method=GET status=200", 3.0),
        ("hookstead_client_calls_total method=GET status=404", 1.0),
        ("hookstead_client_rate_limit_remaining resource=core", 4998.0),
        ("hookstead_client_rate_limit_remaining resource=other", 29.0),
        ("hookstead_client_retries_total because=an outage", 1.0),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(seen, expected);
}
