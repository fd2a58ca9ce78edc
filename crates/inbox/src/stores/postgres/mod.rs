//! The store in PostgreSQL. [`PostgresInbox`] is the front; behind it, `statements` and `row` are
//! the SQL, `database` asks, `schema` is the tables' form, `session` finds out whether there is a
//! session to work in, `listener` tells other processes of new deliveries.

mod database;
mod listener;
mod on_own_runtime;
mod options;
mod row;
mod schema;
mod session;
mod statements;
mod tls;
mod trouble;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{Delivery, DeliveryId};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_postgres::Row;

use crate::clock::{Pace, SLACK, tell_set_back};
use crate::time::wait_until_due;
use crate::{
    Accepted, Depth, Entry, Filter, Inbox, InboxError, LeaseRequest, LeaseToken, Leased, Probe,
    Renewal, Settlement, log, packing,
};
use database::{Database, Parameter, Question, Statement};
use listener::Listener;
pub use options::PostgresOptions;
use row::{first, microseconds, milliseconds, text};
use statements::{ACCEPT, ACCEPT_LATEST, LOCK_FINGERPRINT, LOCK_LANE, REPLAYED};
use trouble::Trouble;

/// Everything but `accept` fails after this long: the database hangs, or the network does. It is
/// shorter than a worker's lease, so that a renewal can be tried again.
const BUDGET: Duration = Duration::from_secs(10);

/// Leasing takes so many per statement: their bodies come in one answer.
const LEASE_BATCH: usize = 100;

/// Purging deletes so many deliveries per statement, so that nobody waits long behind it.
const PURGE_BATCH: u16 = 1000;

/// A probe writes as much as most deliveries do, packed.
const PROBE_BODY: [u8; 4096] = [0; 4096];

/// Keeps deliveries in PostgreSQL, for any number of receivers and workers on any number of hosts.
///
/// What [`accept`](Inbox::accept) returned for is on the database's disk. The database's clock
/// decides about every moment, so the hosts' clocks do not matter. Where that is set back, or another
/// server takes over whose clock is behind, nothing waits for it: that is noticed within two seconds, and
/// pauses and leases begin anew. Where it is ahead, leases end early: what is being handled may be
/// handled a second time. Workers hear of new deliveries
/// by `LISTEN` and `NOTIFY`, each process on a connection of its own; while that is lost they find
/// them by polling.
///
/// A lost connection is an error for whoever used it; the next call gets a new one. Nothing is
/// tried twice behind the caller's back, except what the server itself undid because two got into
/// each other's way, and what it refused because of the session: after a failover the old primary may
/// only read. Then all sessions are ended and new ones made, to a server that can be written to; a URL
/// may name several hosts.
///
/// Bodies are stored packed (LZ4) where that makes them smaller: what goes to the database's disk
/// decides how fast it accepts. [`list`](Inbox::list) unpacks them, if the filter
/// [asks for bodies](Filter::with_bodies). A delivery whose stored body turns out to be damaged
/// becomes dead when it is its turn.
///
/// In a lane where only the latest delivery counts one is accepted at a time, with three round trips
/// to the server more than elsewhere.
///
/// The tables are in a schema of their own, made at the first connecting (the role needs the right
/// to) and brought up to date by later versions. Connect to the server itself: a pooler that gives
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
/// use hookstead_handler::Delivery;
/// use hookstead_inbox::{Accepted, Inbox, PostgresInbox};
///
/// let inbox = PostgresInbox::connect("postgres://ci:secret@db.example.com/ci").await?;
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
/// assert_eq!(inbox.accept(delivery).await?, Accepted::New);
/// # Ok(())
/// # }
/// ```
pub struct PostgresInbox {
    database: Database,
    listener: Listener,
    changed: Arc<Notify>,
    clock_pace: Pace,
    accept_budget: Duration,
    keep_bodies: bool,
    place: String,
}

impl PostgresInbox {
    /// Connects to the database with this URL, with the default options.
    ///
    /// # Errors
    ///
    /// See [`PostgresOptions::connect`].
    pub async fn connect(url: &str) -> Result<Self, InboxError> {
        Self::options().connect(url).await
    }

    /// Options to connect with.
    pub fn options() -> PostgresOptions {
        PostgresOptions::new()
    }

    /// Does one statement.
    async fn rows(
        &self,
        doing: &'static str,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, InboxError> {
        let since = Instant::now();
        let question = Question {
            doing,
            budget: BUDGET,
            since,
            before: &[],
            unless: None,
            statement,
            parameters,
        };
        self.database.rows(question).await
    }

    /// Tells everybody, here and elsewhere, that a delivery may be ready.
    fn tell(&self) {
        self.changed.notify_waiters();
        self.listener.announce();
    }

    /// Notices now and then that the clock was set back, or is another server's.
    async fn mend_moments(&self) -> Result<(), InboxError> {
        if !self.clock_pace.is_due() {
            return Ok(());
        }
        let since = Instant::now();
        let slack = milliseconds(SLACK);
        let doing = "compare its moments with the clock";
        tell_set_back(self.rows(doing, statements::MEND_MOMENTS, &[&slack]).await?.len());
        self.clock_pace.looked(since.elapsed());
        Ok(())
    }

    /// Leases at most so many, once.
    async fn lease_some(
        &self,
        request: LeaseRequest,
        some: usize,
    ) -> Result<(Vec<Leased>, Vec<Ended>), InboxError> {
        const DOING: &str = "lease deliveries";
        let tokens: Vec<i64> = (0..some).map(|_| LeaseToken::random().to_i64()).collect();
        // A lease of no length would be ready again at once, and leasing might never end.
        let duration = milliseconds(request.duration).max(1);
        let most = i32::try_from(request.max_attempts).unwrap_or(i32::MAX);
        let rows = self.rows(DOING, statements::LEASE, &[&tokens, &duration, &most]).await?;
        let mut leased = Vec::new();
        let mut ended = Vec::new();
        for row in &rows {
            let (taken, settlement) =
                row::leased(row).map_err(|trouble| trouble.into_inbox_error(DOING))?;
            match settlement {
                Some(settlement) => ended.push((taken, settlement)),
                None => leased.push(taken),
            }
        }
        Ok((leased, ended))
    }

    /// Returns whether the lease was held.
    async fn end_lease(
        &self,
        token: LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, InboxError> {
        const DOING: &str = "settle a delivery";
        let token = token.to_i64();
        let (statement, parameters): (_, &[Parameter<'_>]) = match settlement {
            Settlement::Done => (statements::SETTLE_DONE, &[&token, &"done", &self.keep_bodies]),
            Settlement::Superseded => {
                (statements::SETTLE_DONE, &[&token, &"superseded", &self.keep_bodies])
            }
            Settlement::Retry { after, error } => {
                (statements::SETTLE_RETRY, &[&token, &milliseconds(*after), &text(error)])
            }
            Settlement::Dead { error } => (statements::SETTLE_DEAD, &[&token, &text(error)]),
            Settlement::Release => (statements::SETTLE_RELEASE, &[&token]),
        };
        let settled = self.rows(DOING, statement, parameters).await?;
        if settled.is_empty() {
            return Ok(false);
        }
        let has_lane = first(&settled, DOING, |row| Ok(row.try_get(0)?))?;
        if has_lane || matches!(settlement, Settlement::Retry { .. } | Settlement::Release) {
            self.tell();
        }
        Ok(true)
    }

    async fn until_due(&self) -> Result<Option<Duration>, InboxError> {
        const DOING: &str = "look for due deliveries";
        let rows = self.rows(DOING, statements::UNTIL_DUE, &[]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        first(&rows, DOING, |row| Ok(Some(microseconds(row.try_get(0)?))))
    }
}

/// A delivery that cannot be handled (it has been leased as often as it may, or its body is damaged),
/// and how it ends.
type Ended = (Leased, Settlement);

impl fmt::Debug for PostgresInbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresInbox")
            .field("place", &self.place)
            .field("pool", &self.database.status())
            .field("accept_budget", &self.accept_budget)
            .field("keep_bodies", &self.keep_bodies)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Inbox for PostgresInbox {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        const DOING: &str = "accept a delivery";
        let since = Instant::now();
        let body = packing::pack(delivery.body.clone()).await;
        let received_at = delivery.received_at.to_string();
        let event = text(delivery.event.as_str());
        let fingerprint = delivery.fingerprint.as_ref().map(<[u8; 32]>::as_slice);
        let lane = delivery.lane.as_ref().map(|lane| text(&lane.key));
        let version = delivery.lane.as_ref().and_then(|lane| lane.version);
        let heads = delivery.lane.as_ref().and_then(|lane| lane.heads.as_ref());
        let before = heads.and_then(|heads| heads.before.as_deref()).map(text);
        let after = heads.map(|heads| text(&heads.after));
        let accept = if version.is_some() { ACCEPT_LATEST } else { ACCEPT };
        let statement = accept.statement(delivery.hook.is_some());
        let parameters: &[Parameter<'_>] = &[
            &delivery.id.as_str(),
            &delivery.hook.map(u64::cast_signed),
            &event,
            &delivery.action.as_deref().map(text),
            &delivery.target.as_ref().map(|target| text(&target.kind)),
            &delivery.target.as_ref().map(|target| target.id.cast_signed()),
            &delivery.installation.map(u64::cast_signed),
            &delivery.enterprise_host.as_deref().map(text),
            &text(&received_at),
            &body.bytes.as_ref(),
            &lane,
            &version,
            &body.unpacked_length,
            &before,
            &after,
            &fingerprint,
        ];
        let schema = self.database.quoted_schema();
        let fingerprint_lock: &[Parameter<'_>] = &[&schema, &fingerprint];
        let lane_lock: &[Parameter<'_>] = &[&schema, &lane];
        let locks: [Option<Statement<'_>>; 2] = [
            fingerprint.map(|_| (LOCK_FINGERPRINT, fingerprint_lock)),
            version.map(|_| (LOCK_LANE, lane_lock)),
        ];
        let locks: Vec<Statement<'_>> = locks.into_iter().flatten().collect();
        let replayed: &[Parameter<'_>] = &[&fingerprint, &delivery.id.as_str(), &event];
        let question = Question {
            doing: DOING,
            budget: self.accept_budget,
            since,
            before: &locks,
            unless: fingerprint.map(|_| (REPLAYED, replayed)),
            statement,
            parameters,
        };
        let rows = self.database.rows(question).await?;
        let accepted = if rows.is_empty() {
            Accepted::Duplicate
        } else {
            match first(&rows, DOING, |row| Ok(row.try_get::<_, Option<bool>>(0)?))? {
                Some(true) => Accepted::New,
                Some(false) => Accepted::Again,
                None => Accepted::Replay,
            }
        };
        log::accepted(&delivery, accepted);
        if matches!(accepted, Accepted::New | Accepted::Again) {
            self.tell();
        }
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        self.mend_moments().await?;
        let mut leased = Vec::new();
        while leased.len() < request.limit {
            let some = LEASE_BATCH.min(request.limit - leased.len());
            let (new, ended) = match self.lease_some(request, some).await {
                Ok(taken) => taken,
                // What is leased already must reach the worker.
                Err(error) if !leased.is_empty() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "leased fewer");
                    break;
                }
                Err(error) => return Err(error),
            };
            // What cannot be handled leaves room for others, in its lane too.
            let is_all = new.len() < some && ended.is_empty();
            leased.extend(new);
            for (dead, settlement) in ended {
                match self.end_lease(dead.token, &settlement).await {
                    Ok(true) => log::settled(&dead.delivery, &settlement),
                    Ok(false) => {}
                    // It will be the same with it when this lease has ended.
                    Err(error) if leased.is_empty() => return Err(error),
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "leased fewer");
                        return Ok(leased);
                    }
                }
            }
            if is_all {
                break;
            }
        }
        // Their leases end some time, perhaps before everything that others here wait for.
        self.changed.notify_waiters();
        Ok(leased)
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        const DOING: &str = "renew a lease";
        let parameters: &[Parameter<'_>] = &[&token.to_i64(), &milliseconds(duration)];
        let renewed = self.rows(DOING, statements::RENEW, parameters).await?;
        self.changed.notify_waiters();
        if renewed.is_empty() {
            return Ok(Renewal::Lost);
        }
        let is_superseded = first(&renewed, DOING, |row| Ok(row.try_get(0)?))?;
        Ok(if is_superseded { Renewal::Superseded } else { Renewal::Renewed })
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        self.end_lease(token, &settlement).await
    }

    async fn wait(&self, at_most: Duration) {
        wait_until_due(&self.changed, at_most, async || {
            self.until_due().await.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "polling instead");
                None
            })
        })
        .await;
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        const DOING: &str = "accept anything";
        // Its own each time, so that none waits for another; and none that a delivery can have.
        let id = format!("a probe {:016x}", LeaseToken::random().to_i64());
        let question = Question {
            doing: DOING,
            budget: self.accept_budget,
            since: Instant::now(),
            before: &[
                (statements::PROBE_WRITE, &[&id, &PROBE_BODY.as_slice()]),
                (statements::PROBE_TAKE_AWAY, &[&id]),
            ],
            unless: None,
            statement: statements::OLDEST_READY,
            parameters: &[],
        };
        let rows = self.database.rows(question).await?;
        if rows.is_empty() {
            return Ok(Probe::new(None));
        }
        first(&rows, DOING, |row| Ok(Probe::new(Some(microseconds(row.try_get(0)?)))))
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        const DOING: &str = "count its deliveries";
        let rows = self.rows(DOING, statements::DEPTH, &[]).await?;
        first(&rows, DOING, |row| {
            let count = |column: &str| -> Result<u64, Trouble> {
                Ok(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0))
            };
            Ok(Depth {
                ready: count("ready")?,
                blocked: count("blocked")?,
                leased: count("leased")?,
                delayed: count("delayed")?,
                done: count("done")?,
                superseded: count("superseded")?,
                dead: count("dead")?,
                oldest_ready: row.try_get::<_, Option<i64>>("oldest_ready")?.map(microseconds),
            })
        })
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        const DOING: &str = "list its deliveries";
        let state = filter.state.map(|state| state.as_str());
        let event = filter.event.as_ref().map(|event| text(event.as_str()));
        let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
        let ids: Option<Vec<&str>> =
            filter.ids.as_ref().map(|ids| ids.iter().map(DeliveryId::as_str).collect());
        let rows = match &ids {
            None => {
                let parameters: &[Parameter<'_>] = &[&state, &event, &filter.bodies, &limit];
                self.rows(DOING, statements::LIST, parameters).await?
            }
            Some(ids) => {
                let parameters: &[Parameter<'_>] = &[&state, &event, &filter.bodies, &limit, ids];
                self.rows(DOING, statements::LIST_OF_IDS, parameters).await?
            }
        };
        let entries: Result<Vec<Entry>, Trouble> = rows.iter().map(row::entry).collect();
        entries.map_err(|trouble| trouble.into_inbox_error(DOING))
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        let parameters: &[Parameter<'_>] = &[&id.as_str()];
        let revived = self.rows("revive a delivery", statements::REVIVE, parameters).await?;
        if !revived.is_empty() {
            self.tell();
        }
        Ok(revived.len() as u64)
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        let parameters: &[Parameter<'_>] = &[&milliseconds(settled_for), &i64::from(PURGE_BATCH)];
        let mut purged = 0;
        loop {
            let batch = self.rows("purge", statements::PURGE, parameters).await?.len();
            purged += batch as u64;
            if batch < usize::from(PURGE_BATCH) {
                return Ok(purged);
            }
        }
    }
}
