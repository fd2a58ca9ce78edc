use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{Notify, mpsc, oneshot};

use super::files::Files;
use super::session::Session;
use crate::InboxError;

/// So many pieces of work may wait for the thread; more callers wait for a place. It is more than
/// the thread does in a second on a slow disk, so it never idles for want of work.
const QUEUE: usize = 1024;

/// At most so many pieces of work share a transaction. The cost of a commit is spread thin enough
/// by then, and nobody waits long for a transaction that others fill.
const MAX_BATCH: usize = 128;

/// A transaction takes no more work once it writes so many bytes of bodies, for the same reason.
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

/// The one thread that writes. It takes all work that waits into one transaction (*group commit*)
/// and answers after the commit, so that the cost of reaching the disk is shared.
///
/// Dropping it ends the thread, after the work at hand.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `committed` is notified after every commit.
    pub(super) fn start(
        connection: Connection,
        files: Files,
        committed: Arc<Notify>,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = Builder::new()
            .name("hookstead-inbox".to_owned())
            .spawn(move || write(&connection, &files, queue, &committed))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Has the thread do this in a transaction, and returns what came out once it is committed.
    ///
    /// The work may be done twice, the first time without effect. If the caller goes away before
    /// its turn, the work is not done.
    pub(super) async fn submit<T: Send + 'static>(
        &self,
        doing: &'static str,
        bytes: usize,
        work: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        self.hand_over(doing, bytes, false, work).await
    }

    /// The same for what must be found again: it fails when the file was moved, deleted or replaced.
    pub(super) async fn submit_to_stay<T: Send + 'static>(
        &self,
        doing: &'static str,
        bytes: usize,
        work: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        self.hand_over(doing, bytes, true, work).await
    }

    async fn hand_over<T: Send + 'static>(
        &self,
        doing: &'static str,
        bytes: usize,
        must_stay: bool,
        work: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        let ended = || InboxError::store(doing, "its writer thread has ended");
        let (reply, answer) = oneshot::channel();
        let job = Work { doing, bytes, must_stay, work, output: None, reply };
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(Box::new(job)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| InboxError::store(doing, "its writer thread panicked"))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without a sender the queue ends.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It catches panics, and one that got past would have nobody to tell.
            let _ = thread.join();
        }
    }
}

/// The thread.
fn write(
    connection: &Connection,
    files: &Files,
    mut queue: mpsc::Receiver<Box<dyn Job>>,
    committed: &Notify,
) {
    let mut session = Session::new(connection);
    while let Some(first) = queue.blocking_recv() {
        let mut bytes = first.bytes();
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES {
            let Ok(job) = queue.try_recv() else { break };
            bytes = bytes.saturating_add(job.bytes());
            batch.push(job);
        }
        // A panic rolls back and drops the batch, which its callers see; the thread goes on.
        let written = catch_unwind(AssertUnwindSafe(|| write_batch(&mut session, files, batch)));
        if written.is_err() {
            tracing::error!("the writer of the inbox panicked; its transaction was rolled back");
        }
        committed.notify_waiters();
    }
}

/// Does the batch in one transaction. If a piece of it fails there, each gets its own, so that it
/// fails alone.
fn write_batch(session: &mut Session<'_>, files: &Files, batch: Vec<Box<dyn Job>>) {
    let mut batch = refuse_if_gone(files, batch);
    match commit(session, &mut batch) {
        Ok(()) => answer_committed(files, batch),
        Err(Failure::Work(_)) if batch.len() > 1 => {
            for job in batch {
                let mut alone = vec![job];
                match commit(session, &mut alone) {
                    Ok(()) => answer_committed(files, alone),
                    Err(failure) => answer(alone, Some(failure.into_error())),
                }
            }
        }
        Err(failure) => answer(batch, Some(failure.into_error())),
    }
}

/// While the file is gone, nothing is put into it that must be found again. All else goes on: what
/// runs can end, and if the file is put back, nothing has happened.
fn refuse_if_gone(files: &Files, batch: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
    if !batch.iter().any(|job| job.must_stay()) {
        return batch;
    }
    let Err(gone) = files.check() else { return batch };
    let (refused, rest) = batch.into_iter().partition(|job| job.must_stay());
    answer(refused, Some(gone));
    rest
}

/// Looks at the file after the commit, before anybody is told of it: had it gone before, it was not
/// in its place for this commit.
fn answer_committed(files: &Files, batch: Vec<Box<dyn Job>>) {
    let rest = refuse_if_gone(files, batch);
    answer(rest, None);
}

fn commit(session: &mut Session<'_>, batch: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let transaction = session.begin().map_err(Failure::Transaction)?;
    for job in batch {
        // Asked this late because the wait for the lock is what makes callers give up.
        if !job.is_abandoned() {
            job.run(session).map_err(Failure::Work)?;
        }
    }
    transaction.commit().map_err(Failure::Transaction)
}

fn answer(batch: Vec<Box<dyn Job>>, error: Option<rusqlite::Error>) {
    let error = error.map(SharedError::new);
    for job in batch {
        job.answer(error.clone());
    }
}

/// What failed: a piece of work, or the transaction around all of them.
enum Failure {
    Work(rusqlite::Error),
    Transaction(rusqlite::Error),
}

impl Failure {
    fn into_error(self) -> rusqlite::Error {
        match self {
            Self::Work(error) | Self::Transaction(error) => error,
        }
    }
}

/// A piece of work, whatever its result.
trait Job: Send {
    fn bytes(&self) -> usize;
    fn must_stay(&self) -> bool;
    fn is_abandoned(&self) -> bool;
    fn run(&mut self, session: &mut Session<'_>) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, error: Option<SharedError>);
}

struct Work<T, F> {
    doing: &'static str,
    bytes: usize,
    must_stay: bool,
    work: F,
    output: Option<T>,
    reply: oneshot::Sender<Result<T, InboxError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send,
{
    fn bytes(&self) -> usize {
        self.bytes
    }

    fn must_stay(&self) -> bool {
        self.must_stay
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, session: &mut Session<'_>) -> rusqlite::Result<()> {
        self.output = Some((self.work)(session)?);
        Ok(())
    }

    fn answer(self: Box<Self>, error: Option<SharedError>) {
        let result = match (error, self.output) {
            (Some(error), _) => Err(error.into_inbox_error(self.doing)),
            (None, Some(output)) => Ok(output),
            // It was not done, because its caller had gone away.
            (None, None) => return,
        };
        // A caller that went away in the meantime does not want to know.
        let _ = self.reply.send(result);
    }
}

/// One failure of SQLite that several callers are told of.
#[derive(Debug, Clone)]
pub(super) struct SharedError(Arc<rusqlite::Error>);

impl SharedError {
    pub(super) fn new(error: rusqlite::Error) -> Self {
        Self(Arc::new(error))
    }

    pub(super) fn into_inbox_error(self, doing: &'static str) -> InboxError {
        // Bodies of done deliveries make room again, so the worker helps against this.
        if self.0.sqlite_error_code() == Some(ErrorCode::DiskFull) {
            InboxError::full_because(self)
        } else {
            InboxError::store(doing, self)
        }
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl Error for SharedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
