use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::database::{Database, Statement};
use super::failure::Failure;
use crate::error::InboxError;

/// While there is no room, it is looked for again so often.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The server's statistics are asked so often. In between, what this process adds is counted.
const MEASURE: Duration = Duration::from_secs(5);

const HOLD: &str = "SELECT hold_reserve_1($1)";

/// How much the live rows take: what the statistics say of their number, times what such a row takes
/// with its indexes. A large body is kept in pieces of 2,000 bytes.
const USED: &str = "SELECT coalesce(sum(pg_stat_get_live_tuples(it.oid) * 600
         + pg_stat_get_live_tuples(it.reltoastrelid) * 2100), 0)::bigint AS bytes
     FROM pg_class AS it JOIN pg_namespace ON pg_namespace.oid = it.relnamespace
     WHERE pg_namespace.nspname = current_schema() AND it.relname IN ('deliveries', 'tasks', 'steps')";

/// How much room there is.
pub(super) struct Room {
    reserve: u64,
    max_bytes: Option<u64>,
    known: Mutex<Known>,
    trying: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// The reserve is there.
    is_held: bool,
    /// Not before this moment it is tried again to hold it.
    try_again: Option<Instant>,
    measured: Option<Instant>,
    bytes: u64,
}

impl Room {
    pub(super) fn new(reserve: u64, max_bytes: Option<u64>) -> Self {
        Self { reserve, max_bytes, known: Mutex::default(), trying: tokio::sync::Mutex::default() }
    }

    /// Whether accepting needs the reserve to be there.
    pub(super) fn holds_reserve(&self) -> bool {
        self.reserve > 0
    }

    /// The disk is full, or the reserve was given back.
    pub(super) fn is_short(&self) {
        self.lock().is_held = false;
    }

    /// So many bytes more are stored.
    pub(super) fn has_grown(&self, body: usize) {
        let mut known = self.lock();
        known.bytes = known.bytes.saturating_add(body as u64).saturating_add(1000);
    }

    /// Fails where there is no room for one more delivery.
    pub(super) async fn make_sure(
        &self,
        database: &Database,
        doing: &'static str,
    ) -> Result<(), InboxError> {
        if let Some(max_bytes) = self.max_bytes {
            self.measure(database, doing).await?;
            if self.lock().bytes >= max_bytes {
                return Err(InboxError::full());
            }
        }
        if !self.holds_reserve() {
            return Ok(());
        }
        if self.lock().is_held {
            return Ok(());
        }
        // One tries; the others wait for what comes of it.
        let _trying = self.trying.lock().await;
        {
            let known = self.lock();
            if known.is_held {
                return Ok(());
            }
            if known.try_again.is_some_and(|moment| moment > Instant::now()) {
                return Err(InboxError::full());
            }
        }
        let bytes = i64::try_from(self.reserve).unwrap_or(i64::MAX);
        let held = database.row(Statement::new(doing, HOLD, &[&bytes]).growing()).await;
        let mut known = self.lock();
        match held {
            Ok(_) => {
                known.is_held = true;
                known.try_again = None;
                Ok(())
            }
            Err(error) => {
                known.try_again = error.is_full().then(|| Instant::now() + LOOK_AGAIN);
                Err(error)
            }
        }
    }

    async fn measure(&self, database: &Database, doing: &'static str) -> Result<(), InboxError> {
        {
            let mut known = self.lock();
            let now = Instant::now();
            if known.measured.is_some_and(|moment| moment + MEASURE > now) {
                return Ok(());
            }
            known.measured = Some(now);
        }
        let row = database.row(Statement::new(doing, USED, &[])).await?;
        let bytes = row.try_get::<_, i64>("bytes");
        let bytes = bytes.map_err(|error| Failure::from(error).into_inbox_error(doing))?;
        self.lock().bytes = u64::try_from(bytes).unwrap_or(0);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
