//! Where a worker of this process has a free slot, it gets a task as it is accepted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{AnyEvent, DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Attempt, HandlerError, Registration, Router, handler_fn};
use hookstead_inbox::{Accepted, Filter, Inbox, TaskState, Worker};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use crate::odd_store::OddStore;
use crate::support::{entries, entry, long_number, push, router, with};

/// A number that counts how often it is decoded.
#[derive(Debug, Clone)]
struct Counted(u32);

static DECODED: AtomicUsize = AtomicUsize::new(0);

impl Event for Counted {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let number = decode_json(name, payload)?;
        if number == 4711 {
            DECODED.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Self(number))
    }
}

/// A worker and what its handler did: it tells that it has begun, and ends when it may.
struct Running {
    store: Arc<OddStore>,
    inbox: Inbox,
    begun: mpsc::UnboundedReceiver<Attempt>,
    may_end: Arc<Semaphore>,
    stop: Option<oneshot::Sender<()>>,
    worker: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn start(
        slots: usize,
        change: impl FnOnce(Registration<Counted>) -> Registration<Counted>,
    ) -> Self {
        let (told, begun) = mpsc::unbounded_channel();
        let may_end = Arc::new(Semaphore::new(0));
        let ends = Arc::clone(&may_end);
        let handler = handler_fn(move |_: Counted, attempt: Attempt| {
            let (told, ends) = (told.clone(), Arc::clone(&ends));
            async move {
                told.send(attempt)?;
                ends.acquire().await?.forget();
                Ok::<(), HandlerError>(())
            }
        });
        let store = Arc::new(OddStore::default());
        let router = Router::new().program("ci").on_with::<Counted>(handler, change);
        let inbox = Inbox::new(Arc::clone(&store), router);
        let (stop, stopped) = oneshot::channel();
        let worker = Worker::new(inbox.clone()).concurrency(slots);
        let worker = tokio::spawn(worker.run(async move { drop(stopped.await) }));
        let mut running = Self { store, inbox, begun, may_end, stop: Some(stop), worker };
        running.warm_up("warm").await;
        running
    }

    /// Accepts and handles deliveries until the worker knows that nothing waits in the store.
    async fn warm_up(&mut self, id: &str) {
        for number in 0.. {
            let id = format!("{id}{number}");
            self.accept(&id, "1").await;
            self.begins().await;
            self.may_end.add_permits(1);
            while entry(&self.inbox, &id).await.state != TaskState::Done {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            if self.was_given_a_slot() {
                return;
            }
        }
    }

    async fn accept(&self, id: &str, payload: &str) {
        let accepted = self.inbox.accept(push(id, payload)).await.unwrap();
        assert_eq!(accepted, Accepted::New { tasks: 1 });
    }

    /// Whether a slot was held for the last one that was accepted.
    fn was_given_a_slot(&self) -> bool {
        self.store.last().tasks[0].lease.is_some()
    }

    /// The next attempt that begins.
    async fn begins(&mut self) -> Attempt {
        let begun = timeout(Duration::from_secs(10), self.begun.recv()).await;
        begun.expect("nothing begins").unwrap()
    }

    async fn stop(&mut self) {
        drop(self.stop.take());
        self.may_end.add_permits(100);
        (&mut self.worker).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_handed_over_without_a_query_or_a_second_decode() {
    let mut running = Running::start(4, |it| it.when(|number| number.0 > 0)).await;
    let leased = running.store.leased();
    running.accept("one", "4711").await;
    let attempt = running.begins().await;
    assert_eq!((attempt.delivery().id.as_str(), attempt.number()), ("one", 1));
    assert_eq!(attempt.delivery().body, "4711");
    assert_eq!(entry(&running.inbox, "one").await.state, TaskState::Leased);
    assert_eq!(running.store.leased(), leased, "nothing was asked for");
    assert_eq!(DECODED.load(Ordering::SeqCst), 1);
    running.stop().await;
    assert_eq!(entry(&running.inbox, "one").await.state, TaskState::Done);
    // After the worker has stopped, what comes waits.
    running.accept("late", "1").await;
    assert!(!running.was_given_a_slot());
    assert_eq!(entry(&running.inbox, "late").await.state, TaskState::Ready);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_free_slot_it_waits() {
    let mut running = Running::start(1, |it| it).await;
    running.accept("one", "1").await;
    assert!(running.was_given_a_slot());
    assert_eq!(running.begins().await.delivery().id.as_str(), "one");
    running.accept("two", "1").await;
    assert!(!running.was_given_a_slot());
    assert_eq!(entry(&running.inbox, "two").await.state, TaskState::Ready);
    running.may_end.add_permits(1);
    assert_eq!(running.begins().await.delivery().id.as_str(), "two");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_lane_holds_up_gives_its_slot_back() {
    let mut running = Running::start(2, |it| it.lane(|number| number.0.to_string())).await;
    running.accept("one", "7").await;
    running.begins().await;
    for number in 0..5 {
        running.accept(&format!("behind{number}"), "7").await;
        let entry = entry(&running.inbox, &format!("behind{number}")).await;
        assert_eq!(entry.state, TaskState::Blocked);
    }
    // The second slot is free still.
    running.accept("other", "8").await;
    assert_eq!(running.begins().await.delivery().id.as_str(), "other");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_any_more_is_handed_over_nevertheless() {
    let mut running = Running::start(2, |it| it).await;
    let leased = running.store.leased();
    let answers = running.store.hold_answers();
    let accepting = running.inbox.accept(push("one", "1"));
    // Whoever sent it has hung up. It is written down by then.
    assert!(timeout(Duration::from_millis(50), accepting).await.is_err());
    assert!(running.was_given_a_slot());
    drop(answers);
    let attempt = running.begins().await;
    assert_eq!((attempt.delivery().id.as_str(), attempt.number()), ("one", 1));
    assert_eq!(running.store.leased(), leased);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_is_held_only_while_its_task_is_written() {
    let mut running = Running::start(1, |it| it).await;
    let (leased, came) = (running.store.leased(), running.store.came.load(Ordering::SeqCst));
    let may_write = Arc::new(Semaphore::new(0));
    *running.store.may_write.lock().unwrap() = Some(Arc::clone(&may_write));
    // They wait for the store together, and there is one slot.
    let accepting = ["one", "two", "three"].map(|id| {
        let inbox = running.inbox.clone();
        tokio::spawn(async move { inbox.accept(push(id, "5")).await.unwrap() })
    });
    while running.store.came.load(Ordering::SeqCst) < came + 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..3 {
        may_write.add_permits(1);
        let attempt = running.begins().await;
        running.may_end.add_permits(1);
        let id = attempt.delivery().id.clone();
        drop(attempt);
        while entry(&running.inbox, id.as_str()).await.state != TaskState::Done {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    for accepted in accepting {
        assert_eq!(accepted.await.unwrap(), Accepted::New { tasks: 1 });
    }
    assert_eq!(running.store.leased(), leased, "all three were handed over");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_waits_for_the_write_no_slot_is_held() {
    let mut running = Running::start(1, |it| it).await;
    let may_write = Arc::new(Semaphore::new(0));
    *running.store.may_write.lock().unwrap() = Some(Arc::clone(&may_write));
    let came = running.store.came.load(Ordering::SeqCst);
    let accepting = running.inbox.accept(push("one", "1"));
    assert!(timeout(Duration::from_millis(50), accepting).await.is_err());
    assert_eq!(running.store.came.load(Ordering::SeqCst), came + 1);
    // What was on the way is dropped, and the slot is free for the next one.
    may_write.add_permits(1);
    running.accept("two", "1").await;
    assert!(running.was_given_a_slot());
    assert_eq!(running.begins().await.delivery().id.as_str(), "two");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_one_is_handed_over_as_well() {
    let mut running = Running::start(2, |it| it).await;
    let payload = long_number(2 * 1024 * 1024);
    running.accept("large", &payload).await;
    assert!(running.was_given_a_slot());
    assert_eq!(running.begins().await.delivery().body, payload.as_bytes());
    running.stop().await;
}

/// The length of the body that was stored last, if that is packed.
fn packed_length(running: &Running) -> Option<i32> {
    running.store.last().body.unpacked_length
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_begins_at_once_is_left_unpacked_where_the_store_likes_that() {
    let mut running = Running::start(1, |it| it).await;
    let payload = long_number(20_000);
    running.accept("packed", &payload).await;
    assert!(running.was_given_a_slot());
    assert_eq!(packed_length(&running), Some(20_001));
    running.begins().await;
    running.store.takes_unpacked.store(true, Ordering::SeqCst);
    running.accept("waits", &payload).await;
    assert!(!running.was_given_a_slot());
    assert_eq!(packed_length(&running), Some(20_001), "it waits for a slot");
    running.may_end.add_permits(2);
    running.begins().await;
    running.warm_up("again").await;
    running.accept("unpacked", &payload).await;
    assert!(running.was_given_a_slot());
    assert_eq!(packed_length(&running), None);
    assert_eq!(running.store.last().body.bytes, payload);
    assert_eq!(running.begins().await.delivery().body, payload);
    // It is read back like any other, and begins anew.
    running.may_end.add_permits(1);
    while entry(&running.inbox, "unpacked").await.state != TaskState::Done {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let filter = Filter::default().with_id("unpacked".parse().unwrap()).with_bodies();
    let listed = running.inbox.list(filter).all().await.unwrap();
    assert_eq!(listed[0].delivery.body, payload);
    assert!(running.inbox.rerun(&"unpacked".parse().unwrap()).await.unwrap()[0].is_changed());
    let again = running.begins().await;
    assert_eq!((again.run(), &again.delivery().body[..]), (2, payload.as_bytes()));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_to_wait_for_its_lane_is_packed() {
    let mut running = Running::start(2, |it| it.lane(|number| number.0.to_string())).await;
    running.store.takes_unpacked.store(true, Ordering::SeqCst);
    running.accept("one", &long_number(20_000)).await;
    assert!(running.was_given_a_slot());
    assert_eq!(packed_length(&running), Some(20_001));
    running.begins().await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_old_version_wrote_gets_its_place_from_the_new_one() {
    let mut running = Running::start(2, |it| {
        it.name("audit").when(|number| number.0 != 13).lane(|number| format!("lane {}", number.0))
    })
    .await;
    // The old one has another handler, and none of this name.
    let old = with(|it| it.name("push"));
    let old = Inbox::new(Arc::clone(&running.store), old);
    for (id, number) in [("one", "5"), ("unwanted", "13")] {
        assert_eq!(old.accept(push(id, number)).await.unwrap(), Accepted::New { tasks: 2 });
    }
    let attempt = running.begins().await;
    assert_eq!(attempt.delivery().id.as_str(), "one");
    assert_eq!(attempt.handler().as_str(), "ci.audit");
    let of_audit = async |id: &str| {
        let entries = entries(&old, id).await;
        entries.into_iter().find(|entry| entry.name.as_str() == "ci.audit")
    };
    let placed = of_audit("one").await.unwrap();
    assert!(placed.lane.unwrap().ends_with(":lane 5"));
    while of_audit("unwanted").await.is_some() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The one of the old version is not touched.
    assert_eq!(entries(&old, "unwanted").await.len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn nothing_is_handed_over_where_no_worker_works() {
    let store = Arc::new(OddStore::default());
    let router = router().on_with::<AnyEvent>(crate::support::idle(), |any| any.name("audit"));
    let inbox = Inbox::new(Arc::clone(&store), router);
    inbox.accept(push("one", "1")).await.unwrap();
    assert!(store.last().tasks.iter().all(|task| task.lease.is_none()));
}
