use std::error::Error;
use std::fmt::{self, Write as _};

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::InboxError;

/// What went wrong with the database, in words that are safe to log: PostgreSQL's details can
/// quote a row and with it a payload, so only its message is kept.
#[derive(Debug)]
pub(super) struct Trouble {
    text: String,
    full: bool,
}

impl Trouble {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), full: false }
    }

    pub(super) fn into_inbox_error(self, doing: &'static str) -> InboxError {
        if self.full { InboxError::full_because(self) } else { InboxError::store(doing, self) }
    }
}

/// Whether the connection can be used after this error: the server refused the statement, and did
/// not say goodbye (class 57P: it shuts down, or an operator ended the connection).
pub(super) fn leaves_connection(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| !code.code().starts_with("57P"))
}

/// Whether the session is what is wrong, so that the statement was refused and a new session may do
/// it: its server only reads (as the old primary does after a failover), its plans are of tables that
/// were changed since, or its prepared statements are gone.
pub(super) fn is_stale_session(error: &tokio_postgres::Error) -> bool {
    let stale = [
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::FEATURE_NOT_SUPPORTED,
        SqlState::INVALID_SQL_STATEMENT_NAME,
        SqlState::DUPLICATE_PSTATEMENT,
    ];
    error.code().is_some_and(|code| stale.contains(code))
}

/// Whether the server undid the statement in favour of another that ran at the same moment, so that
/// it may be tried again: `statements` says when that is.
pub(super) fn is_undone(error: &tokio_postgres::Error) -> bool {
    let undone = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::UNIQUE_VIOLATION,
    ];
    error.code().is_some_and(|code| undone.contains(code))
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            let code = error.code();
            let text = format!("{} (SQLSTATE {})", error.message(), code.code());
            // Bodies of done deliveries make room again, so the worker helps against this.
            return Self { text, full: *code == SqlState::DISK_FULL };
        }
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Writing to a string does not fail.
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        Self::new(text)
    }
}

impl From<PoolError> for Trouble {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            other => Self::new(other.to_string()),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Trouble {}
