//! Several processes and one file: one is killed, one works beside another. A test starts its own
//! program again, which then does the other process's part of the same test.
#![cfg(all(unix, feature = "sqlite"))]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::Delivery;
use hookstead_inbox::{
    Accepted, Claim, Filter, LeaseRequest, LeaseToken, Leased, NewDelivery, NewTask, Packed,
    Process, Settled, Settlement, SqliteStore, Store, TakerId, TakerShare, TaskState,
};
use tokio::task::JoinSet;

/// Set in the other process, to the file.
const FILE: &str = "HOOKSTEAD_INBOX_TEST_FILE";

/// What the other process says begins with this; the rest is the test harness.
const SAYS: &str = "says: ";

const LONG: Duration = Duration::from_secs(60 * 60);

/// Another process. It is killed (`SIGKILL`, the signal of `kill -9`) when this is dropped.
struct Other {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Other {
    fn start(test: &str, file: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(FILE, file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    /// What it says next; `None` at its end, and for a last line that was cut off.
    fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let line = line.strip_suffix('\n')?;
            if let Some((_, said)) = line.split_once(SAYS) {
                return Some(said.to_owned());
            }
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn say(text: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{SAYS}{text}").unwrap();
    output.flush().unwrap();
}

/// A store and a process of the program `ci`, which takes pushes.
struct Ci {
    store: SqliteStore,
    taker: TakerId,
}

impl Ci {
    async fn open(file: &Path) -> Self {
        let store = SqliteStore::open(file).unwrap();
        let claims = [Claim::new("ci.build".parse().unwrap(), Some("push".into()))];
        let taker = store.register(&Process::start("ci"), &claims).await.unwrap()[0].taker;
        Self { store, taker }
    }

    async fn accept(&self, id: &str) {
        let delivery = Delivery::new(id.parse().unwrap(), "push".into(), "");
        // Larger than a page, as real ones are.
        let body = Packed::new(id.repeat(1000).into(), None);
        let mut new = NewDelivery::new(delivery, body, "ci");
        new.tasks = vec![NewTask::new(self.taker)];
        let accepted = self.store.accept(new).await.unwrap().accepted;
        assert_eq!(accepted, Accepted::New { tasks: 1 });
    }

    async fn lease(&self, limit: usize) -> Vec<Leased> {
        let request = LeaseRequest::new(vec![TakerShare::new(self.taker)], limit, LONG);
        self.store.lease(&request).await.unwrap().leased
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) {
        let settled = self.store.settle(&[(token, settlement)]).await.unwrap();
        assert_eq!(settled, [Settled::Settled]);
    }

    /// Waits for the work of other processes, as a worker does; longer than a test may last, so that only
    /// its watch ends it.
    async fn lease_next(&self) -> Leased {
        loop {
            if let Some(leased) = self.lease(1).await.pop() {
                return leased;
            }
            let waiting = self.store.wait(LONG);
            tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_survives_kill_9() {
    if let Some(file) = std::env::var_os(FILE) {
        return accept_until_killed(Path::new(&file)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let mut accepted = HashSet::new();
    let mut settled = HashSet::new();
    for round in 0..8 {
        let mut other = Other::start("what_was_accepted_survives_kill_9", &file);
        // At another moment each time: after so many words, and a little.
        let words = fastrand::usize(1..300);
        let mut heard: Vec<String> = (0..words).map(|_| other.hear().unwrap()).collect();
        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..3000))).await;
        other.kill();
        heard.extend(std::iter::from_fn(|| other.hear()));
        for said in heard {
            match said.split_once(' ').unwrap() {
                ("accepted", id) => accepted.insert(id.to_owned()),
                ("done", id) => settled.insert(id.to_owned()),
                other => panic!("the other process said {other:?}"),
            };
        }

        let ci = Ci::open(&file).await;
        let everything = Filter::default().at_most(usize::MAX).with_bodies();
        let entries = ci.store.list(&everything, None).await.unwrap();
        let there: HashSet<String> =
            entries.iter().map(|entry| entry.delivery.id.to_string()).collect();
        let lost: Vec<_> = accepted.difference(&there).collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
        for entry in entries {
            let id = entry.delivery.id.to_string();
            if settled.contains(&id) {
                assert_eq!(entry.state, TaskState::Done, "round {round}, {id}");
            }
            let body = entry.packed.map(|packed| packed.bytes);
            assert!(body.is_some_and(|body| body == id.repeat(1000)), "round {round}, {id}");
        }
        drop(ci);
        let raw = rusqlite::Connection::open(&file).unwrap();
        let check: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok", "round {round}");
    }
    assert!(accepted.len() > 8 && !settled.is_empty());
}

/// Accepts from several tasks at once, settles every now and then, and tells what it did.
async fn accept_until_killed(file: &Path) {
    let ci = Arc::new(Ci::open(file).await);
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let ci = Arc::clone(&ci);
        tasks.spawn(async move {
            loop {
                let id = format!("{:016x}", fastrand::u64(..));
                ci.accept(&id).await;
                say(&format!("accepted {id}"));
            }
        });
    }
    tasks.spawn(async move {
        loop {
            for leased in ci.lease(3).await {
                ci.settle(leased.token, Settlement::Done).await;
                say(&format!("done {}", leased.delivery.id));
            }
        }
    });
    tasks.join_all().await;
}

#[tokio::test]
async fn two_processes_share_a_file() {
    if let Some(file) = std::env::var_os(FILE) {
        return work_beside_the_first(Path::new(&file)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let ci = Ci::open(&file).await;
    ci.accept("from-the-first").await;

    let mut other = Other::start("two_processes_share_a_file", &file);
    let token: i64 = other.hear().unwrap().parse().unwrap();
    // The other process holds the lease of ours, and has accepted one of its own.
    let leased = ci.lease_next().await;
    assert_eq!(leased.delivery.id.as_str(), "from-the-second");
    assert!(ci.lease(1).await.is_empty());
    // The other one waits, and notices what comes.
    assert_eq!(other.hear().unwrap(), "waits");
    tokio::time::sleep(Duration::from_millis(50)).await;
    ci.accept("for-the-second").await;
    assert_eq!(other.hear().unwrap(), "for-the-second");
    // The token proves the lease wherever it is shown.
    other.kill();
    ci.settle(LeaseToken::from_i64(token), Settlement::Release).await;
    assert_eq!(ci.lease_next().await.delivery.id.as_str(), "from-the-first");
}

async fn work_beside_the_first(file: &Path) {
    let ci = Ci::open(file).await;
    let leased = ci.lease_next().await;
    assert_eq!(leased.delivery.id.as_str(), "from-the-first");
    ci.accept("from-the-second").await;
    say(&leased.token.to_i64().to_string());
    while ci.store.depth().await.unwrap().names[0].leased < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say("waits");
    say(ci.lease_next().await.delivery.id.as_str());
    std::future::pending::<()>().await;
}
