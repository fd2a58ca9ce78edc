//! A bare server's way to keep deliveries in SQLite: what is written is there after a power cut, and it is known what was
//! handled. It has no registry, no lanes, no retries, no leases that run out and no limits.

use std::error::Error;
use std::path::Path;

use bytes::Bytes;
use lz4_flex::block::compress;
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

/// As many share a transaction as in ours.
const MAX_BATCH: usize = 128;

/// What the thread that writes is asked for.
enum Job {
    Accept(String, Vec<u8>, oneshot::Sender<()>),
    Settle(String),
}

/// A table of deliveries in SQLite, written by one thread, which answers after the commit.
#[derive(Clone)]
pub(crate) struct Table(mpsc::UnboundedSender<Job>);

impl Table {
    pub(crate) fn open(file: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE deliveries (id INTEGER PRIMARY KEY, guid TEXT NOT NULL UNIQUE, event TEXT NOT NULL,
                 state TEXT NOT NULL, body BLOB);",
        )?;
        let (jobs, queue) = mpsc::unbounded_channel();
        // What waits is dropped if it fails, and the deliveries get no answer.
        std::thread::spawn(move || write(&connection, queue));
        Ok(Self(jobs))
    }

    /// Whether it was written; then it survives a power cut. The body is packed, as ours is.
    pub(crate) async fn accept(&self, guid: &str, body: &Bytes) -> bool {
        let (done, is_done) = oneshot::channel();
        let sent = self.0.send(Job::Accept(guid.to_owned(), compress(body), done));
        sent.is_ok() && is_done.await.is_ok()
    }

    /// It is handled.
    pub(crate) fn settle(&self, guid: String) {
        // Without the thread nothing is accepted either.
        let _ = self.0.send(Job::Settle(guid));
    }
}

fn write(connection: &Connection, mut queue: mpsc::UnboundedReceiver<Job>) -> rusqlite::Result<()> {
    let mut begin = connection.prepare("BEGIN IMMEDIATE")?;
    let mut commit = connection.prepare("COMMIT")?;
    let mut insert = connection.prepare(
        "INSERT INTO deliveries (guid, event, state, body) VALUES (?1, 'pull_request', 'leased', ?2)",
    )?;
    let mut settle = connection.prepare("UPDATE deliveries SET state = 'done' WHERE guid = ?1")?;
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            let Ok(job) = queue.try_recv() else { break };
            batch.push(job);
        }
        begin.execute([])?;
        for job in &batch {
            match job {
                Job::Accept(guid, body, _) => insert.execute(params![guid, body])?,
                Job::Settle(guid) => settle.execute(params![guid])?,
            };
        }
        commit.execute([])?;
        for job in batch {
            if let Job::Accept(_, _, done) = job {
                // Who has gone does not want to know.
                let _ = done.send(());
            }
        }
    }
    Ok(())
}
