//! How long deliveries wait under a load that lasts: 1,000 a second with SQLite, 500 with PostgreSQL, over
//! loopback to a whole server in a process of its own. Each delivery has a task in the lane of its pull
//! request and one without a lane.
//!
//! ```text
//! cargo bench -p hookstead-tests --bench sustained [-- MINUTES [PER_SECOND]]
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
//! Three minutes with each, two cores with nothing beside, waits in ms; of PostgreSQL 15 on the same machine:
//!
//! | store | phase | answer p50 | p99 | max | handler p50 | p99 | max | not accepted |
//! |---|---|---|---|---|---|---|---|---|
//! | SQLite, 1,000 a second | nothing special | 1.6 | 38 | 207 | 1.5 | 58 | 206 | 0 |
//! | | a snapshot is held: 30 s | 2.0 | 40 | 116 | 1.9 | 67 | 139 | 0 |
//! | | and 45 s more | 1.9 | 5 | 174 | 1.9 | 5 | 174 | 0 |
//! | | it goes, and 10,000 retries become due at once | 1.8 | 690 | 910 | 1.7 | 1,566 | 1,602 | 0 |
//! | | half a minute later | 1.5 | 4 | 56 | 1.5 | 4 | 56 | 0 |
//! | PostgreSQL, 500 a second | nothing special | 2.1 | 6 | 60 | 2.0 | 13 | 83 | 0 |
//! | | a snapshot is held, for 60 s | 2.0 | 5 to 6 | 65 | 2.0 | 6 | 67 | 0 |
//! | | the database lags by 5 ms | 8.2 | 12 | 42 | 8.2 | 12 | 43 | 0 |
//! | | 10,000 retries become due at once | 2.1 | 4 to 6 | 92 | 2.0 | 5 to 7 | 112 | 0 |
//!
//! Once the snapshot is gone, SQLite's log of 3.7 GB is copied into the file and cut off in pieces. Commits do not wait
//! for that, but write to the same disk: one delivery in ten waited longer than 23 ms for its answer.

#[path = "../shared/answers.rs"]
mod answers;
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

use place::Place;

/// The server's store, in the process that is to be the server.
const STORE: &str = "HOOKSTEAD_BENCH_SUSTAINED";

/// A debug build takes so long, to see that everything can be done; its figures mean nothing.
const TINY: Duration = Duration::from_secs(6);

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(store) = std::env::var(STORE) {
        return server::be(&store);
    }
    // Cargo passes `--bench`.
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u32>().ok());
    let minutes = numbers.next().unwrap_or(3);
    let is_tiny = cfg!(debug_assertions);
    let length = if is_tiny { TINY } else { Duration::from_secs(60) * minutes };
    let rate = numbers.next().or(is_tiny.then_some(20));
    let retries = if is_tiny { 50 } else { 10_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        run::run(&Place::sqlite()?, length, rate.unwrap_or(1_000), retries).await?;
        match Place::postgres().await? {
            Some(place) => run::run(&place, length, rate.unwrap_or(500), retries).await,
            None => report::say("Without PostgreSQL: HOOKSTEAD_POSTGRES is not set"),
        }
    })
}
