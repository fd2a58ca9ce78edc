//! Where stores are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hookstead_inbox::{MemoryStore, SqliteStore, Store};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::bare_inserts::BareInserts;
use crate::subject::Subject;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "SQLite",
            #[cfg(feature = "postgres")]
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// All places of a run.
pub(crate) struct Places<'a> {
    directory: &'a Path,
    #[cfg(feature = "postgres")]
    database: Option<crate::database::Database>,
}

impl<'a> Places<'a> {
    #[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "nothing to connect"))]
    pub(crate) fn new(runtime: &Runtime, directory: &'a Path) -> Self {
        Self {
            directory,
            #[cfg(feature = "postgres")]
            database: crate::database::Database::from_environment(runtime),
        }
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        #[cfg_attr(not(feature = "postgres"), expect(unused_mut, reason = "there is no more"))]
        let mut kinds = vec![Kind::Memory, Kind::Sqlite];
        #[cfg(feature = "postgres")]
        match &self.database {
            Some(_) => kinds.push(Kind::Postgres),
            None => println!("Without PostgreSQL: HOOKSTEAD_POSTGRES is not set"),
        }
        kinds
    }

    /// A place for a store, which is not there yet.
    pub(crate) fn place(&self, kind: Kind, name: &str) -> Place<'_> {
        match kind {
            Kind::Memory => Place::Memory,
            Kind::Sqlite => Place::Sqlite(self.directory.join(format!("{name}.db"))),
            #[cfg(feature = "postgres")]
            Kind::Postgres => Place::Postgres(self.database.as_ref().unwrap(), name.to_owned()),
        }
    }

    /// A bare table with so many rows.
    pub(crate) async fn bare(&self, kind: Kind, count: u64) -> BareInserts {
        match kind {
            #[cfg(feature = "postgres")]
            Kind::Postgres => {
                let database = self.database.as_ref().unwrap();
                BareInserts::postgres(database, &database.schema("bare"), count).await
            }
            _ => BareInserts::sqlite(&self.directory.join("bare.db"), count),
        }
    }

    /// Has PostgreSQL write out what it has in memory, so that this disturbs nobody later.
    pub(crate) async fn rest(&self) {
        #[cfg(feature = "postgres")]
        if let Some(database) = &self.database {
            // Only some roles may; then it disturbs.
            let _ = database.client.batch_execute("CHECKPOINT").await;
        }
    }

    /// Removes all that was made.
    pub(crate) async fn clear(&self) {
        for file in std::fs::read_dir(self.directory).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        #[cfg(feature = "postgres")]
        if let Some(database) = &self.database {
            for name in ["full", "empty", "bare"] {
                let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", database.schema(name));
                database.client.batch_execute(&drop).await.unwrap();
            }
        }
        self.rest().await;
    }
}

/// Where one store is.
pub(crate) enum Place<'a> {
    Memory,
    Sqlite(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(&'a crate::database::Database, String),
    #[cfg(not(feature = "postgres"))]
    #[expect(dead_code, reason = "it takes the lifetime")]
    Nowhere(&'a ()),
}

impl Place<'_> {
    pub(crate) async fn open(&self) -> Subject {
        let store: Arc<dyn Store> = match self {
            Self::Memory => {
                let most = usize::MAX;
                let store = MemoryStore::new().max_deliveries(most).max_bytes(most);
                Arc::new(store.max_done(most).max_done_bytes(most))
            }
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path).unwrap()),
            #[cfg(feature = "postgres")]
            Self::Postgres(database, name) => database.store(name, 10).await,
            #[cfg(not(feature = "postgres"))]
            Self::Nowhere(_) => unreachable!(),
        };
        Subject::new(store).await
    }

    /// Has another session see the store as it is now, for as long as what is returned lives.
    pub(crate) async fn hold_snapshot(&self) -> Box<dyn Send> {
        match self {
            Self::Sqlite(path) => {
                let reader = Connection::open(path).unwrap();
                let count = "BEGIN; SELECT count(*) FROM tasks";
                reader.execute_batch(count).unwrap();
                Box::new(reader)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(database, name) => {
                let session = crate::database::connect(&database.url).await;
                let schema = database.schema(name);
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
                let count = format!("{begin}; SELECT count(*) FROM {schema}.tasks");
                session.batch_execute(&count).await.unwrap();
                Box::new(session)
            }
            _ => Box::new(()),
        }
    }
}
