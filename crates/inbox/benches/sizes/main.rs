//! What accepting, leasing, settling and probing cost when much lies in a store, beside an empty store of
//! the same kind in the same rounds.
//!
//! ```text
//! cargo bench -p hookstead-inbox --bench sizes --features postgres
//! ```
//!
//! fills stores with each [`Shape`] in turn and prints a table of ratios: a call beside much, to the same
//! call beside nothing, of both the lower quartile. What fills a database is one row that the store itself has written,
//! multiplied in SQL. The bodies are short, so that writing them hides nothing.
//!
//! The probe is what `/readyz` tells of: the store's own and a look into the registry. A server makes it in
//! the background, and who asks waits for nothing; so it is measured here, and not through a server.
//!
//! * `HOOKSTEAD_POSTGRES` is the URL of a PostgreSQL; without it those rows are left out.
//!   `.ci/postgres start` starts one and prints its URL.
//! * `HOOKSTEAD_BENCH_DIRECTORY` is where the files are written, by default in the target directory.
//! * `HOOKSTEAD_BENCH_ROWS` says how many tasks wait: 1,000,000 by default. A tenth of that is the history
//!   of a lane, and is handled beside a snapshot.
//! * `HOOKSTEAD_BENCH_SETTLED` says how many are settled: 1,000,000 by default. 30,000,000 take 10 GB for
//!   SQLite, then 15 GB for PostgreSQL.
//! * `HOOKSTEAD_BENCH_ROUNDS` is the number of rounds, 5 by default.
//! * Words after `--` choose rows: `-- SQLite settled` runs those whose names contain them all.
//!
//! 5 rounds of each row, in several runs, on two cores with nothing beside (ext4, PostgreSQL 15). Where the
//! processors are fought for, a median is 4 ms, which is the system's time slice, and says little; so the lower
//! quartiles are compared. The goal is 2 x; of accepting beside 30,000,000 it is 2 x bare inserts. What took under
//! 0.1 ms is not judged.
//!
//! | beside | accept | lease | settle | probe |
//! |---|---|---|---|---|
//! | memory, 1,000,000 waiting | 2.1 x (0.002 ms) | 3.1 x (0.04 ms) | 1.0 x | 2.3 x (0.001 ms) |
//! | memory, 1,000,000 of a name that nobody takes | 2.2 x (0.002 ms) | 1.5 x | 1.2 x | 2.5 x (0.001 ms) |
//! | memory, 1,000,000 in one lane / in order | 1.9 / 2.0 x | 1.6 / 1.7 x | 1.3 / 1.3 x | 1.1 / 1.1 x |
//! | SQLite, 1,000,000 waiting | 1.1 x | 1.1 x | 1.1 x | 1.1 x |
//! | SQLite, 1,000,000 of a name that nobody takes | 1.1 x | 1.1 x | 1.1 x | 1.1 x |
//! | SQLite, 1,000,000 in one lane / in order | 1.1 / 1.0 x | 1.0 / 1.0 x | 1.0 / 1.0 x | 1.0 / 1.1 x |
//! | SQLite, 100,000 settled in one lane, latest only | 1.0 x | 0.9 x | 1.0 x | 0.9 x |
//! | SQLite, 30,000,000 settled | 1.5 x bare inserts, 1.8 x an empty store | 1.2 x | 1.2 x | 0.9 x |
//! | SQLite, 100,000 handled beside a snapshot | 1.4 x | 1.3 x | 1.3 x | 1.4 x |
//! | PostgreSQL, 1,000,000 waiting | 1.0 x | 1.2 x | 1.1 x | 1.0 x |
//! | PostgreSQL, 1,000,000 of a name that nobody takes | 1.1 x | 1.2 x | 1.1 x | 1.1 x |
//! | PostgreSQL, 1,000,000 in one lane / in order | 1.0 / 1.1 x | 1.0 / 1.0 x | 1.0 / 1.1 x | 1.1 / 1.0 x |
//! | PostgreSQL, 100,000 settled in one lane, latest only | 1.1 x | 1.1 x | 1.0 x | 1.0 x |
//! | PostgreSQL, 30,000,000 settled | 1.5 x bare inserts, 2.1 x an empty store | 1.0 x | 1.1 x | 0.9 x |
//! | PostgreSQL, 100,000 handled beside a snapshot | 1.1 x | 2.0 x (2.9 ms) | 1.3 x | 1.9 x (2.2 ms) |
//!
//! A debug build fills in very little and measures everything once.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::print_stderr, reason = "a benchmark says how far it is")]
#![allow(clippy::unwrap_used, reason = "a store that fails ends the benchmark")]

#[path = "../shared/bare.rs"]
mod bare;
mod bare_inserts;
#[cfg(feature = "postgres")]
#[path = "../shared/database.rs"]
mod database;
#[path = "../shared/directory.rs"]
mod directory;
mod filling;
#[path = "../shared/ids.rs"]
mod ids;
mod measuring;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
mod report;
mod shape;
mod sqlite;
mod subject;

use std::time::Instant;

use tokio::runtime::Builder;

use measuring::Measured;
use place::{Kind, Places};
use shape::{Shape, Sizes};

fn main() {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let sizes = Sizes::from_environment();
    let directory = directory::make();
    println!("Files in {}", directory::describe(&directory));
    if cfg!(debug_assertions) {
        println!("A debug build: everything is done once, and the figures mean nothing");
    }
    let places = Places::new(&runtime, directory.path());
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    report::print_head(&sizes);
    for kind in places.kinds() {
        for shape in Shape::ALL {
            let name = report::name(kind, shape, &sizes);
            let is_chosen = words.iter().all(|word| name.contains(word.as_str()));
            if is_chosen && shape.is_of(kind) {
                let started = Instant::now();
                let measured = runtime.block_on(measure(&places, kind, shape, &sizes));
                report::print_row(&name, &measured);
                eprintln!("{name}: {:.0} s", started.elapsed().as_secs_f64());
            }
        }
    }
}

/// Fills a store and measures it, in turns with an empty one.
async fn measure(places: &Places<'_>, kind: Kind, shape: Shape, sizes: &Sizes) -> Measured {
    let (full, empty) = (places.place(kind, "full"), places.place(kind, "empty"));
    let snapshot;
    let full_subject = if shape == Shape::Snapshot {
        let subject = full.open().await;
        snapshot = Some(full.hold_snapshot().await);
        filling::handle(&subject, shape, shape.count(sizes)).await;
        subject
    } else {
        snapshot = None;
        filling::fill(&full, shape, shape.count(sizes)).await
    };
    let empty_subject = empty.open().await;
    let mut bare = match shape {
        Shape::Settled => Some(places.bare(kind, shape.count(sizes)).await),
        _ => None,
    };
    let mut measured = Measured::default();
    // The first round finds cold caches, and is forgotten.
    for round in 0..=sizes.rounds {
        places.rest().await;
        let counts = round > 0;
        measured.full.add(measuring::round(&full_subject, shape, sizes).await, counts);
        measured.empty.add(measuring::round(&empty_subject, shape, sizes).await, counts);
        if let Some(bare) = &mut bare {
            let inserts = bare.insert(sizes.calls).await;
            measured.bare.extend(inserts.into_iter().filter(|_| counts));
        }
    }
    // Whoever holds a snapshot has locked the tables.
    drop((full_subject, empty_subject, bare, snapshot));
    places.clear().await;
    measured
}
