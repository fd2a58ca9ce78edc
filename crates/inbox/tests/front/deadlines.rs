use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookstead_handler::Router;
use hookstead_inbox::{Inbox, InboxError, Work};
use tokio::time::Instant;

use crate::odd_store::OddStore;
use crate::support::{push, router};

/// How long this took, of a call that fails because it takes too long.
async fn too_late<T: std::fmt::Debug>(
    call: impl Future<Output = Result<T, InboxError>>,
) -> Duration {
    let began = Instant::now();
    let error = call.await.unwrap_err();
    assert!(error.is_too_late(), "{error}");
    assert!(error.to_string().contains("took longer than"), "{error}");
    began.elapsed()
}

async fn hanging(change: impl FnOnce(Inbox) -> Inbox) -> (Arc<OddStore>, Inbox) {
    let store = Arc::new(OddStore::default());
    let inbox = change(Inbox::new(Arc::clone(&store), router()));
    inbox.start().await.unwrap();
    store.hangs.store(true, Ordering::SeqCst);
    (store, inbox)
}

#[tokio::test(start_paused = true)]
async fn what_a_sender_waits_for_ends_after_five_seconds() {
    let (_store, inbox) = hanging(|inbox| inbox).await;
    let work = || Work::new("hookstead.build", "b1", "x").unwrap();
    let five = Duration::from_secs(5);
    assert_eq!(too_late(inbox.accept(push("a", "1"))).await, five);
    assert_eq!(too_late(inbox.probe()).await, five);
    // The registry is asked for whether somebody takes it.
    assert_eq!(too_late(inbox.submit(work().to("other"))).await, five);
}

#[tokio::test(start_paused = true)]
async fn the_deadlines_are_settings() {
    let second = Duration::from_secs(1);
    let minute = Duration::from_secs(60);
    let (_store, inbox) =
        hanging(|inbox| inbox.accept_deadline(second).store_deadline(minute)).await;
    assert_eq!(too_late(inbox.accept(push("a", "1"))).await, second);
    assert_eq!(too_late(inbox.probe()).await, second);
    assert_eq!(too_late(inbox.depth()).await, minute);
    let id = "a".parse().unwrap();
    assert_eq!(too_late(inbox.cancel(&id, "no")).await, minute);
}

#[tokio::test(start_paused = true)]
async fn a_start_ends_as_well_and_is_tried_again() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    store.hangs.store(true, Ordering::SeqCst);
    assert_eq!(too_late(inbox.start()).await, Inbox::DEFAULT_STORE_DEADLINE);
    assert_eq!(too_late(inbox.accept(push("a", "1"))).await, Inbox::DEFAULT_ACCEPT_DEADLINE);
    store.hangs.store(false, Ordering::SeqCst);
    inbox.accept(push("a", "1")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_call_of_the_store_ends() {
    let (_store, inbox) = hanging(|inbox| inbox.store_deadline(Duration::from_secs(9))).await;
    let nine = Duration::from_secs(9);
    assert_eq!(too_late(inbox.known(&[])).await, nine);
    assert_eq!(too_late(inbox.registry()).await, nine);
    assert_eq!(too_late(inbox.hold("x", nine)).await, nine);
    assert_eq!(too_late(inbox.purge(inbox.usual_purge())).await, nine);
    assert_eq!(too_late(inbox.leave()).await, nine);
    assert_eq!(too_late(inbox.list(hookstead_inbox::Filter::default()).all()).await, nine);
}

#[tokio::test]
async fn a_router_that_is_wrong_needs_a_person() {
    let router = Router::new().program("Not A Name");
    let error = Inbox::new(OddStore::default(), router).start().await.unwrap_err();
    assert!(error.needs_a_person() && !error.is_too_late(), "{error}");
}
