use std::collections::HashMap;
use std::collections::hash_map::Entry;

use hookstead::inbox::{Accepted, NewDelivery, PostgresStore};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Statement, Transaction};

use super::problem::{Kind, Problem};
use super::row::Row;
use super::value::Value;

/// What was prepared on a connection.
pub(super) type Statements = HashMap<&'static str, Statement>;

/// A transaction in PostgreSQL. Dropped before it is committed, it is rolled back.
pub(in crate::journal) struct PostgresSession<'s> {
    transaction: Transaction<'s>,
    statements: &'s mut Statements,
    store: &'s PostgresStore,
    handle: Handle,
    end: Instant,
}

impl<'s> PostgresSession<'s> {
    /// A session that must be done by `end`.
    pub(super) fn new(
        transaction: Transaction<'s>,
        statements: &'s mut Statements,
        store: &'s PostgresStore,
        handle: Handle,
        end: Instant,
    ) -> Self {
        Self { transaction, statements, store, handle, end }
    }

    pub(super) fn commit(self) -> Result<(), Problem> {
        wait(&self.handle, self.end, self.transaction.commit())
    }

    pub(super) fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, Problem> {
        let statement = self.statement(sql)?;
        let parameters = parameters(values);
        let asked = self.transaction.query(&statement, &parameters);
        wait(&self.handle, self.end, asked)?.iter().map(read).collect()
    }

    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Problem> {
        let statement = self.statement(sql)?;
        let parameters = parameters(values);
        wait(&self.handle, self.end, self.transaction.execute(&statement, &parameters))
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Problem> {
        wait(&self.handle, self.end, self.transaction.batch_execute(sql))
    }

    pub(super) fn submit(&mut self, new: &NewDelivery) -> Result<Accepted, Problem> {
        let submitting = self.store.submit_in(&self.transaction, new);
        let submitted: Result<Accepted, Problem> = wait(&self.handle, self.end, submitting);
        submitted.map_err(|problem| {
            // The inbox says what the server said; what it is to be done about is found in the code.
            let code = problem.text.split_once("(SQLSTATE ").and_then(|(_, rest)| rest.get(..5));
            let kind = match code {
                Some("40P01" | "40001" | "23505") => Kind::Undone,
                Some(code) if code.starts_with("57P") || code.starts_with("08") => Kind::Down,
                None if self.transaction.client().is_closed() => Kind::Down,
                _ => problem.kind,
            };
            Problem { kind, ..problem }
        })
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, Problem> {
        match self.statements.entry(sql) {
            Entry::Occupied(entry) => Ok(entry.get().clone()),
            Entry::Vacant(entry) => {
                let prepared = wait(&self.handle, self.end, self.transaction.prepare(sql))?;
                Ok(entry.insert(prepared).clone())
            }
        }
    }
}

fn parameters<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row, Problem> {
    let mut values = Vec::with_capacity(row.len());
    for (position, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(position)?.map(Value::Number),
            Type::TEXT => {
                row.try_get::<_, Option<String>>(position)?.map(|it| Value::Text(it.into()))
            }
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(position)?.map(|it| Value::Bytes(it.into()))
            }
            _ => return Err(Problem::unreadable(format!("{} has another type", column.name()))),
        };
        values.push(value.unwrap_or(Value::Null));
    }
    Ok(Row::new(values))
}

/// Blocks until there is an answer.
pub(super) fn wait<T, E: Into<Problem>>(
    handle: &Handle,
    end: Instant,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    let answer = handle.block_on(async { timeout_at(end, answer).await });
    answer.map_err(|_| Problem::late())?.map_err(Into::into)
}
