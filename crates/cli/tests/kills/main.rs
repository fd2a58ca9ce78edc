//! Servers, runs and whole machines are killed at random moments while 200 builds go through. At the end the books
//! balance; they are printed.
//!
//! `HOOKSTEAD_KILL_SEED` sets the seed, which is printed; `HOOKSTEAD_KILL_ROUNDS` does it so often, with a new seed
//! each time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

mod books;
#[path = "../support/git.rs"]
mod git;
mod killer;
mod machine;
mod marks;
mod people;
#[path = "../../../../tests/support/postgres.rs"]
#[allow(dead_code, reason = "only a part is needed here")]
#[allow(unreachable_pub, reason = "elsewhere it is a library's")]
mod postgres;
mod processes;
mod world;

use std::time::Instant;

use fastrand::Rng;

use crate::books::Books;
use crate::killer::Killer;
use crate::people::People;
use crate::postgres::Postgres;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_on_sqlite() {
    if git::is_there() {
        rounds("SQLite, one server", async |seed| round(None, 1, seed).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_on_postgres() {
    if git::is_there() {
        let of = async |seed| {
            let postgres = Postgres::start()?;
            round(Some(&postgres), 3, seed).await
        };
        rounds("PostgreSQL, three servers", of).await;
    }
}

async fn rounds(title: &str, round: impl AsyncFn(u64) -> Option<Books>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let first = number("HOOKSTEAD_KILL_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    for seed in (first..).take(number("HOOKSTEAD_KILL_ROUNDS").unwrap_or(1) as usize) {
        postgres::say(&format!("{title}: seed {seed}"));
        let began = Instant::now();
        let Some(books) = round(seed).await else { return };
        let seconds = began.elapsed().as_secs();
        postgres::say(&format!("{title}, seed {seed}, {seconds} s\n{books}"));
        assert!(books.wrong.is_empty(), "seed {seed}:\n{}", books.wrong.join("\n"));
    }
}

/// `Some`, so that a round without what it needs can be none.
async fn round(postgres: Option<&Postgres>, machines: usize, seed: u64) -> Option<Books> {
    let mut random = Rng::with_seed(seed);
    let world = World::new(postgres.map(Postgres::url), machines).await;
    let people = People::new(&world, random.fork());
    let killer = Killer::new(&world, postgres, random.fork());
    let (asked, kills, ()) = tokio::join!(people.live(), killer.kill(), world.redeliver());
    world.until_quiet().await;
    let books = Books::read(&world, asked, kills).await;
    world.stop().await;
    Some(books.after_the_end(&world))
}
