use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Config, Socket};

use super::trouble::Trouble;
use crate::own_runtime;

/// The channel, one for all inboxes of a database; the payload is the schema.
const CHANNEL: &str = "hookstead_inbox";

/// A listener that lost its connection tries again after this long at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// After an announcement the next waits for so long. Each costs the server and all who listen a good
/// part of what an `accept` does, and in a burst there would be one for nearly every delivery. The
/// first after a quiet time goes at once, and whoever it woke is still at work when the next comes.
const ANNOUNCE_PAUSE: Duration = Duration::from_millis(10);

/// Tells the processes that share an inbox of new deliveries, over a connection of its own.
///
/// Not in the transactions that store them: PostgreSQL lets transactions that notify commit only
/// one after the other, which would end all sharing of disk syncs. Announcements that come
/// while one is on its way, or shortly after it, become one.
pub(super) struct Listener {
    announce: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) fn start<T>(config: Config, tls: T, schema: &str, changed: Arc<Notify>) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as tokio_postgres::tls::TlsConnect<Socket>>::Future: Send,
    {
        let announce = Arc::new(Notify::new());
        let announced = Arc::clone(&announce);
        let schema = schema.to_owned();
        let task = own_runtime().spawn(async move {
            let mut pause = PAUSES.0;
            loop {
                let connected = || {
                    // What was announced before this moment went unheard.
                    changed.notify_waiters();
                };
                let listening = Listening { schema: &schema, changed: &changed, own: 0.into() };
                let lost = match config.connect(tls.clone()).await {
                    Ok((client, connection)) => {
                        pause = PAUSES.0;
                        listening.listen(client, connection, &announced, connected).await
                    }
                    Err(error) => error.into(),
                };
                tracing::warn!(error = %lost, "the inbox hears nothing of other processes");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSES.1);
            }
        });
        Self { announce, task }
    }

    /// Tells the other processes that a delivery may be ready.
    pub(super) fn announce(&self) {
        self.announce.notify_one();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection's worth of listening.
struct Listening<'a> {
    schema: &'a str,
    changed: &'a Notify,
    /// The server's process behind this connection: who hears its own announcement knew it before.
    own: AtomicI32,
}

impl Listening<'_> {
    /// Returns when the connection is lost.
    async fn listen<S>(
        &self,
        client: tokio_postgres::Client,
        mut connection: tokio_postgres::Connection<Socket, S>,
        announced: &Notify,
        connected: impl Fn(),
    ) -> Trouble
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let driving = async {
            loop {
                match poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        if notification.payload() == self.schema
                            && notification.process_id() != self.own.load(Ordering::Relaxed)
                        {
                            self.changed.notify_waiters();
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return error.into(),
                    None => return Trouble::new("connection closed"),
                }
            }
        };
        let talking = async {
            // Announcements need not reach the disk.
            let begin = format!("SET synchronous_commit = off; LISTEN {CHANNEL}");
            client.batch_execute(&begin).await?;
            let own = client.query_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)?;
            self.own.store(own, Ordering::Relaxed);
            connected();
            let announce = client.prepare("SELECT pg_notify($1, $2)").await?;
            loop {
                announced.notified().await;
                client.execute(&announce, &[&CHANNEL, &self.schema]).await?;
                tokio::time::sleep(ANNOUNCE_PAUSE).await;
            }
        };
        tokio::select! {
            lost = driving => lost,
            lost = talking => match lost {
                Ok(never) => never,
                Err(error) => tokio_postgres::Error::into(error),
            },
        }
    }
}
