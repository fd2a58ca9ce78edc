use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookstead::Router;
use hookstead::inbox::{Inbox, PostgresStore, SqliteStore, Store};

use super::database::{PostgresDatabase, Problem, Session, SqliteDatabase};
use super::error::JournalError;
use super::watching::Hubs;

/// What is written down of builds: decisions, states, logs, and why each of them came about. It lies in the
/// inbox's own database, so that a build and the work for it are written together or not at all.
///
/// It is cheap to clone: all clones are the same. See [the room](super) for how it is used.
#[derive(Clone)]
pub struct Journal {
    pub(super) shared: Arc<Shared>,
}

/// What all clones of a journal share.
pub(super) struct Shared {
    pub(super) database: Database,
    /// What is watched is looked at so often.
    pub(super) poll_interval: Duration,
    /// So many bytes of a disk stay free.
    pub(super) reserve: u64,
    pub(super) hubs: Hubs,
}

pub(super) enum Database {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

impl Journal {
    /// The store of the inbox, which lies in the same database.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        match &self.shared.database {
            Database::Sqlite(database) => Arc::clone(database.store()) as Arc<dyn Store>,
            Database::Postgres(database) => Arc::clone(database.store()) as Arc<dyn Store>,
        }
    }

    /// An inbox for the handlers of this router, in the same database.
    #[must_use]
    pub fn inbox(&self, router: Router) -> Inbox {
        Inbox::of_shared(self.store(), router)
    }

    /// Whether other machines may share it: in PostgreSQL, not in a file.
    #[must_use]
    pub fn is_shared_by_machines(&self) -> bool {
        matches!(self.shared.database, Database::Postgres(_))
    }

    /// Reads, in one transaction.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, JournalError> {
        self.shared.read(doing, work).await
    }

    /// Writes, in one transaction. When this returns, it survives a power cut, as far as the inbox's store
    /// promises it.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, JournalError> {
        self.write_so(true, doing, work).await
    }

    /// The same for what may be lost in a power cut, as long as it is whole.
    pub(super) async fn write_lightly<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, JournalError> {
        self.write_so(false, doing, work).await
    }

    async fn write_so<T: Send + 'static>(
        &self,
        is_durable: bool,
        doing: &'static str,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, JournalError> {
        let written = match &self.shared.database {
            Database::Sqlite(database) => database.write(is_durable, work).await,
            Database::Postgres(database) => database.transact(is_durable, work).await,
        };
        written.map_err(|problem| JournalError::new(doing, problem))
    }
}

impl Shared {
    pub(super) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, JournalError> {
        let read = match &self.database {
            Database::Sqlite(database) => database.read(work).await,
            Database::Postgres(database) => database.transact(true, work).await,
        };
        read.map_err(|problem| JournalError::new(doing, problem))
    }
}

/// Where it lies: the file, or the server without user and password.
impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Journal");
        match &self.shared.database {
            Database::Sqlite(database) => {
                let store: &SqliteStore = database.store();
                shown.field("store", store)
            }
            Database::Postgres(database) => {
                let store: &PostgresStore = database.store();
                shown.field("store", store)
            }
        };
        shown.finish_non_exhaustive()
    }
}
