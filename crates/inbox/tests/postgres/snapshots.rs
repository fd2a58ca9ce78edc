//! Another session holds a snapshot, as a dump does: nothing that was changed since can be cleared away.

use std::time::{Duration, Instant};

use hookstead_inbox::{Settlement, Store};
use tokio_postgres::Client;

use crate::program::{Program, free, latest};
use crate::soon;
use crate::store::Schema;

/// So many are handled meanwhile.
const HANDLED: usize = 3000;

/// Begins a transaction that sees what is there now, as long as the client lives.
async fn hold(schema: &Schema) -> Client {
    let client = crate::store::connect(&schema.url).await;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM {schema}.tasks";
    client.batch_execute(&schema.filled(begin)).await.unwrap();
    client
}

/// How many pages the store's statements have looked at so far.
async fn pages(schema: &Schema) -> i64 {
    // A session tells what it did at its end.
    schema.end_connections().await;
    soon(schema.let_listen(1)).await;
    let sql = "SELECT (sum(idx_blks_read + idx_blks_hit + heap_blks_read + heap_blks_hit))::bigint
               FROM pg_statio_user_tables WHERE schemaname = {name}";
    schema.number(sql).await
}

/// Accepts, leases and settles so many, 50 at a time. Returns how long that took.
async fn handle(
    ci: &Program,
    count: usize,
    new: impl Fn(usize) -> hookstead_inbox::NewDelivery,
) -> Duration {
    let before = Instant::now();
    for first in (0..count).step_by(50) {
        for number in first..first + 50 {
            ci.send(new(number)).await.unwrap();
        }
        let mut handled = 0;
        while handled < 50 {
            let leased = ci.lease(50).await;
            assert!(!leased.is_empty(), "{handled} of 50 after {first}");
            handled += leased.len();
            let done: Vec<_> = leased
                .iter()
                .map(|it| {
                    let settlement = match it.end {
                        Some(_) => Settlement::Ended,
                        None => Settlement::Done,
                    };
                    (it.token, settlement)
                })
                .collect();
            ci.store.settle(&done).await.unwrap();
        }
    }
    before.elapsed()
}

/// The pages that one lease takes when nothing is due, and one accept with its lease and its end.
async fn cost(schema: &Schema, ci: &Program, name: &str) -> (i64, i64) {
    // The first ones find new sessions, and look at everything; the others are counted.
    const FEW: i64 = 10;
    const MANY: i64 = 60;
    let mut idle = Vec::new();
    let mut busy = Vec::new();
    for times in [FEW, MANY] {
        let begin = pages(schema).await;
        for _ in 0..times {
            assert!(ci.lease(10).await.is_empty());
        }
        let then = pages(schema).await;
        for number in 0..times {
            ci.accept(&format!("{name}-{times}-{number}")).await;
            let leased = ci.lease_one().await;
            ci.settle(leased.token, Settlement::Done).await;
        }
        idle.push(then - begin);
        busy.push(pages(schema).await - then);
    }
    ((idle[1] - idle[0]) / (MANY - FEW), (busy[1] - busy[0]) / (MANY - FEW))
}

#[tokio::test]
async fn leasing_does_not_look_at_what_was_handled() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    ci.accept("first").await;
    ci.settle(ci.lease_one().await.token, Settlement::Done).await;
    let (idle_before, busy_before) = cost(&schema, &ci, "before").await;
    let holding = hold(&schema).await;
    handle(&ci, HANDLED, |number| ci.new_delivery(&format!("handled-{number}"))).await;
    // Later than the margin in which something may still come.
    tokio::time::sleep(Duration::from_secs(3)).await;
    ci.lease(1).await;
    let (idle, busy) = cost(&schema, &ci, "after").await;
    println!("pages of an idle lease {idle_before}, {idle}; of one handled {busy_before}, {busy}");
    assert!(idle < idle_before + 100, "{idle_before} {idle}");
    assert!(busy < busy_before + 200, "{busy_before} {busy}");
    let held = ci.store.probe().await.unwrap().oldest_snapshot.unwrap();
    assert!(held > Duration::from_secs(1), "{held:?}");
    holding.batch_execute("COMMIT").await.unwrap();
}

/// Does it ten times so often. Returns how long the quickest of the ten took: what others do on the machine slows
/// down some of them, and what a store reads in vain slows down all.
async fn quickest_of_ten(times: usize, work: impl AsyncFn(usize)) -> Duration {
    let mut quickest = Duration::MAX;
    for turn in 0..10 {
        let before = Instant::now();
        for number in 0..times {
            work(turn * times + number).await;
        }
        quickest = quickest.min(before.elapsed());
    }
    quickest
}

#[tokio::test]
async fn a_busy_lane_does_not_become_slower() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let holding = hold(&schema).await;
    for (key, version) in [("free", None), ("latest", Some(1))] {
        let lane = || version.map_or_else(|| free(key), |version| latest(key, version));
        let mut parts = Vec::new();
        for part in 0..4 {
            // One at a time, so that all are handled.
            let handle = async |number: usize| {
                ci.accept_in(&format!("{key}-{part}-{number}"), lane()).await;
                let leased = ci.lease_one().await;
                ci.settle(leased.token, Settlement::Done).await;
            };
            parts.push(quickest_of_ten(25, handle).await);
        }
        assert!(parts[3] < parts[0] * 3, "{key}: {parts:?}");
    }
    // Many in line.
    for number in 0..500 {
        ci.accept_in(&format!("line-{number}"), free("line")).await;
    }
    let mut parts = Vec::new();
    for _ in 0..4 {
        let handle = async |_| {
            let leased = ci.lease_one().await;
            ci.settle(leased.token, Settlement::Done).await;
        };
        parts.push(quickest_of_ten(12, handle).await);
    }
    assert!(parts[3] < parts[0] * 3, "draining: {parts:?}");
    holding.batch_execute("COMMIT").await.unwrap();
}
