use hookstead::inbox::{Accepted, NewDelivery, SqliteStore};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Transaction};

use super::problem::Problem;
use super::row::Row;
use super::value::Value;

/// All statements that were done in this process.
#[cfg(test)]
pub(in crate::journal) static PREPARED: std::sync::Mutex<std::collections::BTreeSet<&'static str>> =
    std::sync::Mutex::new(std::collections::BTreeSet::new());

/// A transaction in SQLite.
pub(in crate::journal) struct SqliteSession<'s> {
    transaction: &'s Transaction<'s>,
    store: &'s SqliteStore,
}

impl<'s> SqliteSession<'s> {
    pub(super) fn new(transaction: &'s Transaction<'s>, store: &'s SqliteStore) -> Self {
        Self { transaction, store }
    }

    pub(super) fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, Problem> {
        let mut statement = self.prepared(sql, values)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut read = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|position| value(row.get_ref(position)?));
            read.push(Row::new(values.collect::<Result<_, Problem>>()?));
        }
        Ok(read)
    }

    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Problem> {
        Ok(self.prepared(sql, values)?.raw_execute()? as u64)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Problem> {
        Ok(self.transaction.execute_batch(sql)?)
    }

    pub(super) fn submit(&mut self, new: &NewDelivery) -> Result<Accepted, Problem> {
        Ok(self.store.submit_in(self.transaction, new)?.accepted)
    }

    /// A statement with its values. SQLite counts `$2` as the second only if it comes second, so each is
    /// looked for by its name.
    fn prepared(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<CachedStatement<'_>, Problem> {
        #[cfg(test)]
        PREPARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(sql);
        let mut statement = self.transaction.prepare_cached(sql)?;
        for (number, value) in (1_usize..).zip(values) {
            if let Some(position) = statement.parameter_index(&format!("${number}"))? {
                statement.raw_bind_parameter(position, value)?;
            }
        }
        Ok(statement)
    }
}

fn value(value: ValueRef<'_>) -> Result<Value<'static>, Problem> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number),
        ValueRef::Text(text) => {
            let text = String::from_utf8(text.to_vec());
            Value::Text(text.map_err(|_| Problem::unreadable("a text is no UTF-8"))?.into())
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec().into()),
        ValueRef::Real(_) => return Err(Problem::unreadable("a number is no whole one")),
    })
}
