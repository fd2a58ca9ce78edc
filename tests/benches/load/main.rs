//! What a delivery costs a server: deliveries over loopback, on 64 connections, to a bare hyper and to
//! ours in turn, each in a process of its own. Printed are processor time of the server for each
//! delivery, as the system accounts for it, and the ratio to hyper that verifies, measured in the same
//! round; medians of all rounds.
//!
//! ```text
//! cargo bench -p hookstead-tests --bench load [-- ROUNDS [DELIVERIES] [WORDS...]]
//! ```
//!
//! Words choose rows: those whose names contain one, and hyper that verifies.
//!
//! What is sent is a `pull_request.opened` of 24,261 bytes that GitHub sent, if `HOOKSTEAD_EXAMPLES` names the folder of
//! the npm package `@octokit/webhooks-examples`; else the testkit's, which takes a little longer to decode.
//!
//! Two runs of 5 rounds of 8,000 with GitHub's, on two cores with SHA instructions, nothing else at work:
//!
//! | server | to verifying (27.5, 31.2 µs) | goal | resident at most |
//! |---|---|---|---|
//! | hyper that verifies, scans, decodes | 2.27, 2.20 x | | 10 MiB |
//! | the same, with a table in SQLite | 4.23, 4.62 x | | 19 MiB |
//! | ours, no handler | 1.32, 1.36 x | 1.3 x | 14 MiB |
//! | ours, in memory, typed, handled | 3.18, 3.16 x | 2.3 x | 32 MiB |
//! | ours, in SQLite, typed, handled | 5.27, 5.44 x | 2.8 x | 28 MiB |
//! | the same, each pull request a lane | 6.55, 6.31 x | | 26 MiB |
//!
//! The first two rows are bare servers, written by hand, with our scanning and decoding. They say how much of our rows
//! that takes, and what an inbox adds to it: 0.9 x in memory, and 0.8 to 1.0 x in SQLite. They are no proof that it
//! cannot be done with less.
//!
//! With `HOOKSTEAD_POSTGRES` set, PostgreSQL's store is measured as well; what the database's own
//! processes take is not counted. Linux only: the figures come from `/proc`.

mod accounting;
#[path = "../shared/answers.rs"]
mod answers;
#[path = "../shared/arguments.rs"]
mod arguments;
mod bare;
mod client;
mod contender;
#[path = "../shared/killed.rs"]
mod killed;
#[path = "../shared/letters.rs"]
mod letters;
#[path = "../shared/memory.rs"]
mod memory;
mod report;
mod server;
mod table;

use std::error::Error;

use arguments::Arguments;
use contender::Contender;
use report::Report;

/// So often each contender has its turn.
const ROUNDS: u32 = 5;

/// So many deliveries each gets in a round, after those to warm up.
const DELIVERIES: u32 = 10_000;

/// The contender that this process is to be.
const ROLE: &str = "HOOKSTEAD_BENCH_CONTENDER";

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(role) = std::env::var(ROLE) {
        return server::be(Contender::named(&role).ok_or("no such contender")?);
    }
    let Arguments { mut numbers, words } = Arguments::of_process();
    let rounds = numbers.next().unwrap_or(ROUNDS) as usize;
    let count = numbers.next().unwrap_or(DELIVERIES) as usize;

    let is_chosen = |contender: &Contender| {
        let contains = |word: &String| contender.name().contains(word.as_str());
        let is_yardstick = *contender == Contender::Verifies;
        words.is_empty() || is_yardstick || words.iter().any(contains)
    };
    let contenders: Vec<Contender> =
        Contender::ALL.into_iter().filter(|it| it.can_be_measured() && is_chosen(it)).collect();
    let mut report = Report::new(&contenders);
    for round in 1..=rounds {
        for contender in &contenders {
            report.add(*contender, client::measure(*contender, count)?);
        }
        report.say_round(round, rounds)?;
    }
    report.print(count)?;
    Ok(())
}
