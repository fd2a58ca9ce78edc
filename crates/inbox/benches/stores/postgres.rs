//! Bare inserts into PostgreSQL, with the same promises as ours: on the disk, and no id twice.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio_postgres::{Client, Statement};

use crate::callers::share;
use crate::contender::{Contender, Row};
use crate::database::{Database, connect};
use crate::ids::guid;
use crate::{Context, bare};

pub(crate) const ONE: &str = "bare PostgreSQL: insert, 1 connection";
pub(crate) const MANY: &str = "bare PostgreSQL: insert, 16 connections";

/// Writes out what turns left in memory, so that it does not disturb the next one's.
pub(crate) fn rest(runtime: &Runtime, database: &Database) {
    // Only some roles may; then it disturbs.
    let _ = runtime.block_on(database.client.batch_execute("CHECKPOINT"));
}

pub(crate) fn contenders<'a>(context: &Context<'a>, database: &'a Database) -> Vec<Contender<'a>> {
    let Context { runtime, bodies, sizes, .. } = *context;
    let contender = |name, schema: &str, count: usize, connections: usize| {
        let schema = database.schema(schema);
        let inserting: Vec<Arc<Inserting>> = runtime.block_on(async {
            let table = bare::postgres_table(&schema);
            database.client.batch_execute(&table).await.unwrap();
            let mut inserting = Vec::new();
            for _ in 0..connections {
                let client = connect(&database.url).await;
                let insert = client.prepare(&bare::postgres_insert(&schema)).await.unwrap();
                inserting.push(Arc::new(Inserting { client, insert }));
            }
            inserting
        });
        let contender = Contender::new(Row::new(name), move || {
            let work = (0..count).map(|_| (guid(), bodies.next())).collect();
            let inserting = inserting.clone();
            share(runtime.handle(), connections, work, move |caller, (guid, body)| {
                let inserting = Arc::clone(&inserting[caller]);
                async move {
                    let Inserting { client, insert } = &*inserting;
                    client.execute(insert, &[&guid, &body.as_ref()]).await.unwrap();
                }
            })
        });
        contender.after(|| rest(context.runtime, database))
    };
    vec![
        contender(ONE, "bare_1", sizes.one_by_one, 1),
        contender(MANY, "bare_16", sizes.together, 16),
    ]
}

/// A connection and the statement that is prepared on it.
struct Inserting {
    client: Client,
    insert: Statement,
}
