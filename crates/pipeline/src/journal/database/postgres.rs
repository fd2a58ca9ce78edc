use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookstead::inbox::{Accepted, BackOff, NewDelivery, PostgresStore, own_runtime};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Statement, Transaction};

use super::problem::{Kind, Problem};
use super::row::Row;
use super::schema;
use super::session::Session;
use super::value::Value;

/// At most so many connections beside the inbox's: pages, logs and decisions share them.
const CONNECTIONS: usize = 4;

/// No answer within this time: the database hangs, or the network does.
const PATIENCE: Duration = Duration::from_secs(10);

/// A broken connection is made anew for so long: a server that restarts is back before.
const RETRY_FOR: Duration = Duration::from_millis(4500);

/// After a broken connection the next is tried after so long at first, and at most.
const BACK_OFF: BackOff = BackOff::new(Duration::from_millis(10), Duration::from_millis(200));

/// What the server undid in favour of another is tried so often.
const TRIES: u32 = 5;

type Statements = HashMap<&'static str, Statement>;

/// The journal's connections to the inbox's PostgreSQL.
pub(in crate::journal) struct PostgresDatabase {
    store: Arc<PostgresStore>,
    permits: Semaphore,
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Connection {
    client: Client,
    statements: Statements,
}

impl PostgresDatabase {
    /// Connects, and makes the tables or brings them up to date.
    pub(in crate::journal) async fn start(store: Arc<PostgresStore>) -> Result<Self, Problem> {
        let database = Self { store, permits: Semaphore::new(CONNECTIONS), idle: Arc::default() };
        database.transact(true, schema::migrate).await?;
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
        let last_try = begin + RETRY_FOR;
        let work = Arc::new(work);
        let (mut failures, mut undone) = (1_u32, 0_u32);
        loop {
            let problem = match self.try_once(is_durable, Arc::clone(&work), begin + PATIENCE).await
            {
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
        let late = || Problem::late(PATIENCE);
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
                Connection { client, statements: HashMap::new() }
            }
        };
        let (store, idle) = (Arc::clone(&self.store), Arc::clone(&self.idle));
        // Not on the caller's runtime, whose threads handlers may block.
        let done = own_runtime().spawn_blocking(move || {
            let mut connection = connection;
            let done = transact_on(&mut connection, &store, end, |session| {
                if !is_durable {
                    session.relax()?;
                }
                work(session)
            });
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
    let Connection { client, statements } = connection;
    let transaction = wait(&handle, end, client.transaction())?;
    let session = PostgresSession { transaction, statements, store, handle, end };
    let mut session = Session::Postgres(session);
    let done = work(&mut session)?;
    if let Session::Postgres(session) = session {
        wait(&session.handle, end, session.transaction.commit())?;
    }
    Ok(done)
}

fn wait<T>(
    handle: &Handle,
    end: Instant,
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Problem> {
    let answer = handle.block_on(async { timeout_at(end, answer).await });
    Ok(answer.map_err(|_| Problem::late(PATIENCE))??)
}

/// A transaction in PostgreSQL. Dropped before it is committed, it is rolled back.
pub(in crate::journal) struct PostgresSession<'s> {
    transaction: Transaction<'s>,
    statements: &'s mut Statements,
    store: &'s PostgresStore,
    handle: Handle,
    end: Instant,
}

impl PostgresSession<'_> {
    pub(super) fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, Problem> {
        let statement = self.statement(sql)?;
        let parameters = parameters(values);
        let asked = self.transaction.query(&statement, &parameters);
        wait(&self.handle, self.end, asked)?.iter().map(read).collect()
    }

    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Problem> {
        let statement = self.statement(sql)?;
        let parameters = parameters(values);
        wait(&self.handle, self.end, self.transaction.execute(&statement, &parameters))
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Problem> {
        wait(&self.handle, self.end, self.transaction.batch_execute(sql))
    }

    pub(super) fn submit(&mut self, new: &NewDelivery) -> Result<Accepted, Problem> {
        let submitting = self.store.submit_in(&self.transaction, new);
        let submitted = self.handle.block_on(async { timeout_at(self.end, submitting).await });
        Ok(submitted.map_err(|_| Problem::late(PATIENCE))??)
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, Problem> {
        match self.statements.entry(sql) {
            Entry::Occupied(entry) => Ok(entry.get().clone()),
            Entry::Vacant(entry) => {
                let prepared = wait(&self.handle, self.end, self.transaction.prepare(sql))?;
                Ok(entry.insert(prepared).clone())
            }
        }
    }
}

fn parameters<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row, Problem> {
    let mut values = Vec::with_capacity(row.len());
    for (position, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(position)?.map(Value::Number),
            Type::TEXT => {
                row.try_get::<_, Option<String>>(position)?.map(|it| Value::Text(it.into()))
            }
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(position)?.map(|it| Value::Bytes(it.into()))
            }
            _ => return Err(Problem::unreadable(format!("{} has another type", column.name()))),
        };
        values.push(value.unwrap_or(Value::Null));
    }
    Ok(Row::new(values))
}
