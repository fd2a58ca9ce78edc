//! What pages cost: a log of 100 MiB, a list of 10,000 builds, what goes over the wire, two hundred who watch.
//!
//! ```text
//! cargo bench -p hookstead-pipeline --bench pages
//! ```
//!
//! The server is a process of its own, whose processor time the system accounts for; times are medians as a client on
//! loopback sees them. Linux only: the figures come from `/proc`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark ends where something fails")]

mod client;
mod report;
mod server;
#[path = "../../tests/pages/stage.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod stage;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use report::Report;

/// What this process is to be, if it is the server.
const ROLE: &str = "HOOKSTEAD_BENCH_PAGES";

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Ok(role) = std::env::var(ROLE) {
        return runtime.block_on(server::be(&role));
    }
    let mut report = Report::new();
    {
        let server = Running::start("log")?;
        runtime.block_on(client::log(&server.url, &mut report))?;
    }
    {
        let server = Running::start("builds")?;
        runtime.block_on(client::lists(&server.url, &mut report))?;
    }
    for (rate, goal) in [(5 * 1024, Some(0.5)), (64 * 1024, None), (1024 * 1024, None)] {
        let server = Running::start(&format!("live {rate}"))?;
        let id = server.child.id();
        runtime.block_on(client::watch(&server.url, id, rate, goal, &mut report))?;
    }
    report.print()?;
    Ok(())
}

/// A server that ends when this is dropped.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(role: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut url = String::new();
        BufReader::new(out).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its input ends, and it removes its folder.
        drop(self.child.stdin.take());
        let begin = std::time::Instant::now();
        while begin.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
