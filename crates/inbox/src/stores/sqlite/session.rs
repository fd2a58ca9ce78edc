use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

#[cfg(feature = "statement-cache")]
use rusqlite::CachedStatement as Prepared;
#[cfg(not(feature = "statement-cache"))]
use rusqlite::Statement as Prepared;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Params, Row, Transaction, TransactionBehavior};

use super::known_takers::KnownTakers;

/// A statement's text, which is written down in one place: it is known by where that is, and need not be
/// compared letter by letter.
#[derive(Clone, Copy)]
struct Sql(&'static str);

impl PartialEq for Sql {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Sql {}

impl Hash for Sql {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

/// A connection and the statements that were prepared on it, each once. Where the session ends before the connection,
/// the connection keeps as many of them as its owner lets it, with the feature `statement-cache`.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    statements: HashMap<Sql, Prepared<'c>>,
    /// What the present transaction has read of the registry.
    pub(super) known_takers: KnownTakers,
    /// Something may be due that was not: whoever waits for that is told after the commit.
    has_news: bool,
}

/// Has SQLite plan each statement once. By default it plans one anew whenever a value in its conditions is
/// another one, which would cost a lease more than all else that it does.
pub(super) fn plan_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

#[cfg(feature = "statement-cache")]
fn prepare<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<Prepared<'c>> {
    connection.prepare_cached(sql)
}

#[cfg(not(feature = "statement-cache"))]
fn prepare<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<Prepared<'c>> {
    connection.prepare(sql)
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            statements: HashMap::new(),
            known_takers: KnownTakers::default(),
            has_news: false,
        }
    }

    pub(super) fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// Begins a transaction that may write; dropping it rolls back.
    pub(super) fn begin(&mut self) -> rusqlite::Result<Transaction<'c>> {
        self.known_takers = KnownTakers::default();
        Transaction::new_unchecked(self.connection, TransactionBehavior::Immediate)
    }

    /// Begins a transaction that sees one state of the file, whatever others write meanwhile.
    pub(super) fn begin_reading(&mut self) -> rusqlite::Result<Transaction<'c>> {
        self.known_takers = KnownTakers::default();
        Transaction::new_unchecked(self.connection, TransactionBehavior::Deferred)
    }

    /// Something may be due afterwards that was not.
    pub(super) fn wake(&mut self) {
        self.has_news = true;
    }

    /// Whether something may be due that was not, since this was asked last.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// Executes a statement; returns how many rows it changed.
    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        params: impl Params,
    ) -> rusqlite::Result<usize> {
        let statement = self.statement(sql)?;
        let changed = statement.execute(params);
        // Else a kept statement would hold its copy of a body until it is used again.
        statement.clear_bindings();
        changed
    }

    /// The first row, if there is one.
    pub(super) fn first<T>(
        &mut self,
        sql: &'static str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut rows = self.statement(sql)?.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// The number in the first row; 0 if there is none.
    pub(super) fn number(
        &mut self,
        sql: &'static str,
        params: impl Params,
    ) -> rusqlite::Result<i64> {
        Ok(self.first(sql, params, |row| row.get(0))?.unwrap_or(0))
    }

    /// Whether there is a row.
    pub(super) fn is_any(
        &mut self,
        sql: &'static str,
        params: impl Params,
    ) -> rusqlite::Result<bool> {
        Ok(self.first(sql, params, |_| Ok(()))?.is_some())
    }

    /// All rows.
    pub(super) fn all<T>(
        &mut self,
        sql: &'static str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.statement(sql)?.query_map(params, read)?.collect()
    }

    /// The number of the row that was inserted last.
    pub(super) fn last_number(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    fn statement(&mut self, sql: &'static str) -> rusqlite::Result<&mut Prepared<'c>> {
        match self.statements.entry(Sql(sql)) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(prepare(self.connection, sql)?)),
        }
    }

    /// What was prepared so far.
    #[cfg(test)]
    pub(super) fn prepared(&self) -> Vec<&'static str> {
        self.statements.keys().map(|sql| sql.0).collect()
    }

    /// What was planned more than once.
    #[cfg(test)]
    pub(super) fn planned_anew(&self) -> Vec<&'static str> {
        let is_anew = |statement: &Prepared<'_>| {
            statement.get_status(rusqlite::StatementStatus::RePrepare) > 0
        };
        let anew = self.statements.iter().filter(|(_, statement)| is_anew(statement));
        anew.map(|(sql, _)| sql.0).collect()
    }
}
