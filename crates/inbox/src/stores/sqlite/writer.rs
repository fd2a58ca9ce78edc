use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::files::Files;
use super::log_file::LogFile;
use super::room::Room;
use super::schema;
use super::session::Session;
use super::waiting::Waiting;
use super::write_turn::WriteTurns;
use crate::error::InboxError;

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

/// What a piece of work is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// For the error: what it fails to do.
    doing: &'static str,
    /// So many bytes of bodies are written.
    bytes: usize,
    must_stay: bool,
}

impl Kind {
    pub(super) fn new(doing: &'static str) -> Self {
        Self { doing, bytes: 0, must_stay: false }
    }

    pub(super) fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// It must be found again: it fails when the file was moved, deleted or replaced.
    pub(super) fn must_stay(self) -> Self {
        Self { must_stay: true, ..self }
    }
}

/// What the thread has beside its connection.
pub(super) struct Surroundings {
    pub(super) files: Files,
    pub(super) log: LogFile,
    pub(super) room: Arc<Room>,
    pub(super) waiting: Arc<Waiting>,
    pub(super) write_turns: Arc<WriteTurns>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, around: Surroundings) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = Builder::new()
            .name("hookstead-inbox".to_owned())
            .spawn(move || write(&connection, &around, queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Has the thread do this in a transaction, and returns what came out once it is committed.
    ///
    /// The work may be done twice, the first time without effect. If the caller goes away before
    /// its turn, the work is not done.
    pub(super) async fn submit<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        let ended = || InboxError::store(kind.doing, "its writer thread has ended");
        let (reply, answer) = oneshot::channel();
        let job = Work { kind, work, output: None, reply };
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(Box::new(job)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| InboxError::store(kind.doing, "its writer thread panicked"))?
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
fn write(connection: &Connection, around: &Surroundings, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut session = Session::new(connection);
    while let Some(first) = queue.blocking_recv() {
        let batch = gather(first, &mut queue);
        // A panic rolls back and drops the batch, which its callers see; the thread goes on.
        let written = catch_unwind(AssertUnwindSafe(|| write_batch(&mut session, around, batch)));
        if written.is_err() {
            tracing::error!("the writer of the inbox panicked; its transaction was rolled back");
        }
        if session.take_news() {
            around.waiting.wake();
        }
        around.log.tend(connection, around.room.is_short());
    }
}

/// Takes what waits.
fn gather(first: Box<dyn Job>, queue: &mut mpsc::Receiver<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
    let mut bytes = first.kind().bytes;
    let mut batch = vec![first];
    while batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES {
        let Ok(job) = queue.try_recv() else { break };
        bytes = bytes.saturating_add(job.kind().bytes);
        batch.push(job);
    }
    batch
}

/// Does the batch in one transaction. If a piece of it fails there, each gets its own, so that it
/// fails alone.
fn write_batch(session: &mut Session<'_>, around: &Surroundings, batch: Vec<Box<dyn Job>>) {
    let files = &around.files;
    let mut batch = refuse_if_gone(files, batch);
    match commit_somehow(session, around, &mut batch) {
        Ok(()) => answer_committed(files, batch),
        Err(Failure::Work(_)) if batch.len() > 1 => {
            for job in batch {
                let mut alone = vec![job];
                match commit_somehow(session, around, &mut alone) {
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
    if !batch.iter().any(|job| job.kind().must_stay) {
        return batch;
    }
    let Err(gone) = files.check() else { return batch };
    let (refused, rest) = batch.into_iter().partition(|job| job.kind().must_stay);
    answer(refused, Some(gone));
    rest
}

/// Looks at the file after the commit, before anybody is told of it: had it gone before, it was not
/// in its place for this commit.
fn answer_committed(files: &Files, batch: Vec<Box<dyn Job>>) {
    let rest = refuse_if_gone(files, batch);
    answer(rest, None);
}

/// Commits the batch. Where the disk has no room for the log to grow, the log begins anew first: what is
/// accepted must be handled on a full disk, too.
fn commit_somehow(
    session: &mut Session<'_>,
    around: &Surroundings,
    batch: &mut [Box<dyn Job>],
) -> Result<(), Failure> {
    let _turn = around.write_turns.wait();
    match commit(session, &around.room, batch) {
        Err(failure) if failure.error().sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            around.log.shorten(session.connection());
            commit(session, &around.room, batch)
        }
        committed => committed,
    }
}

fn commit(
    session: &mut Session<'_>,
    room: &Room,
    batch: &mut [Box<dyn Job>],
) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let transaction = session.begin().map_err(Failure::Transaction)?;
    schema::expect_usable(session).map_err(Failure::Transaction)?;
    room.begin();
    for job in batch {
        // Asked this late because the wait for the lock is what makes callers give up.
        if !job.is_abandoned() {
            job.run(session).map_err(Failure::Work)?;
        }
    }
    room.relieve(session).map_err(Failure::Transaction)?;
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
    fn error(&self) -> &rusqlite::Error {
        match self {
            Self::Work(error) | Self::Transaction(error) => error,
        }
    }

    fn into_error(self) -> rusqlite::Error {
        match self {
            Self::Work(error) | Self::Transaction(error) => error,
        }
    }
}

/// A piece of work, whatever its result.
trait Job: Send {
    fn kind(&self) -> Kind;
    fn is_abandoned(&self) -> bool;
    fn run(&mut self, session: &mut Session<'_>) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, error: Option<SharedError>);
}

struct Work<T, F> {
    kind: Kind,
    work: F,
    output: Option<T>,
    reply: oneshot::Sender<Result<T, InboxError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send,
{
    fn kind(&self) -> Kind {
        self.kind
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
            (Some(error), _) => Err(error.into_inbox_error(self.kind.doing)),
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
