use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookstead_events::EventName;
use hookstead_handler::Delivery;
use hookstead_inbox::{
    Claim, LeaseRequest, Leased, NewDelivery, NewTask, Packed, Process, Settled, Settlement, Store,
    TakerId, TakerShare,
};

use crate::ids::guid;
use crate::shape::Shape;

/// A worker leases and settles so many at a time by default.
const AT_A_TIME: usize = 32;

/// The length of the leases: nothing ends one here.
const LEASE: Duration = Duration::from_secs(60 * 60);

/// The program that works.
const PROGRAM: &str = "bench";

/// A store, with a name that this process takes and one that nobody takes any more.
pub(crate) struct Subject {
    store: Arc<dyn Store>,
    taker: TakerId,
    gone: TakerId,
    /// The last version in the lane where only the latest counts.
    version: AtomicI64,
}

impl Subject {
    pub(crate) async fn new(store: Arc<dyn Store>) -> Self {
        let register = async |process: &Process, name: &str| {
            let claim = Claim::new(name.parse().unwrap(), Some(EventName::PullRequest));
            store.register(process, &[claim]).await.unwrap()[0].taker
        };
        let left = Process::start("old");
        let gone = register(&left, "old.build").await;
        store.leave(&left).await.unwrap();
        let taker = register(&Process::start(PROGRAM), "bench.build").await;
        Self { store, taker, gone, version: AtomicI64::new(0) }
    }

    /// The same, with a store whose lane has so many versions.
    pub(crate) fn after_version(self, version: i64) -> Self {
        Self { version: AtomicI64::new(version), ..self }
    }

    /// A delivery of the kind that fills a store.
    pub(crate) fn filling(&self, shape: Shape) -> NewDelivery {
        if shape != Shape::Untaken {
            return self.delivery(shape, self.taker);
        }
        let mut new = self.delivery(shape, self.gone);
        // Else it would get a task, too.
        new.declined.push(self.taker);
        new
    }

    /// A delivery of the kind that is measured.
    pub(crate) fn measured(&self, shape: Shape) -> NewDelivery {
        self.delivery(shape, self.taker)
    }

    fn delivery(&self, shape: Shape, taker: TakerId) -> NewDelivery {
        let id = guid().parse().unwrap();
        let mut delivery = Delivery::new(id, EventName::PullRequest, Bytes::new());
        delivery.action = Some("opened".to_owned());
        delivery.hook = Some(292_430_182);
        let body = Packed::new(Bytes::from_static(&[b' '; 256]), None);
        let mut new = NewDelivery::new(delivery, body, PROGRAM);
        let mut task = NewTask::new(taker);
        task.lane = shape.lane(self.version.fetch_add(1, Ordering::Relaxed) + 1);
        new.tasks.push(task);
        new
    }

    pub(crate) async fn accept(&self, new: NewDelivery) {
        self.store.accept(new).await.unwrap();
    }

    pub(crate) async fn lease(&self) -> Vec<Leased> {
        let takers = vec![TakerShare::new(self.taker)];
        self.store.lease(&LeaseRequest::new(takers, AT_A_TIME, LEASE)).await.unwrap().leased
    }

    /// Settles these as done; of what has ended, that this was told.
    pub(crate) async fn settle(&self, leased: &[Leased]) {
        let ends: Vec<_> = leased
            .iter()
            .map(|task| {
                let is_ending = task.end.is_some();
                (task.token, if is_ending { Settlement::Ended } else { Settlement::Done })
            })
            .collect();
        let settled = self.store.settle(&ends).await.unwrap();
        assert!(settled.iter().all(|it| *it == Settled::Settled));
    }

    pub(crate) async fn probe(&self) {
        self.store.probe().await.unwrap();
        self.store.registry().await.unwrap();
    }
}
