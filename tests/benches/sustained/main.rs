//! How long deliveries wait under a load that lasts: 1,000 a second with SQLite, 500 with PostgreSQL, over
//! loopback to a whole server in a process of its own. Each delivery has a task in the lane of its pull
//! request and one without a lane.
//!
//! ```text
//! cargo bench -p hookstead-tests --bench sustained [-- MINUTES [PER_SECOND] [SQLite | PostgreSQL]]
//! ```
//!
//! The load is open: a delivery has a moment at which it is to be sent, and what comes late counts from
//! that moment. Both waits count from there: to the answer, and to the start of the handler.
//!
//! In turn: nothing special; another session holds a snapshot; the database answers 5 ms later (a proxy
//! between, PostgreSQL only); 10,000 retries become due at the same moment. At least every 30 s a row is
//! printed. At the end the books are balanced: whatever was accepted has been handled.
//!
//! It takes 3 minutes for each store; `-- 15` is the full one, whose snapshot is held for 5. With
//! `HOOKSTEAD_POSTGRES` set, PostgreSQL's store is measured as well. `HOOKSTEAD_BENCH_DIRECTORY` is where the
//! file is written, by default the system's folder for temporary files. Linux only: the figures come from
//! `/proc`.
//!
//! Three minutes with SQLite and 15 with PostgreSQL 15, both on the same machine of two cores with nothing beside; waits
//! in ms, where a phase has several rows from the best to the worst:
//!
//! | store | phase | answer p50 | p99 | max | handler p50 | p99 | max | not accepted |
//! |---|---|---|---|---|---|---|---|---|
//! | SQLite, 1,000 a second | nothing special | 1.4 | 3 | 24 | 1.3 | 3 | 21 | 0 |
//! | | a snapshot is held: 30 s | 1.4 | 3 | 8 | 1.3 | 3 | 8 | 0 |
//! | | and 45 s more | 1.5 | 4 | 40 | 1.5 | 3 | 40 | 0 |
//! | | it goes, and 10,000 retries become due at once | 1.5 | 42 | 207 | 1.4 | 83 | 221 | 0 |
//! | | half a minute later | 1.4 | 3 | 7 | 1.3 | 3 | 7 | 0 |
//! | PostgreSQL, 500 a second | nothing special | 2.4 | 5 to 7 | 78 | 2.3 | 4 to 14 | 109 | 0 |
//! | | a snapshot is held, for 5 minutes | 2.3 | 5 to 7 | 85 | 2.3 | 6 to 8 | 118 | 0 |
//! | | the database lags by 5 ms | 8.8 | 13 to 20 | 162 | 8.8 | 13 to 177 | 275 | 0 |
//! | | 10,000 retries become due at once | 2.3 | 4 to 8 | 54 | 2.2 | 4 to 17 | 54 | 0 |
//!
//! Once the snapshot is gone, SQLite's log (4.0 GB here) is copied into the file and cut off in pieces. Commits do not
//! wait for that, but write to the same disk. In an earlier run of 15 minutes it had 19.4 GB after six of a snapshot; in
//! the half minute after, one delivery in a hundred waited for 0.7 s or more, the last for 0.9 s, and none was refused.

#[path = "../shared/answers.rs"]
mod answers;
#[path = "../shared/arguments.rs"]
mod arguments;
#[path = "../shared/killed.rs"]
mod killed;
mod lag;
#[path = "../shared/letters.rs"]
mod letters;
#[path = "../shared/memory.rs"]
mod memory;
mod phase;
mod place;
mod report;
mod run;
mod sender;
mod server;
mod waits;

use std::error::Error;
use std::time::Duration;

use arguments::Arguments;
use place::Place;

/// The server's store, in the process that is to be the server.
const STORE: &str = "HOOKSTEAD_BENCH_SUSTAINED";

/// What can be measured, by the names that choose it.
const STORES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// A debug build takes so long, to see that everything can be done; its figures mean nothing.
const TINY: Duration = Duration::from_secs(6);

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(store) = std::env::var(STORE) {
        return server::be(&store);
    }
    let Arguments { mut numbers, words } = Arguments::of_process();
    if let Some(word) = words.iter().find(|word| !STORES.contains(&word.as_str())) {
        return Err(format!("{word:?} is no store: {}", STORES.join(" or ")).into());
    }
    let minutes = numbers.next().unwrap_or(3);
    let is_tiny = cfg!(debug_assertions);
    let length = if is_tiny { TINY } else { Duration::from_secs(60) * minutes };
    let rate = numbers.next().or(is_tiny.then_some(20));
    let retries = if is_tiny { 50 } else { 10_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let [is_sqlite, is_postgres] =
        STORES.map(|store| words.is_empty() || words.iter().any(|word| word == store));
    runtime.block_on(async {
        if is_sqlite {
            run::run(&Place::sqlite()?, length, rate.unwrap_or(1_000), retries).await?;
        }
        if !is_postgres {
            return Ok(());
        }
        match Place::postgres().await? {
            Some(place) => run::run(&place, length, rate.unwrap_or(500), retries).await,
            None => report::say("Without PostgreSQL: HOOKSTEAD_POSTGRES is not set"),
        }
    })
}
