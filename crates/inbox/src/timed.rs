use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};
use tokio::time::timeout;

use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery, NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Depth, Entry, Filter, Probe};
use crate::store::lease::{LeaseRequest, LeaseToken, Leases, Renewal};
use crate::store::purge::{Purge, Purged};
use crate::store::registry::{Claim, Numbers, Process, RegisteredName, TakerId};
use crate::store::settlement::{Settled, Settlement};
use crate::store::task_id::TaskId;

/// A store every call of which ends: with its answer, or with an error when it takes too long.
#[derive(Clone)]
pub(crate) struct Timed {
    pub(crate) store: Arc<dyn Store>,
    /// For what somebody at the other end of a connection waits for.
    pub(crate) accept: Duration,
    /// For the other calls.
    pub(crate) others: Duration,
}

impl Timed {
    async fn within<T>(
        &self,
        doing: &'static str,
        call: impl Future<Output = Result<T, InboxError>>,
    ) -> Result<T, InboxError> {
        within(self.others, doing, call).await
    }
}

/// The answer of a call, or an error once this long has passed.
pub(crate) async fn within<T>(
    deadline: Duration,
    doing: &'static str,
    call: impl Future<Output = Result<T, InboxError>>,
) -> Result<T, InboxError> {
    let answer = timeout(deadline, call).await;
    answer.unwrap_or_else(|_| Err(InboxError::too_late(doing, deadline)))
}

#[async_trait]
impl Store for Timed {
    fn kind(&self) -> &'static str {
        self.store.kind()
    }

    fn takes_unpacked(&self) -> bool {
        self.store.takes_unpacked()
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.within("register its names", self.store.register(process, claims)).await
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.within("read the registry", self.store.registry()).await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.within("leave the registry", self.store.leave(process)).await
    }

    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        within(self.accept, "accept a delivery", self.store.accept(new)).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.within("lease tasks", self.store.lease(request)).await
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.within("renew leases", self.store.renew(tokens, duration)).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.within("settle tasks", self.store.settle(settlements)).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.within("keep a step", self.store.keep_step(token, step)).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.within("take back leases", self.store.expire()).await
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.within("read tasks without a place", self.store.unplaced(takers, limit)).await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.within("give tasks a place", self.store.place(places)).await
    }

    async fn wait(&self, at_most: Duration) {
        self.store.wait(at_most).await;
    }

    fn committed(&self) {
        self.store.committed();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        within(self.accept, "be probed", self.store.probe()).await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.within("count its tasks", self.store.depth()).await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.within("list its tasks", self.store.list(filter, before)).await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.within("change a task", self.store.change(task, change)).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.within("forget what was settled", self.store.purge(purge)).await
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.within("look for deliveries", self.store.known(ids)).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.within("hold a role", self.store.hold(role, process, duration)).await
    }
}

impl fmt::Debug for Timed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Timed")
            .field("store", &self.store.kind())
            .field("accept", &self.accept)
            .field("others", &self.others)
            .finish()
    }
}
