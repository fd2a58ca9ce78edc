//! What a server tells its log of strangers. It runs on threads of its own, so the log is the process's,
//! and there is one test.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_receiver::{Limits, Server};
use support::{Encoding, Request, Running, secret, within};

/// So many refusals of each kind.
const NUMBER: u64 = 30;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines_with(&self, text: &str) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// How many refusals the log has told of by now, and in how many lines.
    fn told(&self, status: u16, words: &str) -> (u64, usize) {
        let firsts = self.lines_with(words).len();
        let counts = self.lines_with(&format!("as many more were refused since status={status} "));
        let count = |line: &String| line.rsplit('=').next().unwrap().parse::<u64>().unwrap();
        (firsts as u64 + counts.iter().map(count).sum::<u64>(), firsts + counts.len())
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn each_kind_of_refusal_is_told_once_with_a_count() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::INFO)
        .init();
    let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    let interval = Duration::from_secs(2);
    let server = Server::new("/event_handler", secret(), router)
        .limits(Limits::default().log_interval(interval));
    let running = Running::start(server);

    let good = Request::delivery("push", "{}", Encoding::Json);
    let kinds = [
        (404, "to another path", Request { path: "/event_handlers", ..good.clone() }),
        (400, "X-GitHub-Delivery is missing", good.clone().without("X-GitHub-Delivery")),
        (415, "content type", good.clone().with("Content-Type", "text/plain")),
        (401, "signatures failed", good.clone().without("X-Hub-Signature-256")),
        (405, "allowed here", Request { method: "PUT", ..good.clone() }),
    ];
    let began = Instant::now();
    for _ in 0..NUMBER {
        for (status, _, request) in &kinds {
            running.send(request).await.expect(*status, "");
        }
        // What does not look like a delivery is not worth a line.
        let page = Request { method: "GET", path: "/wp-login.php", headers: vec![], body: vec![] };
        running.send(&page).await.expect(404, "");
    }
    let intervals = began.elapsed().div_duration_f64(interval).ceil() as usize;
    for (status, words, _) in &kinds {
        let all_told = async {
            while log.told(*status, words).0 < NUMBER {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within(all_told).await;
        let (told, lines) = log.told(*status, words);
        assert_eq!(told, NUMBER, "{words}");
        // The first and the number of the others, in each interval.
        assert!(lines <= 2 * (intervals + 1), "{lines} lines in {intervals} intervals: {words}");
    }
    assert!(log.lines_with("/event_handlers")[0].contains("push"));
    assert_eq!(log.lines_with("wp-login"), [""; 0]);
}
