//! The PostgreSQL that a benchmark uses.

use std::sync::Arc;

use hookstead_inbox::PostgresStore;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// The database, and a prefix of its own for everything that the benchmark makes there.
pub(crate) struct Database {
    pub(crate) url: String,
    prefix: String,
    runtime: tokio::runtime::Handle,
    pub(crate) client: Client,
}

impl Database {
    /// `None` when nobody named one.
    pub(crate) fn from_environment(runtime: &Runtime) -> Option<Self> {
        let url = std::env::var("HOOKSTEAD_POSTGRES").ok().filter(|url| !url.is_empty())?;
        let prefix = format!("bench_{}", std::process::id());
        let client = runtime.block_on(connect(&url));
        Some(Self { url, prefix, runtime: runtime.handle().clone(), client })
    }

    /// The name of a schema for this.
    pub(crate) fn schema(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// A store of ours in a schema of its own.
    pub(crate) async fn store(&self, schema: &str, pool_size: usize) -> Arc<PostgresStore> {
        let options = PostgresStore::options().schema(self.schema(schema)).pool_size(pool_size);
        Arc::new(options.connect(&self.url).await.unwrap())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!(
            "DO $$ DECLARE name text; BEGIN
                 FOR name IN SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '{}_')
                 LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
             END $$",
            self.prefix
        );
        self.runtime.block_on(self.client.batch_execute(&drop)).unwrap();
    }
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
