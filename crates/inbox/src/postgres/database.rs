use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::trouble::{self, Trouble};
use super::{schema, statements};
use crate::InboxError;
use crate::time::bounded;

/// What the server undid in favour of another is tried so often. Each time somebody else got on,
/// so more than one is rare.
const TRIES: u32 = 5;

/// A value of a statement.
pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// The connections, and the schema in which their statements work.
pub(super) struct Database {
    pool: Pool,
    quoted_schema: String,
}

/// A statement and what it is for.
pub(super) struct Question<'a> {
    /// For the error, for instance `accept a delivery`.
    pub(super) doing: &'static str,
    /// It fails so long after this moment.
    pub(super) budget: Duration,
    pub(super) since: Instant,
    /// This lane is locked before, for as long as the statement works.
    pub(super) lane: Option<&'a str>,
    pub(super) statement: &'a str,
    pub(super) parameters: &'a [Parameter<'a>],
}

impl Database {
    pub(super) fn new(pool: Pool, schema: &str) -> Self {
        Self { pool, quoted_schema: schema::quoted(schema) }
    }

    pub(super) fn status(&self) -> deadpool_postgres::Status {
        self.pool.status()
    }

    /// Does one statement, in a transaction of its own.
    pub(super) async fn rows(&self, question: Question<'_>) -> Result<Vec<Row>, InboxError> {
        let Question { doing, budget, since, .. } = question;
        let end = since + bounded(budget);
        let late = || Trouble::new(format!("no answer within {budget:?}"));
        let failed = |trouble: Trouble| trouble.into_inbox_error(doing);
        let sql = question.statement.replace("{schema}", &self.quoted_schema);
        let mut tries = 1;
        loop {
            let mut client = timeout_at(end, self.pool.get())
                .await
                .map_err(|_| failed(late()))?
                .map_err(|error| failed(error.into()))?;
            let answer = timeout_at(end, self.ask(&mut client, &sql, &question)).await;
            let trouble = match answer {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) if trouble::is_undone(&error) && tries < TRIES => {
                    tries += 1;
                    continue;
                }
                Ok(Err(error)) if trouble::leaves_connection(&error) => {
                    return Err(failed(error.into()));
                }
                Ok(Err(error)) => error.into(),
                Err(_) => late(),
            };
            // Broken, or nobody knows what has become of it: it does not go back to the pool.
            drop(Object::take(client));
            return Err(failed(trouble));
        }
    }

    async fn ask(
        &self,
        client: &mut Object,
        sql: &str,
        question: &Question<'_>,
    ) -> Result<Vec<Row>, Error> {
        let Some(lane) = question.lane else {
            let prepared = client.prepare_cached(sql).await?;
            return client.query(&prepared, question.parameters).await;
        };
        let transaction = client.transaction().await?;
        let lock = transaction.prepare_cached(statements::LOCK_LANE).await?;
        transaction.execute(&lock, &[&self.quoted_schema, &lane]).await?;
        let prepared = transaction.prepare_cached(sql).await?;
        let rows = transaction.query(&prepared, question.parameters).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}
