use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use hookstead_types::BackOff;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::failure::{Failure, Remedy};
use crate::error::InboxError;
use crate::time::bounded;

/// What the server undid in favour of another is tried so often. Each time somebody else got on,
/// so more than one is rare.
const TRIES: u32 = 5;

/// After a broken connection the next is tried after so long at first, and at most: a server that
/// restarts refuses at once.
const BACK_OFF: BackOff = BackOff::new(Duration::from_millis(10), Duration::from_millis(200));

/// No answer within this time: the database hangs, or the network does. It is longer than an accept may
/// take, which the inbox decides, and shorter than a worker's lease.
const PATIENCE: Duration = Duration::from_secs(10);

/// A value of a statement.
pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// The connections.
pub(super) struct Database {
    pool: Pool,
    retry_for: Duration,
}

/// A statement and what it is for.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    /// For the error, for instance `accept a delivery`.
    pub(super) doing: &'static str,
    pub(super) sql: &'a str,
    pub(super) parameters: &'a [Parameter<'a>],
    /// Made a second time, it does no harm: so it is made again where nobody knows whether it was done.
    pub(super) is_repeatable: bool,
    /// It may have the room that is held for a full disk. What makes the inbox larger may not.
    pub(super) may_use_reserve: bool,
    /// Where it fails, it is tried again while that helps.
    pub(super) is_retried: bool,
}

impl<'a> Statement<'a> {
    /// One that does no harm when it is made twice.
    pub(super) fn new(doing: &'static str, sql: &'a str, parameters: &'a [Parameter<'a>]) -> Self {
        Self {
            doing,
            sql,
            parameters,
            is_repeatable: true,
            may_use_reserve: true,
            is_retried: true,
        }
    }

    /// The same of one that must not be made twice.
    pub(super) fn once(self) -> Self {
        Self { is_repeatable: false, ..self }
    }

    /// The same of one whose failure somebody else sees to.
    pub(super) fn tried_once(self) -> Self {
        Self { is_retried: false, ..self }
    }

    /// The same of one that makes the inbox larger.
    pub(super) fn growing(self) -> Self {
        Self { may_use_reserve: false, ..self }
    }
}

/// A connection in use. Dropped in the middle of a statement, it does not go back to the pool, where
/// the next one would wait for the rest of the answer.
struct Used(Option<Object>);

impl Used {
    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Used {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

impl Database {
    pub(super) fn new(pool: Pool, retry_for: Duration) -> Self {
        Self { pool, retry_for }
    }

    pub(super) fn status(&self) -> deadpool_postgres::Status {
        self.pool.status()
    }

    /// Does one statement, in a transaction of its own.
    ///
    /// A broken connection is no error yet: the statement is made again on another one, for a while.
    pub(super) async fn rows(&self, statement: Statement<'_>) -> Result<Vec<Row>, InboxError> {
        let begin = Instant::now();
        let last_try = begin + bounded(self.retry_for);
        let mut failures = 1_u32;
        let mut undone = 0;
        let mut had_stale_session = false;
        let mut had_room = false;
        loop {
            let (failure, remedy) = match self.try_once(&statement, begin + PATIENCE).await {
                Ok(rows) => return Ok(rows),
                Err((failure, _)) if !statement.is_retried => {
                    return Err(failure.into_inbox_error(statement.doing));
                }
                Err(failed) => failed,
            };
            let tries_again = match remedy {
                Remedy::Again => {
                    undone += 1;
                    undone < TRIES
                }
                // The others are as old. Whoever comes next gets a new one, to a server that can be
                // written to.
                Remedy::NewSession => {
                    drop(self.pool.retain(|_, _| false));
                    !std::mem::replace(&mut had_stale_session, true)
                }
                Remedy::Room => {
                    statement.may_use_reserve
                        && !std::mem::replace(&mut had_room, true)
                        && self.release_reserve().await
                }
                Remedy::Reconnect if Instant::now() + BACK_OFF.longest(failures) < last_try => {
                    sleep(BACK_OFF.longest(failures)).await;
                    failures = failures.saturating_add(1);
                    true
                }
                Remedy::Reconnect | Remedy::None => false,
            };
            if !tries_again {
                return Err(failure.into_inbox_error(statement.doing));
            }
        }
    }

    /// The same for a statement that always answers with a row.
    pub(super) async fn row(&self, statement: Statement<'_>) -> Result<Row, InboxError> {
        let row = self.rows(statement).await?.into_iter().next();
        row.ok_or_else(|| Failure::new("the answer is empty").into_inbox_error(statement.doing))
    }

    async fn try_once(
        &self,
        statement: &Statement<'_>,
        end: Instant,
    ) -> Result<Vec<Row>, (Failure, Remedy)> {
        let late = || (Failure::new(format!("no answer within {PATIENCE:?}")), Remedy::None);
        let client = timeout_at(end, self.pool.get()).await.map_err(|_| late())?;
        let client = client.map_err(|error| {
            let remedy = Remedy::of_connecting(&error);
            (Failure::from(error), remedy)
        })?;
        let used = Used(Some(client));
        let Some(client) = &used.0 else { return Err(late()) };
        match timeout_at(end, ask(client, statement)).await.map_err(|_| late())? {
            Ok(rows) => {
                used.give_back();
                Ok(rows)
            }
            Err(error) => {
                let remedy = match Remedy::of(&error) {
                    // It was refused before anything was done, or it may be done again.
                    Remedy::Reconnect if !statement.is_repeatable && error.code().is_none() => {
                        Remedy::None
                    }
                    remedy => remedy,
                };
                if !matches!(Remedy::of(&error), Remedy::Reconnect | Remedy::NewSession) {
                    used.give_back();
                }
                Err((error.into(), remedy))
            }
        }
    }

    /// Gives back the room that is held for a full disk. Whether that was possible.
    async fn release_reserve(&self) -> bool {
        // Who reads the table (a dump) must not hold up everybody for long.
        let sql = "BEGIN; SET LOCAL lock_timeout = '500ms'; SELECT release_reserve_1(); COMMIT";
        let Ok(client) = self.pool.get().await else { return false };
        let used = Used(Some(client));
        let Some(client) = &used.0 else { return false };
        let is_released = client.batch_execute(sql).await.is_ok();
        if is_released {
            used.give_back();
        }
        is_released
    }
}

async fn ask(client: &Object, statement: &Statement<'_>) -> Result<Vec<Row>, Error> {
    let prepared = client.prepare_cached(statement.sql).await?;
    client.query(&prepared, statement.parameters).await
}
