//! How quick a pipeline is, and how little memory it takes: the real program against a fake GitHub over loopback, with
//! real git and real commands.
//!
//! ```text
//! cargo bench -p hookstead-cli --bench pipeline [-- [RUNS] [pending] [first] [memory]]
//! ```
//!
//! | figure | what passes between | goal |
//! |---|---|---|
//! | pending | a delivery is sent, and GitHub has the status *pending*, while a thousand builds wait: durable | p50 5 ms, p99 25 ms |
//! | first | a delivery is sent, and the first line of its log can be read; a slot is free, the checkout has 500 files | p50 300 ms, p99 600 ms |
//! | memory | resident, while 50 builds write logs, 1 MB a second together, and each is read by somebody | under 60 MiB |
//!
//! Each is measured so many times, once by default, with a new server each time; the best row counts where others
//! use the machine too. With `HOOKSTEAD_POSTGRES` set, a server of PostgreSQL is started for each as well.
//!
//! Files are written in Cargo's folder for temporary files, or in `HOOKSTEAD_BENCH_DIRECTORY`. Linux only: memory is
//! read from `/proc`.

mod figures;
mod first;
mod memory;
mod pending;
#[path = "../../../../tests/support/postgres.rs"]
#[allow(dead_code, reason = "only a part is needed here")]
#[allow(unreachable_pub, reason = "elsewhere it is a library's")]
#[allow(clippy::unwrap_used, reason = "a database that does not start ends the benchmark")]
mod postgres;
mod server;
mod world;

use std::error::Error;
use std::io::{self, Write as _};
use std::time::Duration;

use hookstead_testkit::FakeGitHub;

use crate::postgres::Postgres;

/// The argument that has this program write a log, as the command of a build.
const WRITE: &str = "write";

const POSTGRES: &str = "PostgreSQL";

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How much is measured. A debug build's figures mean nothing; it only sees that everything can be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) waiting: usize,
    pub(crate) deliveries: usize,
    pub(crate) writing: Duration,
}

const WHOLE: Extent = Extent { waiting: 1_000, deliveries: 100, writing: Duration::from_secs(75) };
const TINY: Extent = Extent { waiting: 10, deliveries: 3, writing: Duration::from_secs(3) };

fn main() -> Outcome {
    // Cargo passes `--bench`.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    if let [word, rate] = arguments.as_slice()
        && word == WRITE
    {
        return memory::write(rate.parse()?);
    }
    let runs = arguments.iter().find_map(|it| it.parse::<u32>().ok()).unwrap_or(1);
    let is_wanted = |name: &str| {
        let named =
            ["pending", "first", "memory"].iter().any(|it| arguments.iter().any(|a| a == it));
        !named || arguments.iter().any(|it| it == name)
    };
    if !FakeGitHub::has_git() {
        return Err("there is no git".into());
    }
    let extent = if cfg!(debug_assertions) { TINY } else { WHOLE };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        say(&figures::machine())?;
        let has_postgres = std::env::var_os("HOOKSTEAD_POSTGRES").is_some();
        for run in 1..=runs {
            for name in
                ["SQLite", POSTGRES].into_iter().filter(|it| has_postgres || *it != POSTGRES)
            {
                let store = || if name == POSTGRES { Postgres::start() } else { None };
                let title = format!("run {run}, {name}");
                if is_wanted("pending") {
                    say(&format!("| {title} | {} |", pending::measure(extent, store()).await?))?;
                }
                if is_wanted("first") {
                    say(&format!("| {title} | {} |", first::measure(extent, store()).await?))?;
                }
                if is_wanted("memory") {
                    say(&format!("| {title} | {} |", memory::measure(extent, store()).await?))?;
                }
            }
        }
        Ok(())
    })
}

pub(crate) fn say(line: &str) -> Outcome {
    Ok(writeln!(io::stdout(), "{line}")?)
}
