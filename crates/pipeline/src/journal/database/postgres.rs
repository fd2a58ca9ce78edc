use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookstead::inbox::{BackOff, PostgresConnection, PostgresStore, own_runtime};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::postgres_session::{PostgresSession, Statements, wait};
use super::problem::{Kind, Problem};
use super::schema;
use super::session::Session;

/// After a broken connection the next is tried after so long at first, and at most.
const BACK_OFF: BackOff = BackOff::new(Duration::from_millis(10), Duration::from_millis(200));

/// What the server undid in favour of another is tried so often.
const TRIES: u32 = 5;

/// The journal's connections to the inbox's PostgreSQL.
pub(in crate::journal) struct PostgresDatabase {
    store: Arc<PostgresStore>,
    permits: Semaphore,
    idle: Arc<Mutex<Vec<Connection>>>,
    patience: Duration,
    retry_for: Duration,
    /// There are tables.
    is_migrated: bool,
}

/// How PostgreSQL is used.
#[derive(Debug, Clone)]
pub(in crate::journal) struct PostgresLimits {
    /// At most so many connections.
    pub(in crate::journal) connections: usize,
    /// No answer within this time: the database hangs, or the network does.
    pub(in crate::journal) patience: Duration,
    /// A broken connection is made anew for so long.
    pub(in crate::journal) retry_for: Duration,
    /// The tables are made or brought up to date.
    pub(in crate::journal) migrates: bool,
}

struct Connection {
    client: PostgresConnection,
    statements: Statements,
    /// The tables were of a version that this program knows when it was new.
    is_checked: bool,
}

impl PostgresDatabase {
    /// Connects, and makes the tables or brings them up to date, unless it is told not to.
    pub(in crate::journal) async fn start(
        store: Arc<PostgresStore>,
        limits: PostgresLimits,
    ) -> Result<Self, Problem> {
        let PostgresLimits { connections, patience, retry_for, migrates } = limits;
        let (permits, idle) = (Semaphore::new(connections), Arc::default());
        let mut database = Self { store, permits, idle, patience, retry_for, is_migrated: false };
        let prepare = if migrates { schema::migrate } else { schema::expect_present };
        database.transact(true, prepare).await?;
        database.is_migrated = true;
        Ok(database)
    }

    pub(in crate::journal) fn store(&self) -> &Arc<PostgresStore> {
        &self.store
    }

    /// Does this in a transaction. It may be done several times; only the last has effect, unless the answer
    /// to a commit was lost. What is not durable may be gone after a crash of the server, whole.
    pub(in crate::journal) async fn transact<T: Send + 'static>(
        &self,
        is_durable: bool,
        work: impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        let begin = Instant::now();
        let last_try = begin + self.retry_for;
        let work = Arc::new(work);
        let (mut failures, mut undone) = (1_u32, 0_u32);
        loop {
            let problem =
                match self.try_once(is_durable, Arc::clone(&work), begin + self.patience).await {
                    Ok(done) => return Ok(done),
                    Err(problem) => problem,
                };
            match problem.kind {
                Kind::Undone if undone < TRIES => undone += 1,
                Kind::Down if Instant::now() + BACK_OFF.longest(failures) < last_try => {
                    // The others are as old.
                    self.idle().clear();
                    sleep(BACK_OFF.longest(failures)).await;
                    failures = failures.saturating_add(1);
                }
                _ => return Err(problem),
            }
        }
    }

    async fn try_once<T: Send + 'static>(
        &self,
        is_durable: bool,
        work: Arc<impl Fn(&mut Session<'_>) -> Result<T, Problem> + Send + Sync + 'static>,
        end: Instant,
    ) -> Result<T, Problem> {
        let late = || Problem::late();
        let permit = timeout_at(end, self.permits.acquire()).await.map_err(|_| late())?;
        let known = self.idle().pop();
        let connection = match known {
            Some(connection) if !connection.client.is_closed() => connection,
            _ => {
                let client = timeout_at(end, self.store.connection()).await.map_err(|_| late())?;
                let client = client.map_err(|error| {
                    let mut problem = Problem::from(error);
                    problem.kind = Kind::Down;
                    problem
                })?;
                Connection { client, statements: Statements::new(), is_checked: !self.is_migrated }
            }
        };
        let (store, idle) = (Arc::clone(&self.store), Arc::clone(&self.idle));
        // Not on the caller's runtime, whose threads handlers may block.
        let done = own_runtime().spawn_blocking(move || {
            let mut connection = connection;
            let checks = !connection.is_checked;
            let done = transact_on(&mut connection, &store, end, |session| {
                if !is_durable {
                    session.relax()?;
                }
                if checks {
                    schema::expect_usable(session)?;
                }
                work(session)
            });
            connection.is_checked |= done.is_ok();
            let is_whole = !matches!(&done, Err(problem) if problem.kind == Kind::Down);
            if is_whole && !connection.client.is_closed() {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            done
        });
        let done = done.await.map_err(|_| Problem::new(Kind::Refused, "its thread panicked"))?;
        drop(permit);
        done
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn transact_on<T>(
    connection: &mut Connection,
    store: &PostgresStore,
    end: Instant,
    work: impl FnOnce(&mut Session<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let handle = Handle::current();
    let Connection { client, statements, .. } = connection;
    let begun = wait(&handle, end, client.transaction());
    // It is the connection: a transaction that begins has nothing that could be refused.
    let transaction = begun.map_err(|problem| Problem::new(Kind::Down, problem.text))?;
    let session = PostgresSession::new(transaction, statements, store, handle, end);
    let mut session = Session::Postgres(session);
    let done = work(&mut session)?;
    if let Session::Postgres(session) = session {
        session.commit()?;
    }
    Ok(done)
}
