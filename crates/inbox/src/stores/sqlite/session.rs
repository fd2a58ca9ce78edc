use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, Params, Row, Statement, Transaction, TransactionBehavior};

/// A connection and the statements that were prepared on it, each once.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    statements: HashMap<&'static str, Statement<'c>>,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, statements: HashMap::new() }
    }

    /// Begins a transaction that may write; dropping it rolls back.
    pub(super) fn begin(&self) -> rusqlite::Result<Transaction<'c>> {
        Transaction::new_unchecked(self.connection, TransactionBehavior::Immediate)
    }

    /// The store's clock, in milliseconds.
    pub(super) fn now(&mut self) -> rusqlite::Result<i64> {
        let sql = "SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";
        self.statement(sql)?.query_row([], |row| row.get(0))
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

    /// All rows.
    pub(super) fn all<T>(
        &mut self,
        sql: &'static str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.statement(sql)?.query_map(params, read)?.collect()
    }

    pub(super) fn last_place(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    fn statement(&mut self, sql: &'static str) -> rusqlite::Result<&mut Statement<'c>> {
        match self.statements.entry(sql) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(self.connection.prepare(sql)?)),
        }
    }
}
