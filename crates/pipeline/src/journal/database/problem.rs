use std::error::Error;
use std::fmt::{self, Write as _};

use hookstead::inbox::InboxError;
use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

/// What went wrong in a database, in words that are safe to log: PostgreSQL's details can quote a row, so
/// only its message is kept.
#[derive(Debug, Clone)]
pub(in crate::journal) struct Problem {
    pub(in crate::journal) kind: Kind,
    pub(in crate::journal) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum Kind {
    /// The database refuses it, and will again.
    Refused,
    /// What is stored is not what this program writes.
    Unreadable,
    /// The server undid it in favour of another. It may be made again.
    Undone,
    /// The connection is broken, or the database is locked or not there: later it may be.
    Down,
    /// The disk is full.
    Full,
    /// There is no such build.
    NoBuild(i64),
}

impl Problem {
    pub(in crate::journal) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    pub(in crate::journal) fn unreadable(text: impl Into<String>) -> Self {
        Self::new(Kind::Unreadable, text)
    }

    pub(in crate::journal) fn no_build(number: i64) -> Self {
        Self::new(Kind::NoBuild(number), String::new())
    }

    pub(super) fn late() -> Self {
        Self::new(Kind::Down, "no answer in time")
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Kind::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::Down,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Kind::Unreadable,
            _ => Kind::Refused,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            let code = error.code();
            let undone = [
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::UNIQUE_VIOLATION,
            ];
            let is_down = code.code().starts_with("08")
                || code.code().starts_with("57P")
                || *code == SqlState::TOO_MANY_CONNECTIONS
                || *code == SqlState::READ_ONLY_SQL_TRANSACTION
                || *code == SqlState::FEATURE_NOT_SUPPORTED
                || *code == SqlState::INVALID_SQL_STATEMENT_NAME;
            let kind = match code {
                _ if undone.contains(code) => Kind::Undone,
                _ if is_down => Kind::Down,
                _ if *code == SqlState::DISK_FULL => Kind::Full,
                _ => Kind::Refused,
            };
            return Self::new(kind, format!("{} (SQLSTATE {})", error.message(), code.code()));
        }
        // No answer of the server: it is the connection, but for a value that does not fit.
        let is_value = error.to_string().starts_with("error serializing");
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Writing to a string does not fail.
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        Self::new(if is_value { Kind::Refused } else { Kind::Down }, text)
    }
}

/// The inbox failed in a transaction of the journal's.
impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        let kind = if error.is_full() { Kind::Full } else { Kind::Refused };
        let mut text = error.to_string();
        if let Some(cause) = error.source() {
            let _ = write!(text, ": {cause}");
        }
        Self::new(kind, text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Problem {}
