//! What is special about the store in memory: its bounds, its clock, and how it is waited for.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::time::Duration;

use bytes::Bytes;
use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId, End, KeptStep, LaneMode};
use hookstead_inbox::{
    Accepted, Because, Changed, Claim, Filter, InboxError, LeaseRequest, Leased, MemoryStore,
    NewDelivery, NewTask, Packed, Process, Settled, Settlement, Store, TakerId, TakerShare,
    TaskChange, TaskLane, TaskState,
};
use tokio::time::Instant;

mod conformance {
    use hookstead_inbox::MemoryStore;
    use hookstead_inbox::testing::TestStore;

    // One of its rules stores more deliveries than usually may wait.
    hookstead_inbox::conformance_tests!(async || TestStore::new(
        MemoryStore::new().max_deliveries(usize::MAX)
    ));
}

const LONG: Duration = Duration::from_secs(60 * 60);

/// One program with one name.
struct Ci {
    store: MemoryStore,
    taker: TakerId,
}

impl Ci {
    async fn new(store: MemoryStore) -> Self {
        let taker = register(&store, "ci", "ci.build").await;
        Self { store, taker }
    }

    async fn accept(&self, id: &str, body: &'static str) -> Result<Accepted, InboxError> {
        self.accept_task(id, body, NewTask::new(self.taker)).await
    }

    async fn accept_task(
        &self,
        id: &str,
        body: &'static str,
        task: NewTask,
    ) -> Result<Accepted, InboxError> {
        let delivery = Delivery::new(delivery_id(id), EventName::Push, Bytes::new());
        let mut new = NewDelivery::new(delivery, Packed::new(body.into(), None), "ci");
        new.tasks = vec![task];
        Ok(self.store.accept(new).await?.accepted)
    }

    async fn lease(&self, limit: usize) -> Vec<Leased> {
        let request = LeaseRequest::new(vec![TakerShare::new(self.taker)], limit, LONG);
        self.store.lease(&request).await.unwrap().leased
    }

    async fn settle(&self, leased: &Leased, settlement: Settlement) {
        let settled = self.store.settle(&[(leased.token, settlement)]).await.unwrap();
        assert_eq!(settled, [Settled::Settled]);
    }

    /// Accepts a delivery and handles it.
    async fn done(&self, id: &str, body: &'static str) {
        self.accept(id, body).await.unwrap();
        self.settle(&self.lease(1).await[0], Settlement::Done).await;
    }

    /// Accepts a delivery that ends dead.
    async fn dead(&self, id: &str, body: &'static str) {
        self.accept(id, body).await.unwrap();
        let leased = &self.lease(1).await[0];
        self.settle(leased, Settlement::End { end: End::Dead, text: "broken".to_owned() }).await;
        self.settle(leased, Settlement::Ended).await;
    }

    /// The ids of the deliveries with a task in this state, the last accepted first.
    async fn ids(&self, state: TaskState) -> Vec<String> {
        let filter = Filter::default().in_state(state).at_most(usize::MAX);
        let entries = self.store.list(&filter, None).await.unwrap();
        entries.iter().map(|entry| entry.delivery.id.to_string()).collect()
    }

    async fn change(&self, id: &str, change: &TaskChange) -> Result<Changed, InboxError> {
        let filter = Filter::default().with_id(delivery_id(id));
        let task = self.store.list(&filter, None).await?[0].task;
        self.store.change(task, change).await
    }
}

fn delivery_id(id: &str) -> DeliveryId {
    id.parse().unwrap()
}

async fn register(store: &MemoryStore, program: &str, name: &str) -> TakerId {
    let claim = Claim::new(name.parse().unwrap(), Some(EventName::Push));
    store.register(&Process::start(program), &[claim]).await.unwrap()[0].taker
}

fn is_full<T>(result: Result<T, InboxError>) -> bool {
    result.is_err_and(|error| error.is_full())
}

fn revive() -> TaskChange {
    TaskChange::Revive { forget: None, after: Duration::ZERO }
}

fn again(after: Duration) -> Settlement {
    Settlement::Again { after, because: Because::Failure, text: "later".to_owned() }
}

const NEW: Accepted = Accepted::New { tasks: 1 };
const AGAIN: Accepted = Accepted::Again { tasks: 1, superseded: 0 };

#[tokio::test]
async fn it_is_full_of_deliveries_until_one_is_done() {
    let ci = Ci::new(MemoryStore::new().max_deliveries(2)).await;
    ci.accept("a", "").await.unwrap();
    ci.accept("b", "").await.unwrap();
    assert!(is_full(ci.accept("c", "").await));
    assert!(ci.store.probe().await.unwrap_err().is_full());
    let duplicate = Accepted::Duplicate { at_work: 1, tasks: 1 };
    assert_eq!(ci.accept("a", "").await.unwrap(), duplicate);
    ci.settle(&ci.lease(1).await[0], Settlement::Done).await;
    ci.store.probe().await.unwrap();
    assert_eq!(ci.accept("c", "").await.unwrap(), NEW);
    // No room to begin anew either, and then it stays what it was.
    assert!(is_full(ci.accept("a", "").await));
    assert!(is_full(ci.change("a", &TaskChange::Rerun).await));
    assert_eq!(ci.ids(TaskState::Done).await, ["a"]);
}

#[tokio::test]
async fn a_dead_one_does_not_go_on_where_there_is_no_room() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10)).await;
    ci.dead("a", "1234").await;
    ci.accept("b", "123456").await.unwrap();
    ci.accept("c", "").await.unwrap();
    assert_eq!(ci.change("a", &revive()).await.unwrap(), Changed::Changed);
    assert_eq!(ci.ids(TaskState::Ready).await, ["c", "b", "a"]);
    let ci = Ci::new(MemoryStore::new().max_deliveries(2)).await;
    ci.dead("a", "1234").await;
    ci.accept("b", "").await.unwrap();
    // It takes the place that it has, and is not forgotten to make room for itself.
    assert_eq!(ci.accept("a", "1234").await.unwrap(), AGAIN);
    assert_eq!(ci.ids(TaskState::Ready).await, ["b", "a"]);
}

#[tokio::test]
async fn it_is_full_of_bytes_until_one_is_done() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10)).await;
    ci.accept("a", "1234567").await.unwrap();
    ci.accept("b", "123").await.unwrap();
    assert!(is_full(ci.accept("c", "1").await));
    ci.settle(&ci.lease(1).await[0], Settlement::Done).await;
    ci.accept("c", "1234567").await.unwrap();
    assert!(is_full(ci.accept("d", "1").await));
}

#[tokio::test]
async fn the_results_of_steps_count_as_bytes() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10)).await;
    ci.accept("a", "123").await.unwrap();
    let leased = &ci.lease(1).await[0];
    let step = KeptStep {
        name: "build".to_owned(),
        of_type: "u32".to_owned(),
        json: Bytes::from_static(b"12345"),
    };
    for _ in 0..2 {
        assert!(ci.store.keep_step(leased.token, &step).await.unwrap());
    }
    assert!(is_full(ci.accept("b", "123").await));
    ci.accept("c", "12").await.unwrap();
    ci.settle(leased, Settlement::Done).await;
    ci.accept("d", "12345678").await.unwrap();
    assert!(is_full(ci.accept("e", "1").await));
}

#[tokio::test]
async fn the_oldest_dead_letters_make_room() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10).max_deliveries(3)).await;
    for id in ["a", "b", "c"] {
        ci.dead(id, "123").await;
    }
    // The fourth would be one delivery too many.
    assert_eq!(ci.accept("d", "123").await.unwrap(), NEW);
    assert_eq!(ci.ids(TaskState::Dead).await, ["c", "b"]);
    // The fifth takes too many bytes even after one of them is gone.
    assert_eq!(ci.accept("e", "1234567").await.unwrap(), NEW);
    assert_eq!(ci.ids(TaskState::Dead).await, Vec::<String>::new());
    assert_eq!(ci.ids(TaskState::Ready).await, ["e", "d"]);
    assert_eq!(ci.store.known(&["a", "e"].map(delivery_id)).await.unwrap(), [delivery_id("e")]);
}

#[tokio::test]
async fn bodies_of_what_is_done_go_before_dead_letters() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10)).await;
    ci.dead("dead", "123").await;
    ci.done("done", "1234").await;
    ci.accept("next", "1234567").await.unwrap();
    assert_eq!(ci.ids(TaskState::Dead).await, ["dead"]);
    assert_eq!(ci.change("done", &TaskChange::Rerun).await.unwrap(), Changed::NoBody);
}

#[tokio::test]
async fn what_does_not_fit_anyhow_makes_nobody_leave() {
    let ci = Ci::new(MemoryStore::new().max_bytes(10)).await;
    ci.dead("a", "123").await;
    assert!(is_full(ci.accept("b", "12345678901").await));
    assert_eq!(ci.ids(TaskState::Dead).await, ["a"]);
}

#[tokio::test]
async fn only_the_last_done_deliveries_are_remembered() {
    let ci = Ci::new(MemoryStore::new().max_done(2)).await;
    for id in ["a", "b", "c"] {
        ci.done(id, "").await;
    }
    assert_eq!(ci.ids(TaskState::Done).await, ["c", "b"]);
    assert_eq!(ci.accept("a", "").await.unwrap(), NEW);
    assert_eq!(ci.accept("b", "").await.unwrap(), AGAIN);
}

#[tokio::test]
async fn only_the_last_done_bodies_are_remembered() {
    let ci = Ci::new(MemoryStore::new().max_done_bytes(7)).await;
    for id in ["a", "b", "c"] {
        ci.done(id, "123").await;
    }
    assert_eq!(ci.change("a", &TaskChange::Rerun).await.unwrap(), Changed::NoBody);
    assert_eq!(ci.change("b", &TaskChange::Rerun).await.unwrap(), Changed::Changed);
    // Redelivered, it comes with its body.
    assert_eq!(ci.accept("a", "123").await.unwrap(), AGAIN);
    let bodies = ci.lease(2).await.into_iter().map(|leased| leased.body.unwrap());
    assert!(bodies.map(|body| body.bytes).eq([Bytes::from("123"), Bytes::from("123")]));
}

#[tokio::test]
async fn what_is_forgotten_holds_no_lane() {
    let ci = Ci::new(MemoryStore::new().max_deliveries(2)).await;
    let lane = TaskLane::new("main", LaneMode::InOrder { halts: true });
    let task = || NewTask::new(ci.taker).in_lane(lane.clone());
    ci.accept_task("a", "", task()).await.unwrap();
    let leased = &ci.lease(1).await[0];
    ci.settle(leased, Settlement::End { end: End::Dead, text: "broken".to_owned() }).await;
    ci.settle(leased, Settlement::Ended).await;
    ci.accept_task("b", "", task()).await.unwrap();
    assert!(ci.lease(1).await.is_empty());
    // This one needs the room of the dead one.
    ci.accept("c", "").await.unwrap();
    let ids: Vec<_> = ci.lease(2).await.into_iter().map(|it| it.delivery.id.to_string()).collect();
    assert_eq!(ids, ["b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn it_follows_a_paused_clock() {
    let ci = Ci::new(MemoryStore::new()).await;
    let day = Duration::from_secs(24 * 60 * 60);
    ci.accept("a", "").await.unwrap();
    ci.settle(&ci.lease(1).await[0], again(day)).await;
    let before = Instant::now();
    ci.store.wait(2 * day).await;
    assert!((day..day + Duration::from_secs(1)).contains(&before.elapsed()));
    ci.settle(&ci.lease(1).await[0], Settlement::Done).await;
}

#[tokio::test(start_paused = true)]
async fn what_became_due_before_the_wait_ends_it() {
    let ci = Ci::new(MemoryStore::new()).await;
    ci.accept("a", "").await.unwrap();
    ci.settle(&ci.lease(1).await[0], again(Duration::from_secs(2))).await;
    ci.store.wait(Duration::from_secs(1)).await;
    tokio::time::advance(Duration::from_secs(5)).await;
    let before = Instant::now();
    ci.store.wait(LONG).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(ci.lease(1).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_takes_keeps_nobody_awake() {
    let ci = Ci::new(MemoryStore::new()).await;
    let other = register(&ci.store, "other", "other.build").await;
    ci.accept_task("a", "", NewTask::new(other)).await.unwrap();
    ci.accept("b", "").await.unwrap();
    assert_eq!(ci.lease(2).await.len(), 1);
    let before = Instant::now();
    let mut waits = 0;
    while before.elapsed() < Duration::from_secs(100) {
        ci.store.wait(Duration::from_secs(10)).await;
        waits += 1;
    }
    assert!(waits < 100, "it woke up {waits} times");
    // What comes for somebody who waits is heard of all the same.
    ci.accept("c", "").await.unwrap();
    let before = Instant::now();
    ci.store.wait(LONG).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn it_shows_no_payload() {
    let ci = Ci::new(MemoryStore::new()).await;
    ci.accept("a", "a secret").await.unwrap();
    let shown = format!("{:?}", ci.store);
    assert!(shown.contains("ready: 1") && !shown.contains("secret"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_wakes_nobody() {
    let ci = Ci::new(MemoryStore::new()).await;
    let lane = TaskLane::new("main", LaneMode::Free);
    for (id, lane) in [("a", None), ("b", Some(lane.clone())), ("c", Some(lane))] {
        let mut task = NewTask::new(ci.taker);
        task.lease = Some(2 * LONG);
        task.lane = lane;
        ci.accept_task(id, "", task).await.unwrap();
    }
    assert_eq!(ci.ids(TaskState::Leased).await, ["b", "a"]);
    let before = Instant::now();
    ci.store.wait(LONG).await;
    assert_eq!(before.elapsed(), LONG);
}
