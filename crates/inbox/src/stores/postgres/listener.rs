use std::fmt::Write as _;
use std::future::poll_fn;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookstead_types::BackOff;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Config, Socket};

use super::failure::Failure;
use super::news::News;
use super::starts::Starts;
use crate::own_runtime::own_runtime;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// The channel, one for all inboxes of a database. The payload begins with the schema.
const CHANNEL: &str = "hookstead_inbox";

/// So many tasks are named in one announcement; it holds less than 8,000 bytes.
const MOST_NAMED: usize = 150;

/// A listener that lost its connection tries again after this long at first, and at most.
const BACK_OFF: BackOff = BackOff::new(Duration::from_millis(100), Duration::from_secs(5));

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
    announcement: Arc<Announcement>,
    task: JoinHandle<()>,
}

/// What is to be announced.
#[derive(Default)]
struct Announcement {
    notify: Notify,
    late: Mutex<Vec<(TakerId, TaskId)>>,
}

impl Announcement {
    /// The schema, and the late tasks as pairs of numbers. Where there are too many, whoever hears of
    /// it looks at everything.
    fn payload(&self, schema: &str) -> String {
        let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
        let mut payload = format!("{schema}\n");
        if late.len() > MOST_NAMED {
            payload.push_str(ALL);
            return payload;
        }
        for (taker, task) in late {
            // Writing to a string does not fail.
            let _ = write!(payload, "{}:{} ", taker.0, task.0);
        }
        payload
    }
}

const ALL: &str = "all";

/// What a payload says for this schema: the late tasks, or that there are too many of them.
fn heard(payload: &str, schema: &str) -> Option<Option<Vec<(TakerId, TaskId)>>> {
    let late = payload.strip_prefix(schema)?.strip_prefix('\n')?;
    let pair = |pair: &str| {
        let (taker, task) = pair.split_once(':')?;
        Some((TakerId(taker.parse().ok()?), TaskId(task.parse().ok()?)))
    };
    Some((late != ALL).then(|| late.split_whitespace().filter_map(pair).collect()))
}

impl Listener {
    pub(super) fn start<T>(
        config: Config,
        tls: T,
        schema: &str,
        news: Arc<News>,
        starts: Arc<Starts>,
    ) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as tokio_postgres::tls::TlsConnect<Socket>>::Future: Send,
    {
        let announcement = Arc::new(Announcement::default());
        let announced = Arc::clone(&announcement);
        let schema = schema.to_owned();
        let task = own_runtime().spawn(async move {
            let mut failures = 0_u32;
            loop {
                let connected = || {
                    // What was announced before this moment went unheard.
                    starts.forget();
                    news.of_all();
                };
                let listening =
                    Listening { schema: &schema, news: &news, starts: &starts, own: 0.into() };
                let lost = match config.connect(tls.clone()).await {
                    Ok((client, connection)) => {
                        failures = 0;
                        listening.listen(client, connection, &announced, connected).await
                    }
                    Err(error) => error.into(),
                };
                tracing::warn!(error = %lost, "the inbox hears nothing of other processes");
                failures = failures.saturating_add(1);
                tokio::time::sleep(BACK_OFF.delay(failures)).await;
            }
        });
        Self { announcement, task }
    }

    /// Tells the other processes that a task may be ready, and which are due since long.
    pub(super) fn announce(&self, late: impl Iterator<Item = (TakerId, TaskId)>) {
        let mut known = self.announcement.late.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() <= MOST_NAMED {
            known.extend(late);
        }
        drop(known);
        self.announcement.notify.notify_one();
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
    news: &'a News,
    starts: &'a Starts,
    /// The server's process behind this connection: who hears its own announcement knew it before.
    own: AtomicI32,
}

impl Listening<'_> {
    /// Returns when the connection is lost.
    async fn listen<S>(
        &self,
        client: tokio_postgres::Client,
        mut connection: tokio_postgres::Connection<Socket, S>,
        announced: &Announcement,
        connected: impl Fn(),
    ) -> Failure
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let driving = async {
            loop {
                match poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        if notification.process_id() != self.own.load(Ordering::Relaxed)
                            && let Some(late) = heard(notification.payload(), self.schema)
                        {
                            match late {
                                Some(late) => self.starts.tell(late.into_iter()),
                                None => self.starts.forget(),
                            }
                            self.news.of_all();
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return error.into(),
                    None => return Failure::new("connection closed"),
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
                announced.notify.notified().await;
                let payload = announced.payload(self.schema);
                client.execute(&announce, &[&CHANNEL, &payload]).await?;
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
