//! What is accepted where a slot and the lane are free begins without a query.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Attempt, Handler, HandlerError, Router, async_trait};
use hookstead_inbox::{Inbox, MemoryStore, TaskState};

use crate::faulty::Faulty;
use crate::support::{
    AnyStore, Gate, GateKeeper, Number, Running, accept, count, eventually, on_all_stores,
    one_lane, patiently, state, until, what_has_no_slot_is_given_back, worker,
};

on_all_stores! {
    what_is_handed_over_is_not_leased
    what_was_decoded_is_not_decoded_again
    where_a_lane_is_taken_nothing_is_handed_over
    where_no_slot_is_free_nothing_is_handed_over
    what_waits_is_not_overtaken
    what_was_handed_over_ahead_and_gets_no_slot_is_given_back
}

/// A worker that has looked once: from then on it hands over. It does not look again by itself, for while it
/// does it holds the free slots.
async fn looking(faulty: &Arc<Faulty>, inbox: &Inbox, slots: usize) -> Running {
    let seldom = Duration::from_secs(60 * 60);
    let running = Running::start(worker(inbox).concurrency(slots).poll_interval(seldom));
    eventually(|| faulty.leases_answered.load(Ordering::SeqCst) > 0).await;
    // From there the answer goes to the worker; nothing shows when it is there.
    tokio::time::sleep(Duration::from_millis(50)).await;
    running
}

fn inbox(faulty: &Arc<Faulty>, router: Router) -> Inbox {
    Inbox::new(Arc::clone(faulty), router.program("test"))
}

async fn what_is_handed_over_is_not_leased(store: AnyStore) {
    let (gate, _keeper) = Gate::new();
    gate.open(20);
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, gate.router());
    let running = looking(&faulty, &inbox, 4).await;
    for number in 0..20_usize {
        accept(&inbox, &number.to_string(), "1").await;
        until(&inbox, |count| count.done as usize == number + 1).await;
    }
    running.stop().await;
    assert_eq!(gate.runs(), 20);
    assert_eq!(faulty.leased.load(Ordering::SeqCst), 0);
}

static DECODED: AtomicUsize = AtomicUsize::new(0);

/// A number that counts how often one was decoded, by all tests together.
struct Counted;

impl Event for Counted {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        DECODED.fetch_add(1, Ordering::SeqCst);
        decode_json::<u32>(name, payload).map(|_| Self)
    }
}

struct Nothing;

#[async_trait]
impl Handler<Counted> for Nothing {
    async fn handle(&self, _: &Counted, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

async fn what_was_decoded_is_not_decoded_again(store: AnyStore) {
    // The stores of this test go one after the other.
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _alone = ALONE.lock().await;
    let faulty = Faulty::new(&store);
    let router = Router::new().on_with::<Counted>(Nothing, |registration| {
        registration.lane(|_| "all".to_owned()).when(|_| true)
    });
    let inbox = inbox(&faulty, router);
    let running = looking(&faulty, &inbox, 4).await;
    DECODED.store(0, Ordering::SeqCst);
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(faulty.leased.load(Ordering::SeqCst), 0);
    assert_eq!(DECODED.load(Ordering::SeqCst), 1);
}

async fn where_a_lane_is_taken_nothing_is_handed_over(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, Router::new().on_with::<Number>(gate.handler(), one_lane));
    let running = looking(&faulty, &inbox, 4).await;
    accept(&inbox, "one", "1").await;
    assert_eq!(keeper.started.recv().await, Some(1));
    accept(&inbox, "two", "2").await;
    assert_eq!(state(&inbox, "two").await, TaskState::Blocked);
    gate.open(2);
    until(&inbox, |count| count.done == 2).await;
    running.stop().await;
    assert_eq!(faulty.leased.load(Ordering::SeqCst), 1);
}

async fn where_no_slot_is_free_nothing_is_handed_over(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, gate.router());
    let running = looking(&faulty, &inbox, 2).await;
    // A store that tells of them has the worker look, which may get the second one first.
    for id in ["one", "two"] {
        accept(&inbox, id, "1").await;
        keeper.started.recv().await.unwrap();
    }
    accept(&inbox, "three", "1").await;
    assert_eq!(state(&inbox, "three").await, TaskState::Ready);
    gate.open(3);
    until(&inbox, |count| count.done == 3).await;
    running.stop().await;
    assert!(faulty.leased.load(Ordering::SeqCst) >= 1);
}

async fn what_was_handed_over_ahead_and_gets_no_slot_is_given_back(store: AnyStore) {
    let (gate, keeper) = Gate::new();
    // The first ones take no time.
    gate.open(40);
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, gate.router());
    let running = looking(&faulty, &inbox, 8).await;
    let mut accepting = tokio::task::JoinSet::new();
    for number in 0..60 {
        let inbox = inbox.clone();
        accepting
            .spawn(async move { accept(&inbox, &format!("{number}"), number.to_string()).await });
    }
    accepting.join_all().await;
    what_has_no_slot_is_given_back(&inbox, &gate, keeper, running).await;
}

/// Of eight slots a moment ago all were free, and now none is. Whether one more is handed over, to wait for the
/// first that is free again.
async fn is_one_ahead(inbox: &Inbox, gate: &Gate, keeper: &mut GateKeeper, round: usize) -> bool {
    gate.open(8);
    for number in 0..16 {
        accept(inbox, &format!("{round}-{number}"), "1").await;
        keeper.started.recv().await.unwrap();
    }
    let more = format!("{round}-more");
    accept(inbox, &more, "1").await;
    state(inbox, &more).await == TaskState::Leased
}

/// In memory only: other stores may take longer than a moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_that_take_no_time_are_handed_tasks_ahead() {
    let (gate, mut keeper) = Gate::new();
    let store: AnyStore = Arc::new(MemoryStore::new());
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, gate.router());
    let running = looking(&faulty, &inbox, 8).await;
    let counts = || [&faulty.leased, &faulty.released].map(|count| count.load(Ordering::SeqCst));
    let (mut got_its_slot, mut was_given_back) = (false, false);
    let trying = async {
        for round in 0.. {
            let before = counts();
            let is_ahead = is_one_ahead(&inbox, &gate, &mut keeper, round).await;
            if is_ahead && got_its_slot {
                until(&inbox, |count| count.ready == 1).await;
                was_given_back = true;
            }
            gate.open(9);
            keeper.started.recv().await.unwrap();
            until(&inbox, |count| count.open() == 0).await;
            got_its_slot |= is_ahead && counts() == before;
            if was_given_back {
                return;
            }
        }
    };
    patiently(trying).await;
    running.stop().await;
    let runs = gate.runs();
    assert_eq!(count(&inbox).await.done as usize, runs, "each was tried once");
}

async fn what_waits_is_not_overtaken(store: AnyStore) {
    let (gate, mut keeper) = Gate::new();
    let faulty = Faulty::new(&store);
    let inbox = inbox(&faulty, gate.router());
    for number in 0..8 {
        accept(&inbox, &format!("early{number}"), number.to_string()).await;
    }
    let running = Running::start(worker(&inbox).concurrency(2));
    for number in 8..16 {
        accept(&inbox, &format!("late{number}"), number.to_string()).await;
    }
    let mut order = Vec::new();
    for _ in 0..16 {
        order.push(keeper.started.recv().await.unwrap());
        gate.open(1);
    }
    until(&inbox, |count| count.done == 16).await;
    running.stop().await;
    // Two run at a time, and either may be first to say so.
    let distances = order.iter().zip(0_u32..).map(|(number, turn)| number.abs_diff(turn));
    assert!(distances.max() <= Some(2), "{order:?}");
}
