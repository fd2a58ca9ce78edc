use std::sync::Arc;

use deadpool_postgres::{ConfigConnectImpl, Connect};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Socket};

use super::failure::Failure;
use super::on_own_runtime::OnOwnRuntime;
use super::postgres_store::PostgresStore;
use super::session;
use crate::error::InboxError;

/// Makes connections beside the store's own.
pub(super) struct More {
    config: Config,
    connect: Box<dyn Connect>,
    begin: String,
}

impl More {
    pub(super) fn new<T>(config: Config, tls: T, schema: &str) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let connect = Box::new(OnOwnRuntime(Arc::new(ConfigConnectImpl { tls })));
        Self { config, connect, begin: session::begin(schema) }
    }
}

impl PostgresStore {
    /// Makes a connection to the store's database, for tables of one's own beside the store's, and for
    /// [`submit_in`](Self::submit_in). It has the store's TLS and settings: names are looked for in the
    /// store's schema, and plans go by indexes. The store's own connections stay its own.
    ///
    /// It is driven by [`own_runtime`](crate::own_runtime), and ends when the client is dropped. A broken
    /// one stays broken: ask for another.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses or only reads.
    pub async fn connection(&self) -> Result<Client, InboxError> {
        let connected = async {
            // The task that drives it ends with the client.
            let (client, _) = self.more.connect.connect(&self.more.config).await?;
            client.batch_execute(&self.more.begin).await?;
            Ok(client)
        };
        let connected: Result<Client, tokio_postgres::Error> = connected.await;
        connected.map_err(|error| Failure::from(error).into_inbox_error("make a connection"))
    }
}
