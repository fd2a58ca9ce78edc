//! What every store does: the trait, and its rules.

use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};

use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery, NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::entry::{Depth, Entry, Filter, Probe};
use crate::store::lease::{LeaseRequest, LeaseToken, Leases, Renewal};
use crate::store::purge::{Purge, Purged};
use crate::store::registry::{Claim, Numbers, Process, RegisteredName, TakerId};
use crate::store::settlement::{Settled, Settlement};
use crate::store::task_id::TaskId;

/// Where deliveries, their tasks and the registry of names are kept.
///
/// # Rules
///
/// * The store's clock decides about every moment; no caller passes one in. **No moment is believed
///   that lies further ahead than the wait it came from**: where the clock was set back, that task
///   waits anew.
/// * Each call is one transaction. What it returned for survives a power cut, as far as the store
///   promises it.
/// * Two deliveries are the same when their hook and their id are the same.
/// * What a row says and the store cannot read (an unknown state, a damaged number) is an error,
///   never *ready*.
/// * Every end of a lease names its token; one that is not held any more changes nothing.
/// * Every call costs the same however much lies in the store.
///
/// # Tasks and lanes
///
/// An *open* task waits or runs. It has a [`Rank`](crate::Rank) and the moment from which it is due. A task with a
/// lane is the *head* of its lane or stands *in line* behind it; only heads are leased. A lane has at
/// most one head, which a unique index keeps so.
///
/// * Who leases a head keeps it until its lease is settled. A lease that ends without outcome leaves it
///   the head ([`expire`](Self::expire)).
/// * In a lane without order, and where only the latest counts, the head is the one that is due first;
///   of equals, the one accepted first. A head that waits for later gives its place to one that is due
///   earlier. In a lane in order the head is the one accepted first, and keeps its place while it waits;
///   where the lane halts, also when it is dead or canceled.
/// * Where only the latest counts, a new task supersedes the open ones of its lane that are older
///   ([`Lane::order`](hookstead_handler::Lane::order)), and takes over the earliest due moment of those
///   that waited. What waited is superseded at once: its state is *superseded*, it leaves the line, and
///   `ended` is still to be called for it ([`Rank::Ending`](crate::Rank::Ending)). What is leased gets the
///   [mark](crate::Marks::superseded_by). If a newer one is known, in whatever state, the new task itself is
///   superseded at once. Tasks of one delivery never supersede each other.
///
/// # Ends
///
/// [`Settlement::End`] writes down how a task ended, sets its count of abandoned leases to 0, and keeps
/// lease and lane: `ended` is called next. [`Settlement::Ended`] gives both back. A task that has ended
/// and for which `ended` was not called is open still, and is leased with [`Leased::end`](crate::Leased::end) saying so. It
/// has the rank [`Ending`](crate::Rank::Ending), or [`Tried`](crate::Rank::Tried) while it is the head of a lane that
/// waits for it.
///
/// A task that was marked (superseded or canceled, of both canceled wins) while it was leased ends like
/// that, however its lease ends: only [`Settlement::Done`] is stronger.
///
/// Whoever writes a store proves it with [`conformance_tests!`](crate::conformance_tests) (feature
/// `testing`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep deliveries",
    label = "`Store` is not implemented for this",
    note = "`SqliteStore` (feature `sqlite`) keeps them in a file, `PostgresStore` (feature `postgres`) in a database; \
            both are in `hookstead::inbox`, and so is `hookstead::inbox::MemoryStore`"
)]
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Its kind, for the log: `sqlite`.
    fn kind(&self) -> &'static str;

    /// Whether it would rather have the body as it came, where all tasks of a delivery begin at once: to keep it
    /// costs less than to pack it. It gets packed bodies as well.
    fn takes_unpacked(&self) -> bool {
        false
    }

    /// Writes down that this process takes these names, now; called again every few seconds while it
    /// lives. Returns their numbers, in the order of the claims.
    ///
    /// A new name with a former one that is known gets the numbers of that one: both are the same handler
    /// from then on, for old processes too.
    ///
    /// # Errors
    ///
    /// [`InboxError::name_taken`] if a process of another program that was seen within
    /// [`Process::ALIVE`] has one of the names.
    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError>;

    /// All names that ever registered.
    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError>;

    /// The process has stopped in good order: it counts as not alive from now on.
    async fn leave(&self, process: &Process) -> Result<(), InboxError>;

    /// Stores a delivery and its tasks. Other names of the program that are alive and take the event get
    /// one task each, without a place, unless they are among the process's own. For a known delivery it
    /// does what the table of operations says for *Redeliver*. See [`NewDelivery`].
    async fn accept(&self, new: NewDelivery) -> Result<AcceptAnswer, InboxError>;

    /// Leases what is due, and counts the attempt. See [`LeaseRequest`].
    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError>;

    /// Prolongs these leases to so long from now. The answers are in the order of the tokens.
    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError>;

    /// Ends these leases (or, with [`Settlement::End`], what they are for). The answers are in the order
    /// of the settlements. A late one counts as long as nobody took the task since.
    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError>;

    /// Keeps a step of a leased task, and sets its count of abandoned leases to 0. `false`: the lease is
    /// lost, nothing is kept.
    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError>;

    /// Takes back the leases that have ended without an outcome: each such task counts one more abandoned
    /// lease, and is due after a pause (the length of its lease, doubling with each, up to
    /// [`LeaseRequest::LONGEST_DELAY`]). And passes on the lanes whose head (without a live
    /// lease) has a name that no process alive takes, if another of the lane has one that is
    /// taken. Returns the tasks whose leases ended, at most 1,000.
    async fn expire(&self) -> Result<Vec<TaskId>, InboxError>;

    /// Tasks of these takers that have no place yet, the oldest first, at most so many.
    async fn unplaced(&self, takers: &[TakerId], limit: usize)
    -> Result<Vec<Unplaced>, InboxError>;

    /// Gives tasks their place. What has one already stays as it is.
    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError>;

    /// Returns when something may be due, at the latest after this long. It may return early.
    async fn wait(&self, at_most: Duration);

    /// Work that was written in a transaction of the caller's own is committed: whoever waits looks now. A store
    /// in whose transactions nobody else can write has nothing to do.
    fn committed(&self);

    /// Proves that a delivery of the usual size could be accepted now: writes what [`accept`](Self::accept)
    /// writes, to the same place and as durably, and takes it away again.
    async fn probe(&self) -> Result<Probe, InboxError>;

    /// How many tasks there are, by name and state. Each number stops at [`Depth::MOST`].
    async fn depth(&self) -> Result<Depth, InboxError>;

    /// The tasks that pass the filter, the last accepted first; those before `before`, if it is given.
    async fn list(&self, filter: &Filter, before: Option<TaskId>)
    -> Result<Vec<Entry>, InboxError>;

    /// Changes one task, as the table of operations says.
    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError>;

    /// Forgets what was settled long ago, a bounded number for each call.
    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError>;

    /// Which of these the store knows, in whatever state.
    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError>;

    /// Takes or keeps a role that one process at a time has (`recovery`). `false`: another one has it.
    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError>;
}
