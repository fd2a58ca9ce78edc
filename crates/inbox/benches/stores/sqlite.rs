//! Bare inserts into SQLite, with the same promises as ours: on the disk, and no id twice.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::Context;
use crate::bodies::guid;
use crate::contender::{Contender, Row, Sample};

pub(crate) const ONE: &str = "bare SQLite: 1 insert a transaction";
pub(crate) const MANY: &str = "bare SQLite: 32 inserts a transaction";

/// The simplest table that keeps what an inbox must: an order, an id only once, a body.
const TABLE: &str = "CREATE TABLE deliveries (
    place INTEGER PRIMARY KEY, guid TEXT NOT NULL UNIQUE, body BLOB NOT NULL
) STRICT";

const INSERT: &str = "INSERT INTO deliveries (guid, body) VALUES (?1, ?2)";

pub(crate) fn contenders<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let Context { directory, bodies, sizes, .. } = *context;
    let contender = move |name, file: &str, count: usize, per_transaction: usize| {
        let connection = open(&directory.join(file));
        Contender::new(Row::new(name), move || {
            let rows: Vec<_> = (0..count).map(|_| (guid(), bodies.next())).collect();
            let mut insert = connection.prepare(INSERT).unwrap();
            let started = Instant::now();
            let transactions = rows.chunks(per_transaction).map(|rows| {
                let started = Instant::now();
                let transaction = connection.unchecked_transaction().unwrap();
                for (guid, body) in rows {
                    insert.execute(params![guid, body.as_ref()]).unwrap();
                }
                transaction.commit().unwrap();
                started.elapsed()
            });
            let calls: Vec<Duration> = transactions.collect();
            Sample::Work { deliveries: count, took: started.elapsed(), calls }
        })
    };
    vec![
        contender(ONE, "one.db", sizes.one_by_one, 1),
        contender(MANY, "many.db", sizes.together, 32),
    ]
}

fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    connection.execute_batch(TABLE).unwrap();
    connection
}
