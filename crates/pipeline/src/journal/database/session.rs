use hookstead::inbox::{Accepted, NewDelivery};

use super::postgres_session::PostgresSession;
use super::problem::Problem;
use super::row::Row;
use super::sqlite_session::SqliteSession;
use super::value::Value;

/// A transaction, in one of both databases. What is done in it is written once: both understand the
/// statements, whose values are `$1`, `$2` and so on.
///
/// It blocks, and belongs on a thread that may.
pub(in crate::journal) enum Session<'s> {
    Sqlite(SqliteSession<'s>),
    Postgres(PostgresSession<'s>),
}

impl Session<'_> {
    /// All rows.
    pub(in crate::journal) fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, Problem> {
        match self {
            Self::Sqlite(session) => session.rows(sql, values),
            Self::Postgres(session) => session.rows(sql, values),
        }
    }

    /// The first row, if there is one.
    pub(in crate::journal) fn first(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, Problem> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The number in the first row.
    pub(in crate::journal) fn number(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<i64, Problem> {
        let row = self.first(sql, values)?;
        row.ok_or_else(|| Problem::unreadable("there is no row where one is expected"))?.next()
    }

    /// Executes a statement; returns how many rows it changed.
    pub(in crate::journal) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Problem> {
        match self {
            Self::Sqlite(session) => session.execute(sql, values),
            Self::Postgres(session) => session.execute(sql, values),
        }
    }

    /// The database's clock, in milliseconds since 1970.
    pub(in crate::journal) fn now(&mut self) -> Result<i64, Problem> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
            Self::Postgres(_) => {
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now"
            }
        };
        self.number(sql, &[])
    }

    /// Until the end of the transaction nobody else has this lock. In SQLite a transaction that writes
    /// has the whole file.
    pub(in crate::journal) fn lock(&mut self, name: &str) -> Result<(), Problem> {
        if let Self::Postgres(session) = self {
            let sql =
                "SELECT 1::bigint FROM pg_advisory_xact_lock(hashtextextended($1, 1215262571))";
            session.rows(sql, &[name.into()])?;
        }
        Ok(())
    }

    /// Does not wait for the disk when it is committed. With SQLite its writer sees to that.
    pub(super) fn relax(&mut self) -> Result<(), Problem> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.batch("SET LOCAL synchronous_commit = off"),
        }
    }

    /// Submits work to the inbox, within this transaction.
    pub(in crate::journal) fn submit(&mut self, new: &NewDelivery) -> Result<Accepted, Problem> {
        match self {
            Self::Sqlite(session) => session.submit(new),
            Self::Postgres(session) => session.submit(new),
        }
    }
}
