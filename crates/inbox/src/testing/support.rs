use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId, End, HandlerName, Heads, KeptStep, LaneMode};

use crate::store::accept::{AcceptAnswer, Accepted, NewDelivery, NewTask, TaskLane};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Entry, Filter};
use crate::store::lease::{LeaseRequest, LeaseToken, Leased, Leases, Marks, Renewal, TakerShare};
use crate::store::packed::Packed;
use crate::store::registry::{Claim, Process, TakerId};
use crate::store::settlement::{Because, Settled, Settlement};

/// A lease that does not end during a test.
pub(super) const LONG: Duration = Duration::from_secs(60 * 60);

/// A lease or a pause whose end a test waits for.
pub(super) const SHORT: Duration = Duration::from_millis(200);

/// Clocks are read in whole milliseconds, at both ends of a span.
pub(super) const TOLERANCE: Duration = Duration::from_millis(2);

pub(super) fn id(text: &str) -> DeliveryId {
    text.parse().unwrap()
}

pub(super) fn name(text: &str) -> HandlerName {
    text.parse().unwrap()
}

/// A push that was received, without its body.
pub(super) fn delivery(text: &str) -> Delivery {
    Delivery::new(id(text), EventName::Push, "")
}

/// Its body.
pub(super) fn body(text: &str) -> Packed {
    Packed::new(format!("body of {text}").into(), None)
}

/// A lane in which every task counts.
pub(super) fn free(key: &str) -> TaskLane {
    TaskLane::new(key, LaneMode::Free)
}

/// A lane in which only the latest counts.
pub(super) fn latest(key: &str, version: i64) -> TaskLane {
    TaskLane::new(key, LaneMode::Latest { version, heads: None })
}

/// The same; of equal versions the heads tell. All are of one moment.
pub(super) fn moved(key: &str, before: &str, after: &str) -> TaskLane {
    let before = (!before.is_empty()).then(|| before.to_owned());
    let heads = Some(Heads::from_names(before, after.to_owned()));
    TaskLane::new(key, LaneMode::Latest { version: 7, heads })
}

/// A lane in order.
pub(super) fn in_order(key: &str) -> TaskLane {
    TaskLane::new(key, LaneMode::InOrder { halts: false })
}

/// A lane in order that halts.
pub(super) fn halting(key: &str) -> TaskLane {
    TaskLane::new(key, LaneMode::InOrder { halts: true })
}

/// The task failed.
pub(super) fn failure(after: Duration) -> Settlement {
    Settlement::Again { after, because: Because::Failure, text: "a passing trouble".to_owned() }
}

/// The other side is out of order.
pub(super) fn outage(after: Duration) -> Settlement {
    Settlement::Again { after, because: Because::Outage, text: "out of order".to_owned() }
}

/// The task waits.
pub(super) fn waits(after: Duration) -> Settlement {
    Settlement::Again { after, because: Because::Wait, text: "for a friend".to_owned() }
}

/// The run has ended.
pub(super) fn ends(end: End) -> Settlement {
    Settlement::End { end, text: "a lasting trouble".to_owned() }
}

pub(super) fn cancel() -> TaskChange {
    TaskChange::Cancel { reason: "a change of mind".to_owned() }
}

pub(super) fn revive() -> TaskChange {
    TaskChange::Revive { forget: None, after: Duration::ZERO }
}

/// A step that was done.
pub(super) fn step(name: &str, json: impl Into<Bytes>) -> KeptStep {
    KeptStep { name: name.to_owned(), of_type: "bool".to_owned(), json: json.into() }
}

/// A process of a program, and the names that it takes.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) store: Arc<dyn Store>,
    pub(super) process: Process,
    pub(super) claims: Vec<Claim>,
    pub(super) takers: Vec<TakerId>,
}

/// The program `ci`, with one handler: `ci.build`.
pub(super) async fn ci(store: &Arc<dyn Store>) -> Program {
    Program::start(store, "ci", &["build"]).await
}

impl Program {
    /// A process of this program, which takes pushes under these names: `program.name` each.
    pub(super) async fn start(store: &Arc<dyn Store>, program: &str, names: &[&str]) -> Self {
        let event = Some(EventName::Push);
        let claims =
            names.iter().map(|it| Claim::new(name(&format!("{program}.{it}")), event.clone()));
        Self::of_claims(store, Process::start(program), claims.collect()).await
    }

    /// A process that claims these names.
    pub(super) async fn of_claims(
        store: &Arc<dyn Store>,
        process: Process,
        claims: Vec<Claim>,
    ) -> Self {
        let numbers = store.register(&process, &claims).await.unwrap();
        assert_eq!(numbers.len(), claims.len());
        let takers = numbers.iter().map(|numbers| numbers.taker).collect();
        Self { store: Arc::clone(store), process, claims, takers }
    }

    /// Says that it lives.
    pub(super) async fn beat(&self) {
        self.store.register(&self.process, &self.claims).await.unwrap();
    }

    /// Stops in good order.
    pub(super) async fn leave(&self) {
        self.store.leave(&self.process).await.unwrap();
    }

    /// A delivery with a task for each of its names, none of them in a lane.
    pub(super) fn new_delivery(&self, text: &str) -> NewDelivery {
        let mut new = NewDelivery::new(delivery(text), body(text), &self.process.program);
        new.tasks = self.takers.iter().copied().map(NewTask::new).collect();
        new
    }

    /// The same, with all tasks in a lane.
    pub(super) fn in_lane(&self, text: &str, lane: &TaskLane) -> NewDelivery {
        let mut new = self.new_delivery(text);
        for task in &mut new.tasks {
            task.lane = Some(lane.clone());
        }
        new
    }

    pub(super) async fn send(&self, new: NewDelivery) -> AcceptAnswer {
        self.store.accept(new).await.unwrap()
    }

    pub(super) async fn accepted(&self, new: NewDelivery) -> Accepted {
        self.send(new).await.accepted
    }

    /// Accepts a new delivery with a task for each name.
    pub(super) async fn accept(&self, text: &str) {
        self.accept_new(self.new_delivery(text)).await;
    }

    /// Accepts a new delivery with its tasks in a lane.
    pub(super) async fn accept_in(&self, text: &str, lane: &TaskLane) {
        self.accept_new(self.in_lane(text, lane)).await;
    }

    pub(super) async fn accept_new(&self, new: NewDelivery) {
        let text = new.delivery.id.clone();
        let accepted = self.accepted(new).await;
        assert!(matches!(accepted, Accepted::New { .. }), "{text}: {accepted:?}");
    }

    /// Has it delivered again, in this lane.
    pub(super) async fn redeliver_in(&self, text: &str, lane: &TaskLane) -> Accepted {
        self.accepted(self.in_lane(text, lane)).await
    }

    /// Has it delivered again.
    pub(super) async fn redeliver(&self, text: &str) -> Accepted {
        self.accepted(self.new_delivery(text)).await
    }

    /// A request for so much of all its names, without a bound for suspects.
    pub(super) fn request(&self, limit: usize, duration: Duration) -> LeaseRequest {
        let takers = self.takers.iter().copied().map(TakerShare::new).collect();
        let mut request = LeaseRequest::new(takers, limit, duration);
        request.suspects = limit;
        request
    }

    pub(super) async fn ask(&self, request: &LeaseRequest) -> Leases {
        self.store.lease(request).await.unwrap()
    }

    /// Leases what is due now; the first accepted stands first.
    pub(super) async fn lease(&self, limit: usize, duration: Duration) -> Vec<Leased> {
        let mut leased = self.ask(&self.request(limit, duration)).await.leased;
        leased.sort_by_key(|leased| leased.task);
        leased
    }

    /// Leases the one task that is due first, for long.
    pub(super) async fn lease_one(&self) -> Leased {
        self.lease_one_for(LONG).await
    }

    pub(super) async fn lease_one_for(&self, duration: Duration) -> Leased {
        self.lease(1, duration).await.pop().expect("a task should be due")
    }

    /// Waits until a task is due, and leases it. Leases that have ended are taken back meanwhile.
    pub(super) async fn lease_when_due(&self, duration: Duration) -> Leased {
        loop {
            self.store.expire().await.unwrap();
            if let Some(leased) = self.lease(1, duration).await.pop() {
                return leased;
            }
            self.store.wait(Duration::from_millis(5)).await;
        }
    }

    /// The ids of what can be leased now; it stays leased.
    pub(super) async fn due(&self) -> Vec<String> {
        let leased = self.lease(100, LONG).await;
        leased.iter().map(|leased| leased.delivery.id.to_string()).collect()
    }

    /// Nothing is due now.
    pub(super) async fn expect_nothing_due(&self) {
        let due = self.due().await;
        assert!(due.is_empty(), "nothing should be due, but {due:?} are");
    }

    pub(super) async fn settled(&self, token: LeaseToken, settlement: Settlement) -> Settled {
        let settled = self.store.settle(&[(token, settlement)]).await.unwrap();
        assert_eq!(settled.len(), 1);
        settled[0]
    }

    pub(super) async fn settle(&self, token: LeaseToken, settlement: Settlement) {
        assert_eq!(self.settled(token, settlement).await, Settled::Settled);
    }

    pub(super) async fn done(&self, token: LeaseToken) {
        self.settle(token, Settlement::Done).await;
    }

    /// Ends a run, and says that `ended` was called.
    pub(super) async fn end(&self, token: LeaseToken, end: End) {
        self.settle(token, ends(end)).await;
        self.settle(token, Settlement::Ended).await;
    }

    /// Settles a task that was marked: it ends like this.
    pub(super) async fn must_end(&self, token: LeaseToken, settlement: Settlement, end: End) {
        let told = format!("{settlement:?}");
        assert_eq!(self.settled(token, settlement).await, Settled::MustEnd(end), "{told}");
        self.settle(token, Settlement::Ended).await;
    }

    /// Renews a lease. `None`: it is lost.
    pub(super) async fn renew(&self, token: LeaseToken, duration: Duration) -> Option<Marks> {
        let mut renewals = self.store.renew(&[token], duration).await.unwrap();
        assert_eq!(renewals.len(), 1);
        match renewals.pop().unwrap() {
            Renewal::Renewed(marks) => Some(marks),
            Renewal::Lost => None,
        }
    }

    /// Accepts a delivery, leases its one task and settles it.
    pub(super) async fn accept_and_settle(&self, text: &str, settlement: Settlement) {
        self.accept(text).await;
        let leased = self.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        self.settle(leased.token, settlement).await;
    }

    /// Accepts a delivery, leases its one task, and ends it.
    pub(super) async fn accept_and_end(&self, text: &str, end: End) {
        self.accept(text).await;
        let leased = self.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        self.end(leased.token, end).await;
    }

    pub(super) async fn list(&self, filter: Filter) -> Vec<Entry> {
        self.store.list(&filter, None).await.unwrap()
    }

    /// What the store knows of the one task of the delivery with this id.
    pub(super) async fn entry(&self, text: &str) -> Entry {
        let mut entries = self.list(Filter::default().with_id(id(text)).with_bodies()).await;
        assert_eq!(entries.len(), 1, "there should be one task of {text}");
        entries.pop().unwrap()
    }

    /// The same of one name, where there are several.
    pub(super) async fn entry_of(&self, text: &str, handler: &str) -> Entry {
        let filter = Filter::default().with_id(id(text)).of_name(name(handler)).with_bodies();
        let mut entries = self.list(filter).await;
        assert_eq!(entries.len(), 1, "there should be one task of {text} for {handler}");
        entries.pop().unwrap()
    }

    /// Changes the one task of the delivery with this id.
    pub(super) async fn change(&self, text: &str, change: &TaskChange) -> Changed {
        let task = self.entry(text).await.task;
        self.store.change(task, change).await.unwrap()
    }
}
