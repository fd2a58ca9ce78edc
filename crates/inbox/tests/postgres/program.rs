//! A process that takes pushes under one name, in a store.

use std::sync::Arc;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_handler::{Delivery, LaneMode};
use hookstead_inbox::{
    AcceptAnswer, Accepted, Claim, Entry, Filter, InboxError, LeaseRequest, LeaseToken, Leased,
    NewDelivery, NewTask, Packed, PostgresStore, Process, Settled, Settlement, Store, TakerId,
    TakerShare, TaskLane,
};

use crate::LONG;

#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) store: Arc<PostgresStore>,
    pub(crate) process: Process,
    pub(crate) taker: TakerId,
}

impl Program {
    /// `ci.build`.
    pub(crate) async fn start(store: PostgresStore) -> Self {
        Self::named(Arc::new(store), "ci.build").await
    }

    pub(crate) async fn named(store: Arc<PostgresStore>, name: &str) -> Self {
        let process = Process::start(name.split('.').next().unwrap());
        let claim = Claim::new(name.parse().unwrap(), Some(EventName::Push));
        let taker = store.register(&process, &[claim]).await.unwrap()[0].taker;
        Self { store, process, taker }
    }

    pub(crate) fn new_delivery(&self, id: &str) -> NewDelivery {
        let delivery = Delivery::new(id.parse().unwrap(), EventName::Push, "");
        let body = Packed::new(format!("body of {id}").into(), None);
        let mut new = NewDelivery::new(delivery, body, &self.process.program);
        new.tasks = vec![NewTask::new(self.taker)];
        new
    }

    pub(crate) fn in_lane(&self, id: &str, lane: TaskLane) -> NewDelivery {
        let mut new = self.new_delivery(id);
        new.tasks[0].lane = Some(lane);
        new
    }

    pub(crate) async fn send(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.store.accept(new).await
    }

    pub(crate) async fn try_accept(&self, id: &str) -> Result<Accepted, InboxError> {
        Ok(self.send(self.new_delivery(id)).await?.accepted)
    }

    pub(crate) async fn accept(&self, id: &str) {
        assert_eq!(self.try_accept(id).await.unwrap(), Accepted::New { tasks: 1 });
    }

    pub(crate) async fn accept_in(&self, id: &str, lane: TaskLane) {
        let accepted = self.send(self.in_lane(id, lane)).await.unwrap().accepted;
        assert_eq!(accepted, Accepted::New { tasks: 1 });
    }

    pub(crate) fn request(&self, limit: usize, duration: Duration) -> LeaseRequest {
        LeaseRequest::new(vec![TakerShare::new(self.taker)], limit, duration)
    }

    pub(crate) async fn lease(&self, limit: usize) -> Vec<Leased> {
        self.store.lease(&self.request(limit, LONG)).await.unwrap().leased
    }

    pub(crate) async fn lease_one(&self) -> Leased {
        self.lease(1).await.pop().unwrap()
    }

    pub(crate) async fn settle(&self, token: LeaseToken, settlement: Settlement) {
        let settled = self.store.settle(&[(token, settlement)]).await.unwrap();
        assert_eq!(settled, [Settled::Settled]);
    }

    pub(crate) async fn entry(&self, id: &str) -> Entry {
        let filter = Filter::default().with_id(id.parse().unwrap()).with_bodies();
        self.store.list(&filter, None).await.unwrap().pop().unwrap()
    }
}

pub(crate) fn free(key: &str) -> TaskLane {
    TaskLane::new(key, LaneMode::Free)
}

pub(crate) fn latest(key: &str, version: i64) -> TaskLane {
    TaskLane::new(key, LaneMode::Latest { version, heads: None })
}

pub(crate) fn in_order(key: &str) -> TaskLane {
    TaskLane::new(key, LaneMode::InOrder { halts: false })
}
