//! Two stores, as two hosts have, with one database between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_inbox::{LeaseRequest, Leased, Renewal, Settlement, Store, TakerShare, TaskState};

use crate::program::{Program, free, latest};
use crate::store::Schema;
use crate::{LONG, soon};

/// Two processes of one program, which share nothing but the database.
async fn two(schema: &Schema) -> [Program; 2] {
    [Program::start(schema.store().await).await, Program::start(schema.store().await).await]
}

/// Waits until there is something to lease.
async fn wait_and_lease(host: &Program) -> Leased {
    loop {
        if let Some(leased) = host.lease(1).await.pop() {
            return leased;
        }
        host.store.wait(LONG).await;
    }
}

#[tokio::test]
async fn two_stores_share_a_schema() {
    let Some(schema) = Schema::new().await else { return };
    let [one, two] = two(&schema).await;
    assert_eq!(one.taker, two.taker);
    one.accept("a").await;
    let duplicate = hookstead_inbox::Accepted::Duplicate { at_work: 1, tasks: 1 };
    assert_eq!(two.try_accept("a").await.unwrap(), duplicate);
    let leased = two.lease_one().await;
    assert!(one.lease(1).await.is_empty());
    one.settle(leased.token, Settlement::Done).await;
    let late = two.store.settle(&[(leased.token, Settlement::Done)]).await.unwrap();
    assert_eq!(late, [hookstead_inbox::Settled::Lost]);
}

#[tokio::test]
async fn everything_is_there_after_reconnecting() {
    let Some(schema) = Schema::new().await else { return };
    let leased = {
        let ci = Program::start(schema.store().await).await;
        ci.accept("done").await;
        ci.settle(ci.lease_one().await.token, Settlement::Done).await;
        ci.accept("leased").await;
        let leased = ci.lease_one().await;
        ci.accept("ready").await;
        leased
    };
    let ci = Program::start(schema.store().await).await;
    for (id, state) in
        [("done", TaskState::Done), ("leased", TaskState::Leased), ("ready", TaskState::Ready)]
    {
        assert_eq!(ci.entry(id).await.state, state, "{id}");
    }
    // The lease is still held by whoever has its token.
    ci.settle(leased.token, Settlement::Done).await;
    assert_eq!(ci.lease_one().await.delivery.id.as_str(), "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_heard_of_by_other_processes() {
    let Some(schema) = Schema::new().await else { return };
    let [one, two] = two(&schema).await;
    soon(schema.let_listen(2)).await;
    let mut taken = Vec::new();
    for round in 0..20 {
        let waiting = {
            let two = two.clone();
            tokio::spawn(async move { wait_and_lease(&two).await })
        };
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = Instant::now();
        one.accept(&round.to_string()).await;
        soon(waiting).await.unwrap();
        taken.push(before.elapsed());
    }
    // Nobody polls here.
    taken.sort();
    println!("from accept to a lease elsewhere: median {:?}", taken[taken.len() / 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_is_free_since_long_is_heard_of_by_other_processes() {
    let Some(schema) = Schema::new().await else { return };
    let [one, two] = two(&schema).await;
    soon(schema.let_listen(2)).await;
    one.accept_in("first", free("main")).await;
    one.accept_in("second", free("main")).await;
    let first = one.lease_one().await;
    // Later than the margin, with another one that is due: from here on the other one looks later.
    tokio::time::sleep(Duration::from_secs(3)).await;
    one.accept("other").await;
    assert_eq!(two.lease_one().await.delivery.id.as_str(), "other");
    assert!(two.lease(1).await.is_empty());
    let waiting = {
        let two = two.clone();
        tokio::spawn(async move { wait_and_lease(&two).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let before = Instant::now();
    one.settle(first.token, Settlement::Done).await;
    let second = soon(waiting).await.unwrap();
    assert_eq!(second.delivery.id.as_str(), "second");
    // And not when everything is looked at, once in a while.
    assert!(before.elapsed() < Duration::from_secs(20), "{:?}", before.elapsed());
}

#[tokio::test]
async fn what_runs_on_one_host_is_superseded_by_another() {
    let Some(schema) = Schema::new().await else { return };
    let [here, there] = two(&schema).await;
    here.accept_in("old", latest("main", 1)).await;
    let old = here.lease_one().await;
    there.accept_in("new", latest("main", 2)).await;
    let renewed = here.store.renew(&[old.token], LONG).await.unwrap();
    let Renewal::Renewed(marks) = &renewed[0] else { unreachable!() };
    assert_eq!(marks.superseded_by.as_ref().unwrap().as_str(), "new");
    assert!(there.lease(1).await.is_empty(), "the lane is not free yet");
}

#[tokio::test]
async fn the_listener_comes_back() {
    let Some(schema) = Schema::new().await else { return };
    let [one, two] = two(&schema).await;
    let two = Arc::new(two);
    for round in 0..3 {
        schema.end_connections().await;
        let waiting = {
            let two = Arc::clone(&two);
            tokio::spawn(async move { wait_and_lease(&two).await })
        };
        one.accept(&round.to_string()).await;
        // Without hearing it would be an hour.
        soon(waiting).await.unwrap();
    }
}

#[tokio::test]
async fn each_program_leases_its_own() {
    let Some(schema) = Schema::new().await else { return };
    let store = Arc::new(schema.store().await);
    let ci = Program::named(Arc::clone(&store), "ci.build").await;
    let deploy = Program::named(Arc::new(schema.store().await), "deploy.build").await;
    ci.accept("for-ci").await;
    deploy.accept("for-deploy").await;
    for (program, id) in [(&ci, "for-ci"), (&deploy, "for-deploy")] {
        let leased = program.lease(10).await;
        assert_eq!(leased.len(), 1);
        assert_eq!(leased[0].delivery.id.as_str(), id);
    }
    // Only what is asked for, whoever asks.
    let nobody = LeaseRequest::new(vec![TakerShare::new(hookstead_inbox::TakerId(999))], 5, LONG);
    assert!(store.lease(&nobody).await.unwrap().leased.is_empty());
}
