//! The store in an SQLite file. [`SqliteInbox`] is the front; behind it, `writer` is the one thread
//! that writes, `writing` and `reading` are the statements, `schema` is the file's form, `files`
//! notices when the file is gone, `watch` what other processes write.

mod files;
mod options;
mod reading;
mod row;
mod schema;
mod session;
mod watch;
mod writer;
mod writing;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{Delivery, DeliveryId};
use rusqlite::Connection;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::clock::{Pace, tell_set_back};
use crate::time::wait_until_due;
use crate::{
    Accepted, Depth, Entry, Filter, Inbox, InboxError, LeaseRequest, LeaseToken, Leased, Probe,
    Renewal, Settlement, log, packing,
};
pub use options::SqliteOptions;
use session::Session;
use watch::Watch;
use writer::{SharedError, Writer};

/// Purging deletes so many deliveries per transaction, so that nobody waits long behind it.
const PURGE_BATCH: u32 = 1000;

/// Keeps deliveries in an SQLite file, for one machine.
///
/// What [`accept`](Inbox::accept) returned for is on the disk: it survives `kill -9` and a power
/// cut, as far as the disk keeps what it confirmed. Deliveries that arrive at the same time share
/// a commit, so it keeps up with bursts.
///
/// Several processes of one machine may open the same file, on a local disk. A process that waits
/// for work looks every [few milliseconds](SqliteOptions::watch_interval) whether another one has
/// written.
///
/// Bodies are stored packed (LZ4) where that makes them smaller, which is how accepting is faster
/// than inserting them as they are. [`list`](Inbox::list) unpacks them, if the filter
/// [asks for bodies](Filter::with_bodies). A delivery whose stored body turns out to be damaged
/// becomes dead when it is its turn.
///
/// Its clock is the machine's. If that is set forward, leases end early: a delivery that is being
/// handled may be handled a second time, and the lease of the first attempt is lost. If it is set back,
/// that is noticed within two seconds, and nothing waits for the clock to be where it was: pauses and
/// leases begin anew, so they last twice as long at most.
///
/// The file is SQLite's, with two more beside it while it is open (`-wal`, `-shm`). All three must stay
/// where they are: while one of them is deleted, moved or replaced by another file, nothing is
/// accepted, for nobody would find it again. A file that is put back (the same one, not a copy) is
/// accepted into again. It does not shrink; room of done deliveries is used again. Dropping the inbox ends its threads and closes
/// the file.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_handler::Delivery;
/// use hookstead_inbox::{Accepted, Inbox, SqliteInbox};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("inbox.db");
/// let inbox = SqliteInbox::open(&path)?;
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
/// assert_eq!(inbox.accept(delivery.clone()).await?, Accepted::New);
///
/// drop(inbox);
/// let inbox = SqliteInbox::open(&path)?;
/// assert_eq!(inbox.accept(delivery).await?, Accepted::Duplicate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteInbox {
    // Closed before the writer, which as the last to close folds the log into the file.
    reader: Arc<Mutex<Connection>>,
    watch: Watch,
    writer: Writer,
    changed: Arc<Notify>,
    clock_pace: Pace,
    accept_budget: Duration,
    keep_bodies: bool,
    file: PathBuf,
}

impl SqliteInbox {
    /// Opens the file, or makes it, with the default options.
    ///
    /// # Errors
    ///
    /// See [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        Self::options().open(path)
    }

    /// Options to open a file with.
    pub fn options() -> SqliteOptions {
        SqliteOptions::new()
    }

    /// Notices now and then that the clock was set back. What reads does not keep others from writing.
    async fn mend_moments(&self) -> Result<(), InboxError> {
        const DOING: &str = "compare its moments with the clock";
        if !self.clock_pace.is_due() {
            return Ok(());
        }
        let since = Instant::now();
        if self.read(DOING, reading::is_any_due_too_late).await? {
            tell_set_back(self.writer.submit(DOING, 0, writing::mend_moments).await?);
        }
        self.clock_pace.looked(since.elapsed());
        Ok(())
    }

    /// Waits for as long as `accept` may take.
    async fn within_budget<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, InboxError>>,
    ) -> Result<T, InboxError> {
        timeout(self.accept_budget, work).await.unwrap_or_else(|_| {
            let late = format!("no answer within {:?}", self.accept_budget);
            Err(InboxError::store(doing, late))
        })
    }

    /// Reads on the other connection, on one of the runtime's threads for blocking work.
    async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        let reader = Arc::clone(&self.reader);
        let reading = tokio::task::spawn_blocking(move || {
            read(&reader.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match reading.await {
            Ok(read) => read.map_err(|error| SharedError::new(error).into_inbox_error(doing)),
            Err(error) => Err(InboxError::store(doing, error)),
        }
    }
}

impl fmt::Debug for SqliteInbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SqliteInbox")
            .field("file", &self.file)
            .field("accept_budget", &self.accept_budget)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Inbox for SqliteInbox {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        const DOING: &str = "accept a delivery";
        let stored = delivery.clone();
        let accepting = async {
            let body = packing::pack(stored.body.clone()).await;
            let length = body.bytes.len();
            let work = move |session: &mut Session<'_>| writing::accept(session, &stored, &body);
            self.writer.submit_to_stay(DOING, length, work).await
        };
        let accepted = self.within_budget(DOING, accepting).await;
        if let Ok(accepted) = accepted {
            log::accepted(&delivery, accepted);
        }
        accepted
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        self.mend_moments().await?;
        let leasing = move |session: &mut Session<'_>| writing::lease(session, request);
        let taken = self.writer.submit("lease deliveries", 0, leasing).await?;
        for (delivery, settlement) in &taken.dead {
            log::settled(delivery, settlement);
        }
        Ok(taken.leased)
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        self.writer
            .submit("renew a lease", 0, move |session| writing::renew(session, token, duration))
            .await
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        let keep_body = self.keep_bodies;
        self.writer
            .submit("settle a delivery", 0, move |session| {
                writing::settle(session, token, &settlement, keep_body)
            })
            .await
    }

    async fn wait(&self, at_most: Duration) {
        let _watching = self.watch.start();
        wait_until_due(&self.changed, at_most, async || {
            let until_due = self.read("look for due deliveries", reading::until_due).await;
            until_due.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "polling instead");
                None
            })
        })
        .await;
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        const DOING: &str = "accept anything";
        let probing = self.writer.submit_to_stay(DOING, 0, writing::probe);
        self.within_budget(DOING, probing).await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.read("count its deliveries", reading::depth).await
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        self.read("list its deliveries", move |connection| reading::list(connection, &filter)).await
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        let id = id.clone();
        self.writer
            .submit_to_stay("revive a delivery", 0, move |session| writing::revive(session, &id))
            .await
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        let mut purged = 0;
        loop {
            let batch = self
                .writer
                .submit("purge", 0, move |session| {
                    writing::purge(session, settled_for, PURGE_BATCH)
                })
                .await?;
            purged += batch;
            if batch < u64::from(PURGE_BATCH) {
                return Ok(purged);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of its own for every test.
    fn inbox() -> (SqliteInbox, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        (SqliteInbox::open(directory.path().join("inbox.db")).unwrap(), directory)
    }

    fn delivery(id: &str) -> Delivery {
        Delivery::new(id.parse().unwrap(), "push".into(), "{}")
    }

    fn accept(session: &mut Session<'_>, delivery: &Delivery) -> rusqlite::Result<Accepted> {
        writing::accept(session, delivery, &packing::pack_now(delivery.body.clone()))
    }

    #[tokio::test]
    async fn a_panic_in_the_writer_is_an_error_and_the_writer_goes_on() {
        let (inbox, _directory) = inbox();
        let panicking = inbox.writer.submit::<()>("panic", 0, |session| {
            accept(session, &delivery("half-done"))?;
            panic!("as the test wants it");
        });
        let error = panicking.await.unwrap_err();
        assert_eq!(error.to_string(), "the inbox failed to panic");
        assert_eq!(inbox.accept(delivery("half-done")).await.unwrap(), Accepted::New);
    }

    #[tokio::test]
    async fn work_that_fails_takes_no_other_with_it() {
        let (inbox, _directory) = inbox();
        // While this one occupies the thread, the others gather behind it into one batch.
        let (release, released) = std::sync::mpsc::channel::<()>();
        let occupying = inbox.writer.submit("occupy", 0, move |_| {
            let _: Result<(), _> = released.recv();
            Ok(())
        });
        let failing = inbox.writer.submit::<()>("fail", 0, |session| {
            accept(session, &delivery("half-done"))?;
            session.execute("INSERT INTO bodies (place, body) VALUES (-1, x'')", []).map(drop)
        });
        let accepting = async {
            let (one, two) =
                tokio::join!(inbox.accept(delivery("one")), inbox.accept(delivery("two")));
            (one.unwrap(), two.unwrap())
        };
        let releasing = async move { drop(release) };
        let (_, failed, accepted, ()) = tokio::join!(occupying, failing, accepting, releasing);
        assert_eq!(failed.unwrap_err().to_string(), "the inbox failed to fail");
        assert_eq!(accepted, (Accepted::New, Accepted::New));
        assert_eq!(inbox.depth().await.unwrap().ready, 2);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_was_committed_to_a_file_that_went_meanwhile_is_not_accepted() {
        let (inbox, directory) = inbox();
        let file = directory.path().join("inbox.db");
        let going = inbox.writer.submit_to_stay("stay", 0, move |session| {
            std::fs::rename(&file, file.with_extension("away")).unwrap();
            accept(session, &delivery("late"))
        });
        let error = going.await.unwrap_err();
        assert_eq!(error.to_string(), "the inbox failed to stay");
        // It was committed, before anybody could notice.
        assert_eq!(inbox.depth().await.unwrap().ready, 1);
    }

    #[tokio::test]
    async fn abandoned_work_is_not_done() {
        let (inbox, _directory) = inbox();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let occupying = inbox.writer.submit("occupy", 0, move |_| {
            let _: Result<(), _> = released.recv();
            Ok(())
        });
        let late = async {
            let release = release;
            let budget = Duration::from_millis(50);
            assert!(timeout(budget, inbox.accept(delivery("late"))).await.is_err());
            drop(release);
        };
        let (_, ()) = tokio::join!(occupying, late);
        assert_eq!(inbox.accept(delivery("late")).await.unwrap(), Accepted::New);
    }
}
