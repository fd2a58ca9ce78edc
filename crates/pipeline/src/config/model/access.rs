use std::path::PathBuf;

use crate::config::value::SecretSource;

/// Where deliveries, builds and logs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In an SQLite file below this folder, which belongs to one machine.
    Folder(PathBuf),
    /// In a PostgreSQL database that many machines share.
    Postgres(PostgresUrl),
}

impl Storage {
    /// The SQLite file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join("pipeline.db")),
            Self::Postgres(_) => None,
        }
    }
}

/// The URL of a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostgresUrl {
    /// It stands in the config, as it holds no password.
    Plain(String),
    /// It may hold a password, and stands elsewhere.
    Secret(SecretSource),
}

/// Who the server is at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Whom a personal access token belongs to.
    Token(SecretSource),
    /// A GitHub App.
    App {
        /// The App's id.
        id: u64,
        /// Its private key, in the form of PEM.
        key: SecretSource,
    },
}

/// How builds are reported to GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportBy {
    /// By statuses, for which a token suffices.
    Statuses,
    /// By check runs, which only Apps can make: they have annotations and a button *Re-run*.
    Checks,
}

/// Who may read the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadAccess {
    /// Everybody who reaches them.
    Public,
    /// Who has logged in.
    Login,
}
