use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::schema;
use super::trouble::{self, Trouble};
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
    /// What is done before it, in the same transaction.
    pub(super) before: &'a [Statement<'a>],
    /// After that, and in the same transaction: if this has a row, that is the answer, and the
    /// statement is not made.
    pub(super) unless: Option<Statement<'a>>,
    pub(super) statement: &'a str,
    pub(super) parameters: &'a [Parameter<'a>],
}

/// A statement and its values.
pub(super) type Statement<'a> = (&'a str, &'a [Parameter<'a>]);

impl Database {
    pub(super) fn new(pool: Pool, schema: &str) -> Self {
        Self { pool, quoted_schema: schema::quoted(schema) }
    }

    pub(super) fn quoted_schema(&self) -> &str {
        &self.quoted_schema
    }

    pub(super) fn status(&self) -> deadpool_postgres::Status {
        self.pool.status()
    }

    /// Does one statement, with what comes before it in a transaction of their own.
    pub(super) async fn rows(&self, question: Question<'_>) -> Result<Vec<Row>, InboxError> {
        let Question { doing, budget, since, .. } = question;
        let end = since + bounded(budget);
        let late = || Trouble::new(format!("no answer within {budget:?}"));
        let failed = |trouble: Trouble| trouble.into_inbox_error(doing);
        let mut tries = 1;
        let mut had_stale_session = false;
        loop {
            let mut client = timeout_at(end, self.pool.get())
                .await
                .map_err(|_| failed(late()))?
                .map_err(|error| failed(error.into()))?;
            let answer = timeout_at(end, self.ask(&mut client, &question)).await;
            let trouble = match answer {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) if trouble::is_undone(&error) && tries < TRIES => {
                    tries += 1;
                    continue;
                }
                Ok(Err(error)) if trouble::is_stale_session(&error) => {
                    // The others are as old. Whoever comes next gets a new one, to a server that
                    // can be written to; here nothing was done yet, so it is tried once more.
                    drop(Object::take(client));
                    drop(self.pool.retain(|_, _| false));
                    if std::mem::replace(&mut had_stale_session, true) {
                        return Err(failed(error.into()));
                    }
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

    async fn ask(&self, client: &mut Object, question: &Question<'_>) -> Result<Vec<Row>, Error> {
        let filled = |statement: &str| statement.replace("{schema}", &self.quoted_schema);
        let sql = filled(question.statement);
        if question.before.is_empty() && question.unless.is_none() {
            let prepared = client.prepare_cached(&sql).await?;
            return client.query(&prepared, question.parameters).await;
        }
        let transaction = client.transaction().await?;
        for (statement, parameters) in question.before {
            let prepared = transaction.prepare_cached(&filled(statement)).await?;
            transaction.execute(&prepared, parameters).await?;
        }
        if let Some((statement, parameters)) = question.unless {
            let prepared = transaction.prepare_cached(&filled(statement)).await?;
            let rows = transaction.query(&prepared, parameters).await?;
            if !rows.is_empty() {
                transaction.rollback().await?;
                return Ok(rows);
            }
        }
        let prepared = transaction.prepare_cached(&sql).await?;
        let rows = transaction.query(&prepared, question.parameters).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}
