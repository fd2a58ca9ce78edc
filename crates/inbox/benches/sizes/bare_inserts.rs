//! Bare inserts, one after the other, into a table that has as many rows.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::bare;
use crate::ids::guid;

pub(crate) enum BareInserts {
    Sqlite(Connection),
    #[cfg(feature = "postgres")]
    Postgres(tokio_postgres::Client, tokio_postgres::Statement),
}

/// As long as what is accepted.
const BODY: [u8; 256] = [b' '; 256];

impl BareInserts {
    pub(crate) fn sqlite(file: &Path, count: u64) -> Self {
        let connection = bare::sqlite(file);
        crate::sqlite::fill_bare(&connection, count);
        Self::Sqlite(connection)
    }

    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres(
        database: &crate::database::Database,
        schema: &str,
        count: u64,
    ) -> Self {
        let client = crate::database::connect(&database.url).await;
        client.batch_execute(&bare::postgres_table(schema)).await.unwrap();
        crate::postgres::fill_bare(&client, schema, count).await;
        let insert = client.prepare(&bare::postgres_insert(schema)).await.unwrap();
        Self::Postgres(client, insert)
    }

    pub(crate) async fn insert(&mut self, count: usize) -> Vec<Duration> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let guid = guid();
            let started = Instant::now();
            match self {
                Self::Sqlite(connection) => {
                    let mut insert = connection.prepare(bare::SQLITE_INSERT).unwrap();
                    insert.execute(params![guid, BODY]).unwrap();
                }
                #[cfg(feature = "postgres")]
                Self::Postgres(client, insert) => {
                    client.execute(&*insert, &[&guid, &BODY.as_slice()]).await.unwrap();
                }
            }
            times.push(started.elapsed());
        }
        times
    }
}
