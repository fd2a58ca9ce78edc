//! Bare inserts into SQLite, with the same promises as ours: on the disk, and no id twice.

use std::time::{Duration, Instant};

use rusqlite::params;

use crate::contender::{Contender, Row, Sample};
use crate::ids::guid;
use crate::{Context, bare};

pub(crate) const ONE: &str = "bare SQLite: 1 insert a transaction";
pub(crate) const MANY: &str = "bare SQLite: 32 inserts a transaction";

pub(crate) fn contenders<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let Context { directory, bodies, sizes, .. } = *context;
    let contender = move |name, file: &str, count: usize, per_transaction: usize| {
        let connection = bare::sqlite(&directory.join(file));
        Contender::new(Row::new(name), move || {
            let rows: Vec<_> = (0..count).map(|_| (guid(), bodies.next())).collect();
            let mut insert = connection.prepare(bare::SQLITE_INSERT).unwrap();
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
