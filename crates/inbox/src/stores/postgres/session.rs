use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, SimpleQueryMessage, Socket};

use super::failure::Failure;

/// What is not shown within this time is not shown at all: a pooler that keeps sessions, and has no
/// more of them, lets the other connections wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many other connections are opened for a moment. A pooler hands out the session that it got back
/// last or, if it is told to, the one that has rested longest; either shows with two.
const OTHERS: usize = 2;

/// What every session begins with.
///
/// * The schema is found by the path, so no statement names it.
/// * Accepted means on the disk, whatever this database does by default (stronger settings stay), and
///   the statements are made for this isolation.
/// * All statements go by an index from few rows to few others, however much lies in the tables, and
///   before the server has statistics of them. Whatever its guesses, it should do so.
pub(super) fn begin(schema: &str) -> String {
    let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
    format!(
        "SET search_path = {quoted}, pg_temp;
         SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') = 'off';
         SET default_transaction_isolation = 'read committed';
         SET enable_seqscan = off;
         SET enable_bitmapscan = off;
         SET enable_sort = off;
         SET enable_hashjoin = off;
         SET enable_mergejoin = off;
         SET jit = off;
         SET plan_cache_mode = force_generic_plan"
    )
}

/// Fails when this connection has no session of its own: a pooler between here and the server gives it
/// one for each transaction. Then the first statements may work, and later ones find that what was
/// prepared is gone, settings are another's, and nothing is heard.
///
/// While others are in the middle of a transaction, nobody else can have their session. So one that
/// has the same as this connection had, or another one here than before, is the proof.
pub(super) async fn expect_own<T>(client: &Client, config: &Config, tls: &T) -> Result<(), Failure>
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let shared = timeout(PATIENCE, is_shared(client, config, tls)).await;
    if shared.unwrap_or(Ok(false))? {
        return Err(Failure::new(
            "a pooler stands before it that gives each transaction another session, as PgBouncer does \
             with pool_mode = transaction; connect to the server itself, or set pool_mode = session",
        ));
    }
    Ok(())
}

async fn is_shared<T>(client: &Client, config: &Config, tls: &T) -> Result<bool, Failure>
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let own = backend(client).await?;
    // Kept until the end, each in its transaction.
    let mut others = Vec::new();
    for _ in 0..OTHERS {
        // A server that has no room for another connection has shown nothing.
        let Ok((other, connection)) = config.connect(tls.clone()).await else { break };
        tokio::spawn(connection);
        other.batch_execute("BEGIN").await?;
        if backend(&other).await? == own {
            return Ok(true);
        }
        others.push(other);
        if backend(client).await? != own {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The server's process behind a connection; asked in the way that prepares nothing.
async fn backend(client: &Client) -> Result<Option<String>, Failure> {
    let answer = client.simple_query("SELECT pg_backend_pid()").await?;
    let row = answer.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(row.and_then(|row| row.get(0).map(str::to_owned)))
}
