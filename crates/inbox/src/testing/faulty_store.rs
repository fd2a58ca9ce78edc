use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// A store that fails when it is told to, for tests of programs: what does your server do while its database
/// is down?
///
/// It stands in front of a store of any kind, and passes on what it is not told to fail.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use std::sync::Arc;
/// use hookstead_events::AnyEvent;
/// use hookstead_handler::{Attempt, Delivery, Router, handler_fn};
/// use hookstead_inbox::testing::{FaultyStore, StoreCall};
/// use hookstead_inbox::{Inbox, MemoryStore};
///
/// let store = Arc::new(FaultyStore::new(MemoryStore::new()));
/// let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
/// let inbox = Inbox::of_shared(store.clone(), router);
///
/// store.fail(StoreCall::Accept, 1);
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
/// assert!(inbox.accept(delivery.clone()).await.is_err());
/// assert!(inbox.accept(delivery).await.is_ok());
/// assert_eq!(store.failures(StoreCall::Accept), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FaultyStore {
    store: Arc<dyn Store>,
    faults: Mutex<HashMap<StoreCall, Faults>>,
}

/// A call of a [`Store`], named as its method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreCall {
    /// [`Store::register`]
    Register,
    /// [`Store::registry`]
    Registry,
    /// [`Store::leave`]
    Leave,
    /// [`Store::accept`]
    Accept,
    /// [`Store::lease`]
    Lease,
    /// [`Store::renew`]
    Renew,
    /// [`Store::settle`]
    Settle,
    /// [`Store::keep_step`]
    KeepStep,
    /// [`Store::expire`]
    Expire,
    /// [`Store::unplaced`]
    Unplaced,
    /// [`Store::place`]
    Place,
    /// [`Store::probe`]
    Probe,
    /// [`Store::depth`]
    Depth,
    /// [`Store::list`]
    List,
    /// [`Store::change`]
    Change,
    /// [`Store::purge`]
    Purge,
    /// [`Store::known`]
    Known,
    /// [`Store::hold`]
    Hold,
}

/// What is to become of the next calls of one kind, and what became of earlier ones.
#[derive(Debug, Default)]
struct Faults {
    /// So many fail before they do anything.
    failing: usize,
    /// So many do what they are asked for, and fail afterwards.
    losing_answers: usize,
    failures: usize,
}

/// What becomes of one call.
enum Fate {
    Answered,
    AnswerLost,
    Failed,
}

impl FaultyStore {
    /// A store that passes everything on to this one, until it is told to fail.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self::of_shared(Arc::new(store))
    }

    /// The same for a store that others have as well.
    #[must_use]
    pub fn of_shared(store: Arc<dyn Store>) -> Self {
        Self { store, faults: Mutex::default() }
    }

    /// The next so many calls of this kind fail, and nothing is written: the store is down. It replaces
    /// what was said of this kind before; 0 ends it, and `usize::MAX` is for ever.
    pub fn fail(&self, call: StoreCall, times: usize) {
        self.faults().entry(call).or_default().failing = times;
    }

    /// The next so many calls of this kind do what they are asked for, and fail all the same: the
    /// connection broke before the answer came. It replaces what was said of this kind before; 0 ends it.
    pub fn lose_answers(&self, call: StoreCall, times: usize) {
        self.faults().entry(call).or_default().losing_answers = times;
    }

    /// So many calls of this kind have failed because they were told to.
    #[must_use]
    pub fn failures(&self, call: StoreCall) -> usize {
        self.faults().get(&call).map_or(0, |faults| faults.failures)
    }

    fn faults(&self) -> MutexGuard<'_, HashMap<StoreCall, Faults>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self, call: StoreCall) -> Fate {
        let mut all = self.faults();
        let Some(faults) = all.get_mut(&call) else { return Fate::Answered };
        let (left, fate) = if faults.failing > 0 {
            (&mut faults.failing, Fate::Failed)
        } else if faults.losing_answers > 0 {
            (&mut faults.losing_answers, Fate::AnswerLost)
        } else {
            return Fate::Answered;
        };
        if *left != usize::MAX {
            *left -= 1;
        }
        faults.failures += 1;
        fate
    }

    async fn answer<T>(
        &self,
        call: StoreCall,
        answer: impl Future<Output = Result<T, InboxError>>,
    ) -> Result<T, InboxError> {
        const DOING: &str = "do as told";
        match self.fate(call) {
            Fate::Answered => answer.await,
            Fate::Failed => Err(InboxError::store(DOING, "the test wants it to fail")),
            Fate::AnswerLost => {
                answer.await?;
                Err(InboxError::store(DOING, "the test wants its answer to be lost"))
            }
        }
    }
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FaultyStore")
            .field("store", &self.store.kind())
            .field("faults", &*self.faults())
            .finish()
    }
}

#[async_trait]
impl Store for FaultyStore {
    fn kind(&self) -> &'static str {
        self.store.kind()
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.answer(StoreCall::Register, self.store.register(process, claims)).await
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.answer(StoreCall::Registry, self.store.registry()).await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.answer(StoreCall::Leave, self.store.leave(process)).await
    }

    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.answer(StoreCall::Accept, self.store.accept(new)).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.answer(StoreCall::Lease, self.store.lease(request)).await
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.answer(StoreCall::Renew, self.store.renew(tokens, duration)).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.answer(StoreCall::Settle, self.store.settle(settlements)).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.answer(StoreCall::KeepStep, self.store.keep_step(token, step)).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.answer(StoreCall::Expire, self.store.expire()).await
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.answer(StoreCall::Unplaced, self.store.unplaced(takers, limit)).await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.answer(StoreCall::Place, self.store.place(places)).await
    }

    async fn wait(&self, at_most: Duration) {
        self.store.wait(at_most).await;
    }

    fn committed(&self) {
        self.store.committed();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.answer(StoreCall::Probe, self.store.probe()).await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.answer(StoreCall::Depth, self.store.depth()).await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.answer(StoreCall::List, self.store.list(filter, before)).await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.answer(StoreCall::Change, self.store.change(task, change)).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.answer(StoreCall::Purge, self.store.purge(purge)).await
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.answer(StoreCall::Known, self.store.known(ids)).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.answer(StoreCall::Hold, self.store.hold(role, process, duration)).await
    }
}
