//! Where the store is: what it is for the server, and how large it is.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::lag::Lag;

pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres { url: String, schema: String, client: Arc<Client>, lag: Lag },
}

/// In bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) database: u64,
    pub(crate) log: u64,
}

impl Place {
    pub(crate) fn sqlite() -> Result<Self, Box<dyn Error>> {
        let folder = std::env::var_os("HOOKSTEAD_BENCH_DIRECTORY").map(PathBuf::from);
        let folder = folder.unwrap_or_else(std::env::temp_dir);
        Ok(Self::Sqlite(
            tempfile::Builder::new().prefix("hookstead-sustained-").tempdir_in(folder)?,
        ))
    }

    /// `None` when nobody named a database.
    pub(crate) async fn postgres() -> Result<Option<Self>, Box<dyn Error>> {
        let url = std::env::var("HOOKSTEAD_POSTGRES").unwrap_or_default();
        if url.is_empty() {
            return Ok(None);
        }
        let lag = Lag::start(&url).await?;
        let client = Arc::new(connect(&url).await?);
        let schema = format!("bench_sustained_{}", std::process::id());
        Ok(Some(Self::Postgres { url, schema, client, lag }))
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// What the server is told: a file, or a schema and a URL.
    pub(crate) fn to_server(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.path().join("bench.db").display().to_string(),
            Self::Postgres { schema, lag, .. } => format!("{schema} {}", lag.url),
        }
    }

    /// Whether there is something between the server and its database.
    pub(crate) fn can_lag(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// From now on every answer of the database comes later by so much, where that [can](Self::can_lag) be.
    pub(crate) fn lags_by(&self, lag: Duration) {
        if let Self::Postgres { lag: proxy, .. } = self {
            proxy.set(lag);
        }
    }

    /// Another session sees the store as it is now, for as long as what is returned lives.
    pub(crate) async fn hold_snapshot(&self) -> Result<Box<dyn Send>, Box<dyn Error>> {
        match self {
            Self::Sqlite(_) => {
                let reader = rusqlite::Connection::open(self.to_server())?;
                reader.execute_batch("BEGIN; SELECT count(*) FROM meta")?;
                Ok(Box::new(reader))
            }
            Self::Postgres { url, schema, .. } => {
                let session = connect(url).await?;
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
                session.batch_execute(&format!("{begin}; SELECT * FROM {schema}.meta")).await?;
                Ok(Box::new(session))
            }
        }
    }

    pub(crate) async fn size(&self) -> Result<Size, Box<dyn Error>> {
        match self {
            Self::Sqlite(folder) => {
                let size =
                    |name| std::fs::metadata(folder.path().join(name)).map_or(0, |file| file.len());
                Ok(Size { database: size("bench.db"), log: size("bench.db-wal") })
            }
            Self::Postgres { schema, client, .. } => {
                let database = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
                     WHERE relnamespace = $1::text::regnamespace AND relkind = 'r'";
                let database: i64 = client.query_one(database, &[schema]).await?.get(0);
                // Only some roles may look.
                let log = "SELECT sum(size)::bigint FROM pg_ls_waldir()";
                let log: i64 = client.query_one(log, &[]).await.map_or(0, |row| row.get(0));
                Ok(Size { database: database.try_into()?, log: log.try_into()? })
            }
        }
    }

    pub(crate) async fn clear(&self) -> Result<(), Box<dyn Error>> {
        if let Self::Postgres { schema, client, .. } = self {
            client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await?;
        }
        Ok(())
    }
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
