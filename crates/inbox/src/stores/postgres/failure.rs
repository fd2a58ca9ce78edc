use std::error::Error;
use std::fmt::{self, Write as _};

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::error::InboxError;

/// What went wrong with the database, in words that are safe to log: PostgreSQL's details can
/// quote a row and with it a payload, so only its message is kept.
#[derive(Debug)]
pub(super) struct Failure {
    text: String,
    is_full: bool,
}

impl Failure {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_full: false }
    }

    pub(super) fn into_inbox_error(self, doing: &'static str) -> InboxError {
        if self.is_full { InboxError::full_because(self) } else { InboxError::store(doing, self) }
    }
}

/// What is to be done after an error of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The server refused the statement, and will again.
    None,
    /// The server undid it in favour of another that ran at the same moment. It may be made again.
    Again,
    /// The session is what is wrong: its server only reads (as the old primary does after a failover),
    /// its plans are of tables that were changed since, or its prepared statements are gone. Nothing
    /// was done; a new session may do it.
    NewSession,
    /// The connection is broken, or the server says goodbye or is not ready yet. Nobody knows whether
    /// the statement was done.
    Reconnect,
    /// The disk is full.
    Room,
}

impl Remedy {
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let Some(code) = error.code() else { return Self::Reconnect };
        let stale = [
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::FEATURE_NOT_SUPPORTED,
            SqlState::INVALID_SQL_STATEMENT_NAME,
            SqlState::DUPLICATE_PSTATEMENT,
        ];
        let undone = [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::UNIQUE_VIOLATION,
        ];
        match code {
            code if stale.contains(code) => Self::NewSession,
            code if undone.contains(code) => Self::Again,
            code if *code == SqlState::DISK_FULL => Self::Room,
            // Connections (08), operators and starting servers (57P), too many connections.
            code if code.code().starts_with("08") || code.code().starts_with("57P") => {
                Self::Reconnect
            }
            code if *code == SqlState::TOO_MANY_CONNECTIONS => Self::Reconnect,
            _ => Self::None,
        }
    }

    /// Of an error while a connection was looked for.
    pub(super) fn of_connecting(error: &PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                match Self::of(error) {
                    // A server that has just come back may only read at first.
                    Self::NewSession | Self::Reconnect => Self::Reconnect,
                    _ => Self::None,
                }
            }
            PoolError::Timeout(_) => Self::Reconnect,
            _ => Self::None,
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            let code = error.code();
            let text = format!("{} (SQLSTATE {})", error.message(), code.code());
            return Self { text, is_full: *code == SqlState::DISK_FULL };
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

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                error.into()
            }
            other => Self::new(other.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Failure {}
