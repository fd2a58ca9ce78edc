use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};

use super::clocks::Clocks;
use super::database::Database;
use super::known_leases::Leases;
use super::listener::Listener;
use super::more::{More, PostgresConnection};
use super::news::News;
use super::room::Room;
use super::sharing::Sharing;
use super::starts::Starts;
use crate::clock::Pace;
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery, NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Depth, Entry, Filter, Probe};
use crate::store::lease::{self as leases, LeaseRequest, LeaseToken, Renewal};
use crate::store::purge::{Purge, Purged};
use crate::store::registry::{Claim, Numbers, Process, RegisteredName, TakerId};
use crate::store::settlement::{Settled, Settlement};
use crate::store::task_id::TaskId;

/// Keeps deliveries and their tasks in PostgreSQL (13 or later), for any number of receivers and workers
/// on any number of hosts.
///
/// What [`accept`](Store::accept) returned for is on the database's disk. The database's clock
/// decides about every moment, so the hosts' clocks do not matter. Where that is set back, or another
/// server takes over whose clock is behind, nothing waits for it: that is noticed within two seconds, and
/// pauses and leases begin anew. Where it is ahead, leases end early: what is being handled may be
/// handled a second time. Workers hear of new tasks
/// by `LISTEN` and `NOTIFY`, each process on a connection of its own; while that is lost they find
/// them by polling.
///
/// A broken connection is no error yet: what was asked for is asked again on a new one, for a while
/// ([`PostgresOptions::retry_for`](crate::PostgresOptions::retry_for)), so a server may be restarted. An accept whose answer was lost knows
/// itself the second time. After a failover the old primary may only read: then all sessions are ended
/// and new ones made, to a server that can be written to; a URL may name several hosts.
///
/// A disk that is full is no dead end. Room is [held](crate::PostgresOptions::reserve) for it: accepting stops
/// with an error that [`is_full`](InboxError::is_full) before that is used, and what was accepted is
/// handled in it. When there is room again, accepting goes on by itself.
///
/// The tables are in a schema of their own, made at the first connecting (the role needs the right
/// to) and brought up to date by later versions, or by [`migrate`](Self::migrate) alone. Connect to
/// the server itself: a pooler that gives
/// each transaction another session (PgBouncer with `pool_mode = transaction`) cannot carry prepared
/// statements and `LISTEN`, and [`connect`](Self::connect) refuses it. One that keeps sessions
/// (`pool_mode = session`) is fine.
///
/// `sslmode` in the URL says how: `disable` (no TLS), `prefer` (TLS if the server offers it, the
/// default) or `require`. Where TLS is used, the server's certificate is always checked, against
/// the machine's trusted roots and the host's name. TLS needs the feature `aws-lc-rs` or `ring`;
/// without, `prefer` means none and `require` is an error.
///
/// ```no_run
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// use hookstead_inbox::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://ci:secret@db.example.com/ci").await?;
/// # Ok(())
/// # }
/// ```
pub struct PostgresStore {
    pub(super) database: Arc<Database>,
    pub(super) sharing: Arc<Sharing>,
    pub(super) listener: Listener,
    pub(super) more: More,
    pub(super) news: Arc<News>,
    pub(super) starts: Arc<Starts>,
    pub(super) leases: Leases,
    pub(super) clock_pace: Pace,
    pub(super) clocks: Mutex<Clocks>,
    pub(super) room: Room,
    pub(super) schema: String,
    pub(super) place: String,
}

impl PostgresStore {
    /// Makes a connection to the store's database, for tables of one's own beside the store's, and for
    /// [`submit_in`](Self::submit_in). It has the store's TLS and settings: names are looked for in the
    /// store's schema, and plans go by indexes. The store's own connections stay its own.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses or only reads.
    pub async fn connection(&self) -> Result<PostgresConnection, InboxError> {
        self.more.connection().await
    }

    /// Tells everybody, here and elsewhere, that a task may be due, and which became free though they are
    /// due since long.
    pub(super) fn tell(&self, late: Vec<(TakerId, TaskId)>) {
        self.starts.tell(late.iter().copied());
        self.news.of_all();
        self.listener.announce(late.into_iter());
    }

    /// Fails where there is no room for one more delivery.
    pub(super) async fn make_sure_of_room(&self, doing: &'static str) -> Result<(), InboxError> {
        self.room.make_sure(&self.database, doing).await
    }

    pub(super) fn clocks(&self) -> MutexGuard<'_, Clocks> {
        self.clocks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresStore")
            .field("place", &self.place)
            .field("pool", &self.database.status())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn kind(&self) -> &'static str {
        "postgres"
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        self.register_names(process, claims).await
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.all_names().await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        self.leave_registry(process).await
    }

    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        self.accept_one(new).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<leases::Leases, InboxError> {
        self.lease_some(request).await
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        self.renew_some(tokens, duration).await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        self.settle_some(settlements).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        self.keep(token, step).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        self.expire_some().await
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        self.without_place(takers, limit).await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        self.place_some(places).await
    }

    async fn wait(&self, at_most: Duration) {
        self.news.wait(at_most).await;
    }

    fn committed(&self) {
        self.starts.forget();
        self.tell(Vec::new());
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.probe_once().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.count().await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        self.entries(filter, before).await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        self.change_one(task, change).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        self.purge_some(purge).await
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.known_ids(ids).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        self.hold_role(role, process, duration).await
    }
}
