//! How fast the stores take deliveries, give them out and have them picked up, beside the least that
//! it could cost: appending to a file, and bare inserts into the same databases.
//!
//! ```text
//! cargo bench -p hookstead-inbox --bench stores --features postgres
//! ```
//!
//! prints two tables. What is compared ran in the same rounds, in turns, since a shared machine and
//! its disk differ from one second to the next: trust the ratios, and the lowest and highest rate
//! that stand beside each median.
//!
//! * `HOOKSTEAD_POSTGRES` is the URL of a PostgreSQL; without it those rows are left out.
//!   `.ci/postgres start` starts one and prints its URL.
//! * `HOOKSTEAD_BENCH_DIRECTORY` is where the files are written, on the disk that is to be
//!   measured; by default in the target directory.
//! * `HOOKSTEAD_BENCH_ROUNDS` is the number of rounds, 7 by default.
//! * Words after `--` choose rows: `-- SQLite 'picking up'` runs those whose names contain one.
//!
//! One run of 5 rounds, and more of 9 for one caller (two) and one connection, on two cores (AMD EPYC, ext4,
//! PostgreSQL 15 on the same disk), bodies packed to a seventh:
//!
//! | | ratio | asked for |
//! |---|---|---|
//! | `SqliteStore`, 1 caller, to bare inserts, 1 a transaction | 0.70, 0.75, 0.76 | 0.85 |
//! | `SqliteStore`, 64 callers, to bare inserts, 32 a transaction | 2.73 | 2.5 |
//! | `PostgresStore`, 1 connection, to bare inserts | 0.78, 0.78 | 0.9 |
//! | `PostgresStore`, 16 connections, to bare inserts | 1.44 | 1.0 |
//! | `PostgresStore` in order, 1 and 16 connections, to bare inserts | 0.54, 0.40 | |
//! | `PostgresStore` latest only, 1 and 16 connections, to bare inserts | 0.40, 0.27 | |
//!
//! One caller waits for two changes of thread in each call, to the thread that writes and back; a bare insert waits for
//! none. So the quicker the disk is, the lower is the ratio.
//!
//! | from the start of accepting to the handler, median | ms | asked for |
//! |---|---|---|
//! | `SqliteStore`, in one process, across processes | 0.9, 12 | 5, 50 |
//! | `PostgresStore`, in one process, across processes | 1.1, 3.4 | 5, 50 |

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a store that fails ends the benchmark")]

#[path = "../shared/bare.rs"]
mod bare;
mod bodies;
mod callers;
mod contender;
#[cfg(feature = "postgres")]
#[path = "../shared/database.rs"]
mod database;
#[path = "../shared/directory.rs"]
mod directory;
#[path = "../shared/ids.rs"]
mod ids;
mod ours;
mod pickup;
#[cfg(feature = "postgres")]
mod postgres;
mod raw;
mod report;
mod sqlite;

use tokio::runtime::{Builder, Runtime};

use bodies::Bodies;
use contender::{Contender, Sizes};

fn main() {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    if let Some(store) = std::env::var_os(pickup::CHILD) {
        return runtime.block_on(pickup::work_as_child(store.to_str().unwrap()));
    }
    let sizes = Sizes::from_environment();
    let directory = directory::make();
    let bodies = Bodies::generate();
    println!("Bodies of {} bytes; files in {}", bodies::LENGTH, directory::describe(&directory));
    if cfg!(debug_assertions) {
        println!("A debug build: everything is done once, and the figures mean nothing");
    }
    let context =
        Context { runtime: &runtime, directory: directory.path(), bodies: &bodies, sizes: &sizes };
    #[cfg(feature = "postgres")]
    let database = database::Database::from_environment(&runtime);

    let mut contenders: Vec<Contender<'_>> = Vec::new();
    contenders.extend(raw::contenders(&context));
    contenders.extend(sqlite::contenders(&context));
    contenders.extend(ours::sqlite(&context));
    contenders.extend(pickup::sqlite(&context));
    #[cfg(feature = "postgres")]
    if let Some(database) = &database {
        contenders.extend(postgres::contenders(&context, database));
        contenders.extend(ours::postgres(&context, database));
        contenders.extend(pickup::postgres(&context, database));
    } else {
        println!("Without PostgreSQL: HOOKSTEAD_POSTGRES is not set; see .ci/postgres");
    }
    #[cfg(not(feature = "postgres"))]
    println!("Without PostgreSQL: run it with `--features postgres` and HOOKSTEAD_POSTGRES set");

    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    contenders.retain(|contender| contender.is_chosen(&words));
    let results = contender::take_turns(&mut contenders, &sizes);
    drop(contenders);
    report::print(&results);
}

/// What every contender needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    runtime: &'a Runtime,
    directory: &'a std::path::Path,
    bodies: &'a Bodies,
    sizes: &'a Sizes,
}
