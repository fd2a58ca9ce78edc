use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use hookstead::inbox::{SqliteStore, own_runtime};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::problem::{Kind, Problem};
use super::schema;
use super::session::Session;
use super::sqlite_session::SqliteSession;

/// So many pieces of work may wait for the thread that writes; more callers wait for a place.
const QUEUE: usize = 1024;

/// At most so many pieces of work share a transaction: the inbox waits for the file as long as it lasts.
const MAX_BATCH: usize = 64;

/// The journal's connections to the inbox's file: one that writes, on a thread of its own, and some that read.
///
/// Dropping it ends the thread, after the work at hand.
pub(in crate::journal) struct SqliteDatabase {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    readers: Arc<Mutex<Vec<Connection>>>,
    permits: Semaphore,
    file: PathBuf,
    lock_deadline: Duration,
    // Closed last: the last to close folds the log into the file.
    store: Arc<SqliteStore>,
}

/// What SQLite writes ahead is not longer than this once it begins anew: as long as the inbox keeps it.
const WAL_LENGTH: i64 = 4 * 1024 * 1024;

/// A connection keeps so many prepared statements, which is more than the journal has: to prepare one takes longer than
/// most take.
const STATEMENTS: usize = 512;

/// What is done in a transaction. Returns whether it is to be kept, and what tells the caller once it is.
///
/// A problem in place of the transaction: none came about, and the caller is told so.
type Run = Box<dyn FnOnce(Result<&mut Session<'_>, Problem>) -> (bool, Tell) + Send>;

/// Tells the caller; a problem, where the transaction around it failed.
type Tell = Box<dyn FnOnce(Option<Problem>) + Send>;

struct Job {
    run: Run,
    /// It must survive a power cut.
    is_durable: bool,
}

impl SqliteDatabase {
    /// Opens the file of this store a second time, and makes the journal's tables or brings them up to date. A lock
    /// of another connection is waited for so long, and so many connections read at once.
    pub(in crate::journal) fn start(
        store: Arc<SqliteStore>,
        file: &Path,
        lock_deadline: Duration,
        readers: usize,
    ) -> Result<Self, Problem> {
        // SQLite takes some names for something else; an absolute path is always a file.
        let file = std::path::absolute(file)
            .map_err(|error| Problem::new(Kind::Refused, error.to_string()))?;
        let writing = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, lock_deadline)?;
        // As the inbox does: on macOS only the "full" sync reaches the disk.
        writing.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")?;
        writing.pragma_update_and_check(None, "journal_size_limit", WAL_LENGTH, |_| Ok(()))?;
        // The inbox's connection copies the log into the file, a long one on a thread of its own.
        writing.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        in_transaction(&writing, &store, TransactionBehavior::Immediate, schema::migrate)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let of_thread = Arc::clone(&store);
        let thread = Builder::new()
            .name("hookstead-journal".to_owned())
            .spawn(move || write(&writing, &of_thread, queue))
            .map_err(|error| Problem::new(Kind::Refused, error.to_string()))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            readers: Arc::default(),
            permits: Semaphore::new(readers),
            file,
            lock_deadline,
            store,
        })
    }

    pub(in crate::journal) fn store(&self) -> &Arc<SqliteStore> {
        &self.store
    }

    pub(in crate::journal) fn file(&self) -> &Path {
        &self.file
    }

    /// Reads one state of the file, whatever is written meanwhile.
    pub(in crate::journal) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        let panicked = || Problem::new(Kind::Refused, "its thread panicked");
        let permit = self.permits.acquire().await.map_err(|_| panicked())?;
        let (readers, file) = (Arc::clone(&self.readers), self.file.clone());
        let (store, lock_deadline) = (Arc::clone(&self.store), self.lock_deadline);
        // Not on the caller's runtime, whose threads handlers may block.
        let done = own_runtime().spawn_blocking(move || {
            let known = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match known {
                Some(connection) => connection,
                None => connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY, lock_deadline)?,
            };
            let done =
                in_transaction(&connection, &store, TransactionBehavior::Deferred, |session| {
                    schema::expect_usable(session)?;
                    work(session)
                });
            readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            done
        });
        let done = done.await.map_err(|_| panicked())?;
        drop(permit);
        done
    }

    /// Does this in a transaction, which others may share, and returns what came out once it is committed. If
    /// the caller goes away before its turn, it is not done.
    pub(in crate::journal) async fn write<T: Send + 'static>(
        &self,
        is_durable: bool,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        let ended = || Problem::new(Kind::Refused, "its writer thread has ended");
        let (reply, answer) = oneshot::channel();
        let run: Run = Box::new(move |session| {
            if reply.is_closed() {
                return (false, Box::new(|_| {}));
            }
            let done = session.and_then(&work);
            let is_kept = done.is_ok();
            let tell = move |problem: Option<Problem>| {
                let answer = match problem {
                    Some(problem) => done.and(Err(problem)),
                    None => done,
                };
                // A caller that went away in the meantime does not want to know.
                let _ = reply.send(answer);
            };
            (is_kept, Box::new(tell))
        });
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(Job { run, is_durable }).await.map_err(|_| ended())?;
        answer.await.map_err(|_| Problem::new(Kind::Refused, "its writer thread panicked"))?
    }
}

impl Drop for SqliteDatabase {
    fn drop(&mut self) {
        // Without a sender the queue ends.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It catches panics, and one that got past would have nobody to tell.
            let _ = thread.join();
        }
    }
}

fn connect(file: &Path, flags: OpenFlags, lock_deadline: Duration) -> Result<Connection, Problem> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(lock_deadline)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else SQLite plans one anew whenever a value in its conditions is another one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A statement that may be undone alone would make a file each time.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn in_transaction<T>(
    connection: &Connection,
    store: &SqliteStore,
    behavior: TransactionBehavior,
    work: impl FnOnce(&mut Session<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let transaction = Transaction::new_unchecked(connection, behavior)?;
    let done = work(&mut Session::Sqlite(SqliteSession::new(&transaction, store)))?;
    transaction.commit()?;
    Ok(done)
}

/// The thread that writes. It takes all work that waits into one transaction and answers after the commit, so
/// that the cost of reaching the disk is shared.
fn write(connection: &Connection, store: &SqliteStore, mut queue: mpsc::Receiver<Job>) {
    let mut writing = Writing { connection, store, is_durable: None };
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            let Ok(job) = queue.try_recv() else { break };
            batch.push(job);
        }
        // A panic rolls back and drops the batch, which its callers see; the thread goes on.
        let written = catch_unwind(AssertUnwindSafe(|| writing.write(batch)));
        if written.is_err() {
            tracing::error!("the writer of the journal panicked; its transaction was rolled back");
        }
    }
}

struct Writing<'c> {
    connection: &'c Connection,
    store: &'c SqliteStore,
    /// As the connection commits, once that is known.
    is_durable: Option<bool>,
}

impl Writing<'_> {
    fn write(&mut self, batch: Vec<Job>) {
        let is_durable = batch.iter().any(|job| job.is_durable);
        let mut jobs = batch.into_iter();
        let mut tells = Vec::new();
        let problem = self.commit(is_durable, &mut jobs, &mut tells).err();
        // Those whose turn did not come.
        for job in jobs {
            let problem =
                problem.clone().unwrap_or_else(|| Problem::new(Kind::Refused, "not done"));
            tells.push((job.run)(Err(problem)).1);
        }
        for tell in tells {
            tell(problem.clone());
        }
    }

    fn commit(
        &mut self,
        is_durable: bool,
        jobs: &mut std::vec::IntoIter<Job>,
        tells: &mut Vec<Tell>,
    ) -> Result<(), Problem> {
        // A log's bytes need not reach the disk before the build goes on: after a power cut its runner is gone,
        // too. The next durable commit takes them along.
        let synchronous = if is_durable { "FULL" } else { "NORMAL" };
        let Self { connection, store, .. } = self;
        if self.is_durable != Some(is_durable) {
            connection.pragma_update(None, "synchronous", synchronous)?;
            self.is_durable = Some(is_durable);
        }
        let _turn = store.write_turn();
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut session = Session::Sqlite(SqliteSession::new(&transaction, store));
        schema::expect_usable(&mut session)?;
        for job in jobs {
            // What fails is undone alone.
            transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
            let (is_kept, tell) = (job.run)(Ok(&mut session));
            tells.push(tell);
            if transaction.is_autocommit() {
                // SQLite has undone all of it, as it does where the disk is full.
                return Err(Problem::new(Kind::Full, "another piece of work found the disk full"));
            }
            if !is_kept {
                transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
            }
            transaction.prepare_cached("RELEASE job")?.execute([])?;
        }
        drop(session);
        transaction.commit()?;
        Ok(())
    }
}
