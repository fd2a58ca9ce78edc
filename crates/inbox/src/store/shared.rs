use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};

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

/// A shared store is a store.
#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    fn kind(&self) -> &'static str {
        self.as_ref().kind()
    }

    fn takes_unpacked(&self) -> bool {
        self.as_ref().takes_unpacked()
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.as_ref().register(process, claims).await
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.as_ref().registry().await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.as_ref().leave(process).await
    }

    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.as_ref().accept(new).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.as_ref().lease(request).await
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.as_ref().renew(tokens, duration).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.as_ref().settle(settlements).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.as_ref().keep_step(token, step).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.as_ref().expire().await
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.as_ref().unplaced(takers, limit).await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.as_ref().place(places).await
    }

    async fn wait(&self, at_most: Duration) {
        self.as_ref().wait(at_most).await;
    }

    fn committed(&self) {
        self.as_ref().committed();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.as_ref().probe().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.as_ref().depth().await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.as_ref().list(filter, before).await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.as_ref().change(task, change).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.as_ref().purge(purge).await
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.as_ref().known(ids).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.as_ref().hold(role, process, duration).await
    }
}
