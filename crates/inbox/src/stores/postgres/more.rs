use std::sync::Arc;

use deadpool_postgres::{ConfigConnectImpl, Connect};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Socket, Transaction};

use super::failure::Failure;
use super::on_own_runtime::OnOwnRuntime;
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

impl More {
    pub(super) async fn connection(&self) -> Result<PostgresConnection, InboxError> {
        let connected = async {
            // The task that drives it ends with the client.
            let (client, _) = self.connect.connect(&self.config).await?;
            client.batch_execute(&self.begin).await?;
            Ok(PostgresConnection(client))
        };
        let connected: Result<PostgresConnection, tokio_postgres::Error> = connected.await;
        connected.map_err(|error| Failure::from(error).into_inbox_error("make a connection"))
    }
}

/// A connection beside those of a store, to the same database: see
/// [`PostgresStore::connection`](crate::PostgresStore::connection).
///
/// It is driven by [`own_runtime`](crate::own_runtime), and ends when it is dropped.
#[derive(Debug)]
pub struct PostgresConnection(Client);

impl PostgresConnection {
    /// Begins a transaction; dropped before it is committed, it is rolled back.
    ///
    /// # Errors
    ///
    /// Fails when the connection is broken, and when the server refuses.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, InboxError> {
        let begun = self.0.transaction().await;
        begun.map_err(|error| Failure::from(error).into_inbox_error("begin a transaction"))
    }

    /// Whether it is broken for good, so that another one must be made.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}
