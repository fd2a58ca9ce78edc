//! The store in PostgreSQL. [`PostgresInbox`] is the front; behind it, `statements` and `row` are
//! the SQL, `schema` is the tables' form, `listener` tells other processes of new deliveries.

mod listener;
mod options;
mod row;
mod schema;
mod statements;
mod tls;
mod trouble;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use hookstead_handler::{Delivery, DeliveryId};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::time::{bounded, wait_until_due};
use crate::{
    Accepted, Depth, Entry, EntryState, Filter, Inbox, InboxError, LeaseRequest, LeaseToken,
    Leased, Settlement, log,
};
use listener::Listener;
pub use options::PostgresOptions;
use row::{delivery, moment};
use trouble::Trouble;

/// Everything but `accept` fails after this long: the database hangs, or the network does. It is
/// shorter than a worker's lease, so that a renewal can be tried again.
const BUDGET: Duration = Duration::from_secs(10);

/// Leasing takes so many per statement: their bodies come in one answer.
const LEASE_BATCH: usize = 100;

/// Purging deletes so many deliveries per statement, so that nobody waits long behind it.
const PURGE_BATCH: u16 = 1000;

/// Keeps deliveries in PostgreSQL, for any number of receivers and workers on any number of hosts.
///
/// What [`accept`](Inbox::accept) returned for is on the database's disk. The database's clock
/// decides about every moment, so the hosts' clocks do not matter. Workers hear of new deliveries
/// by `LISTEN` and `NOTIFY`, each process on a connection of its own; while that is lost they find
/// them by polling.
///
/// A lost connection is an error for whoever used it; the next call gets a new one. Nothing is
/// tried twice behind the caller's back.
///
/// The tables are in a schema of their own, made at the first connecting (the role needs the right
/// to) and brought up to date by later versions. Connect to the server itself: a pooler that gives
/// each transaction another connection cannot carry prepared statements and `LISTEN`.
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
    pool: Pool,
    listener: Listener,
    changed: Arc<Notify>,
    accept_budget: Duration,
    quoted_schema: String,
    place: String,
}

/// A value of a statement.
type Parameter<'a> = &'a (dyn ToSql + Sync);

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

    /// Does one statement, which is its own transaction.
    async fn rows(
        &self,
        doing: &'static str,
        budget: Duration,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, InboxError> {
        let end = Instant::now() + bounded(budget);
        let late = || Trouble::new(format!("no answer within {budget:?}"));
        let failed = |trouble: Trouble| trouble.into_inbox_error(doing);
        let client = timeout_at(end, self.pool.get())
            .await
            .map_err(|_| failed(late()))?
            .map_err(|error| failed(error.into()))?;
        let sql = statement.replace("{schema}", &self.quoted_schema);
        let answering = async {
            let prepared = client.prepare_cached(&sql).await?;
            client.query(&prepared, parameters).await
        };
        let answer = timeout_at(end, answering).await;
        if !matches!(&answer, Ok(Ok(_)))
            && !matches!(&answer, Ok(Err(error)) if trouble::leaves_connection(error))
        {
            // Broken, or nobody knows what has become of it: it does not go back to the pool.
            drop(Object::take(client));
        }
        answer.map_err(|_| failed(late()))?.map_err(|error| failed(error.into()))
    }

    /// Tells everybody, here and elsewhere, that a delivery may be ready.
    fn tell(&self) {
        self.changed.notify_waiters();
        self.listener.announce();
    }

    /// Leases at most so many, once.
    async fn lease_some(
        &self,
        request: LeaseRequest,
        some: usize,
    ) -> Result<(Vec<Leased>, Vec<UsedUp>), InboxError> {
        const DOING: &str = "lease deliveries";
        let tokens: Vec<i64> = (0..some).map(|_| LeaseToken::random().to_i64()).collect();
        // A lease of no length would be ready again at once, and leasing might never end.
        let duration = milliseconds(request.duration).max(1);
        let most = i32::try_from(request.max_attempts).unwrap_or(i32::MAX);
        let rows =
            self.rows(DOING, BUDGET, statements::LEASE, &[&tokens, &duration, &most]).await?;
        let mut leased = Vec::new();
        let mut used_up = Vec::new();
        for row in &rows {
            let (taken, ended) =
                leased_row(row).map_err(|trouble| trouble.into_inbox_error(DOING))?;
            match ended {
                Some(settlement) => used_up.push((taken, settlement)),
                None => leased.push(taken),
            }
        }
        Ok((leased, used_up))
    }

    async fn end_lease(
        &self,
        token: LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, InboxError> {
        let token = token.to_i64();
        let (statement, parameters): (_, &[Parameter<'_>]) = match settlement {
            Settlement::Done => (statements::SETTLE_DONE, &[&token]),
            Settlement::Retry { after, error } => {
                (statements::SETTLE_RETRY, &[&token, &milliseconds(*after), &text(error)])
            }
            Settlement::Dead { error } => (statements::SETTLE_DEAD, &[&token, &text(error)]),
            Settlement::Release => (statements::SETTLE_RELEASE, &[&token]),
        };
        let settled = self.rows("settle a delivery", BUDGET, statement, parameters).await?;
        Ok(!settled.is_empty())
    }

    async fn until_due(&self) -> Result<Option<Duration>, InboxError> {
        const DOING: &str = "look for due deliveries";
        let rows = self.rows(DOING, BUDGET, statements::UNTIL_DUE, &[]).await?;
        let until_due: Option<i64> = first(&rows, DOING, |row| Ok(row.try_get(0)?))?;
        Ok(until_due.map(microseconds))
    }
}

/// A delivery that has been leased as often as it may, and how it ends.
type UsedUp = (Leased, Settlement);

impl fmt::Debug for PostgresInbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresInbox")
            .field("place", &self.place)
            .field("pool", &self.pool.status())
            .field("accept_budget", &self.accept_budget)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Inbox for PostgresInbox {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        const DOING: &str = "accept a delivery";
        let statement = match delivery.hook {
            Some(_) => statements::ACCEPT_OF_HOOK,
            None => statements::ACCEPT_WITHOUT_HOOK,
        };
        let received_at = delivery.received_at.to_string();
        let parameters: &[Parameter<'_>] = &[
            &delivery.id.as_str(),
            &delivery.hook.map(u64::cast_signed),
            &text(delivery.event.as_str()),
            &delivery.action.as_deref().map(text),
            &delivery.target.as_ref().map(|target| text(&target.kind)),
            &delivery.target.as_ref().map(|target| target.id.cast_signed()),
            &delivery.installation.map(u64::cast_signed),
            &delivery.enterprise_host.as_deref().map(text),
            &text(&received_at),
            &delivery.body.as_ref(),
        ];
        let rows = self.rows(DOING, self.accept_budget, statement, parameters).await?;
        let accepted = if rows.is_empty() {
            Accepted::Duplicate
        } else if first(&rows, DOING, |row| Ok(row.try_get(0)?))? {
            Accepted::New
        } else {
            Accepted::Again
        };
        log::accepted(&delivery, accepted);
        if accepted != Accepted::Duplicate {
            self.tell();
        }
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        let mut leased = Vec::new();
        while leased.len() < request.limit {
            let some = LEASE_BATCH.min(request.limit - leased.len());
            let (new, used_up) = match self.lease_some(request, some).await {
                Ok(taken) => taken,
                // What is leased already must reach the worker.
                Err(error) if !leased.is_empty() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "leased fewer");
                    break;
                }
                Err(error) => return Err(error),
            };
            let taken = new.len() + used_up.len();
            leased.extend(new);
            for (dead, settlement) in used_up {
                match self.end_lease(dead.token, &settlement).await {
                    Ok(true) => log::settled(&dead.delivery, &settlement),
                    Ok(false) => {}
                    // Its attempts will still be used up when this lease has ended.
                    Err(error) if leased.is_empty() => return Err(error),
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "leased fewer");
                        return Ok(leased);
                    }
                }
            }
            if taken < some {
                break;
            }
        }
        // Their leases end some time, perhaps before everything that others here wait for.
        self.changed.notify_waiters();
        Ok(leased)
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<bool, InboxError> {
        let parameters: &[Parameter<'_>] = &[&token.to_i64(), &milliseconds(duration)];
        let renewed = self.rows("renew a lease", BUDGET, statements::RENEW, parameters).await?;
        self.changed.notify_waiters();
        Ok(!renewed.is_empty())
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        let settled = self.end_lease(token, &settlement).await?;
        if settled && matches!(settlement, Settlement::Retry { .. } | Settlement::Release) {
            self.tell();
        }
        Ok(settled)
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

    async fn depth(&self) -> Result<Depth, InboxError> {
        const DOING: &str = "count its deliveries";
        let rows = self.rows(DOING, BUDGET, statements::DEPTH, &[]).await?;
        first(&rows, DOING, |row| {
            let count = |column: &str| -> Result<u64, Trouble> {
                Ok(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0))
            };
            Ok(Depth {
                ready: count("ready")?,
                leased: count("leased")?,
                delayed: count("delayed")?,
                done: count("done")?,
                dead: count("dead")?,
                oldest_ready: row.try_get::<_, Option<i64>>("oldest_ready")?.map(microseconds),
            })
        })
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        const DOING: &str = "list its deliveries";
        let parameters: &[Parameter<'_>] = &[
            &filter.state.map(|state| state.to_string()),
            &filter.id.as_ref().map(DeliveryId::as_str),
            &i64::try_from(filter.limit).unwrap_or(i64::MAX),
        ];
        let rows = self.rows(DOING, BUDGET, statements::LIST, parameters).await?;
        let entries: Result<Vec<Entry>, Trouble> = rows.iter().map(entry).collect();
        entries.map_err(|trouble| trouble.into_inbox_error(DOING))
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        let parameters: &[Parameter<'_>] = &[&id.as_str()];
        let revived =
            self.rows("revive a delivery", BUDGET, statements::REVIVE, parameters).await?;
        if !revived.is_empty() {
            self.tell();
        }
        Ok(revived.len() as u64)
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        let parameters: &[Parameter<'_>] = &[&milliseconds(settled_for), &i64::from(PURGE_BATCH)];
        let mut purged = 0;
        loop {
            let batch = self.rows("purge", BUDGET, statements::PURGE, parameters).await?.len();
            purged += batch as u64;
            if batch < usize::from(PURGE_BATCH) {
                return Ok(purged);
            }
        }
    }
}

/// Reads a row of `lease`, and how the delivery ends if its attempts are used up.
fn leased_row(row: &Row) -> Result<(Leased, Option<Settlement>), Trouble> {
    let token = LeaseToken::from_i64(row.try_get("lease_token")?);
    let leased = Leased::new(token, delivery(row)?);
    let ended = if row.try_get("used_up")? {
        let last_error = row.try_get("last_error")?;
        Some(Settlement::attempts_used_up(leased.delivery.attempt, last_error))
    } else {
        None
    };
    Ok((leased, ended))
}

/// Reads a row of `list`.
fn entry(row: &Row) -> Result<Entry, Trouble> {
    let state = match row.try_get("seen")? {
        "done" => EntryState::Done,
        "dead" => EntryState::Dead,
        "ready" => EntryState::Ready,
        "leased" => EntryState::Leased,
        _ => EntryState::Delayed,
    };
    let mut entry = Entry::new(delivery(row)?, state);
    if matches!(state, EntryState::Leased | EntryState::Delayed) {
        entry.due_at = moment(row.try_get("due")?);
    }
    entry.last_error = row.try_get("last_error")?;
    entry.settled_at = row.try_get::<_, Option<i64>>("settled")?.and_then(moment);
    Ok(entry)
}

/// Reads the row of a statement that has one.
fn first<T>(
    rows: &[Row],
    doing: &'static str,
    read: impl FnOnce(&Row) -> Result<T, Trouble>,
) -> Result<T, InboxError> {
    let row = rows.first().ok_or_else(|| Trouble::new("the answer is empty"));
    row.and_then(read).map_err(|trouble| trouble.into_inbox_error(doing))
}

/// The text without the one character that PostgreSQL does not store.
fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// The duration in whole milliseconds, rounded up: a pause is never shorter than asked for.
fn milliseconds(duration: Duration) -> i64 {
    let milliseconds = bounded(duration).as_nanos().div_ceil(1_000_000);
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

/// A span that the database has told; what is past is zero.
fn microseconds(number: i64) -> Duration {
    Duration::from_micros(u64::try_from(number).unwrap_or(0))
}
