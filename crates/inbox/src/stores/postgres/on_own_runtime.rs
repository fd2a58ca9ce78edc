use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error};

use crate::own_runtime::own_runtime;

type Connected = Result<(Client, JoinHandle<()>), Error>;

/// Makes connections whose sockets belong to [`own_runtime`], whoever asks for one: a handler that
/// blocks its thread must not stop the database's answers.
pub(super) struct OnOwnRuntime<C>(pub(super) Arc<C>);

impl<C: Connect + 'static> Connect for OnOwnRuntime<C> {
    fn connect(&self, config: &Config) -> Pin<Box<dyn Future<Output = Connected> + Send + '_>> {
        let (connector, config) = (Arc::clone(&self.0), config.clone());
        Box::pin(async move {
            let connecting = {
                let (connector, config) = (Arc::clone(&connector), config.clone());
                own_runtime().spawn(async move { connector.connect(&config).await })
            };
            match connecting.await.map_err(|error| error.try_into_panic()) {
                Ok(connected) => connected,
                Err(Ok(panic)) => resume_unwind(panic),
                // That runtime ends with the process only.
                Err(Err(_)) => connector.connect(&config).await,
            }
        })
    }
}
