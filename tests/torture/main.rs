//! Servers are killed at random moments, again and again, while deliveries pour in; then the books
//! are balanced, handler by handler. Nothing that was answered 2xx is lost for any of its handlers, none
//! runs in a process that does not have it, and nothing runs beside another of its lane.
//!
//! It lasts for `HOOKSTEAD_TORTURE_SECONDS` (8 by default), and somewhat longer on a slow machine;
//! `HOOKSTEAD_TORTURE_SEED` repeats the dice of an earlier run, as far as the machine plays along.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod audit;
mod books;
mod cast;
mod sender;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use hookstead::inbox::Depth;
use hookstead_tests::{Ledger, Postgres, Program, TestServer, say, within};
use tokio::sync::watch;
use tokio::task::JoinSet;

use audit::Audit;
use books::Sent;
use cast::{CI, Cast, DEPLOY, NEW_CI, Served};

/// Long enough that a loaded machine renews in time, short enough to wait for after a kill.
const LEASE: Duration = Duration::from_secs(2);

/// As many post at the same time.
const SENDERS: u64 = 12;

/// The test goes on until there were so many of each, however slow the machine is.
const LEAST_KILLS: usize = 5;
const LEAST_ACCEPTED: usize = 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let ledger = Ledger::open(LEASE);
    let server = TestServer::sqlite(&ledger, LEASE);
    let cast = Cast::new(vec![Served::new(server, "ci", NEW_CI)]);
    torture("SQLite, one process", ledger, cast, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let ledger = Ledger::open(LEASE);
    let server = TestServer::postgres(&ledger, LEASE, "torture", postgres.url());
    let cast = Cast::new(vec![
        Served::new(server.sibling(), "ci", CI),
        Served::new(server.sibling(), "ci", NEW_CI),
        Served::new(server, "deploy", DEPLOY),
    ]);
    let name = "PostgreSQL, two programs, and two versions of one";
    torture(name, ledger, cast, Some(&postgres)).await;
}

async fn torture(name: &str, ledger: Ledger, cast: Cast, database: Option<&Postgres>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("HOOKSTEAD_TORTURE_SEED").unwrap_or_else(|| fastrand::u64(..));
    let length = Duration::from_secs(number("HOOKSTEAD_TORTURE_SECONDS").unwrap_or(8));
    say(&format!("torture of {name}: HOOKSTEAD_TORTURE_SEED={seed}"));
    let mut dice = Rng::with_seed(seed);

    let cast = Arc::new(cast);
    let sent = Arc::new(std::sync::Mutex::new(Sent::default()));
    let inbox = cast.servers.first().unwrap().server.inbox().await;
    // Each is known to the others before the first delivery comes.
    let mut programs = Vec::new();
    for place in 0..cast.servers.len() {
        programs.push(started(&cast, place).await);
    }
    let pending = Arc::new(AtomicU64::new(0));
    let watching = {
        let (inbox, pending) = (inbox.clone(), Arc::clone(&pending));
        tokio::spawn(async move {
            loop {
                if let Ok(depth) = inbox.depth().await {
                    pending.store(still_there(&depth), Ordering::Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    };
    let (stop, stopped) = watch::channel(false);
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(sender::post(
            sender,
            dice.fork(),
            Arc::clone(&cast),
            Arc::clone(&pending),
            Arc::clone(&sent),
            stopped.clone(),
        ));
    }

    let kills = Arc::new(AtomicUsize::new(0));
    let mut killers = JoinSet::new();
    for (place, mut program) in programs.into_iter().enumerate() {
        let (cast, kills, mut stopped) = (cast.clone(), kills.clone(), stopped.clone());
        let mut dice = dice.fork();
        killers.spawn(async move {
            loop {
                let life = Duration::from_millis(dice.u64(300..2000));
                tokio::select! {
                    _ = stopped.wait_for(|stopped| *stopped) => return program,
                    () = tokio::time::sleep(life) => {}
                }
                program.kill().await;
                kills.fetch_add(1, Ordering::Relaxed);
                program = started(&cast, place).await;
            }
        });
    }

    let begun = Instant::now();
    let outage = begun + length.mul_f64(0.3 + 0.4 * dice.f64());
    let mut is_outage_due = database.is_some();
    let fulfilled = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(database) = database
                && is_outage_due
                && Instant::now() >= outage
            {
                is_outage_due = false;
                database.halt().await;
                tokio::time::sleep(Duration::from_millis(dice.u64(0..4000))).await;
                database.restart().await;
            }
            let accepted = sent.lock().unwrap().accepted.len();
            let kills = kills.load(Ordering::Relaxed);
            let enough = accepted >= LEAST_ACCEPTED && kills >= LEAST_KILLS && !is_outage_due;
            if enough && begun.elapsed() >= length {
                break;
            }
        }
    };
    tokio::time::timeout(length + Duration::from_secs(120), fulfilled).await.unwrap();
    stop.send_replace(true);
    while let Some(ended) = senders.join_next().await {
        ended.unwrap();
    }
    let programs = within(killers.join_all()).await;

    // What the dead have left behind is worked off by those who live.
    watching.abort();
    let worked_off = async {
        while still_there(&inbox.depth().await.unwrap()) > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // A task whose process was killed again and again pauses ever longer, up to ten minutes.
    tokio::time::timeout(Duration::from_secs(120) + 15 * length, worked_off).await.unwrap();
    for program in programs {
        let (status, _) = program.terminate().await;
        assert!(status.success(), "{status}");
    }

    let sent = std::mem::take(&mut *sent.lock().unwrap());
    let audit = Audit::of(&inbox, &sent, &ledger.books(), &cast).await;
    let kills = kills.load(Ordering::Relaxed);
    say(&format!("torture of {name}: {kills} kills, {:?}; {audit}", begun.elapsed()));
    audit.pass(seed);
}

/// How many tasks wait or are at work.
fn still_there(depth: &Depth) -> u64 {
    depth.names.iter().map(|it| it.ready + it.leased + it.delayed + it.blocked).sum()
}

/// The server at this place, however often its database keeps it from starting.
async fn started(cast: &Cast, place: usize) -> Program {
    let server = &cast.servers.get(place).unwrap().server;
    loop {
        if let Ok(program) = server.try_start().await {
            cast.note(program.id(), place);
            return program;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
