use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use crate::phase::Phase;
use crate::place::Size;
use crate::server::Told;
use crate::waits::Percentiles;

pub(crate) fn say(line: &str) -> Result<(), Box<dyn Error>> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

pub(crate) fn print_head(store: &str, rate: u32) -> Result<(), Box<dyn Error>> {
    say(&format!("\n{store}, {rate} deliveries a second; waits in ms, sizes in MiB\n"))?;
    say("| at | | answer p50 | p90 | p99 | max | handler p50 | p90 | p99 | max | open tasks | \
         resident | database | log | not accepted |")?;
    say("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
}

pub(crate) fn print_row(
    at: Duration,
    phase: Phase,
    answers: Percentiles,
    told: &Told,
    size: Size,
    failed: usize,
) -> Result<(), Box<dyn Error>> {
    let Size { database, log } = size;
    let mebibytes = |bytes: u64| bytes / 1024 / 1024;
    say(&format!(
        "| {} s | {} | {answers} | {} | {} | {} | {} | {} | {failed} |",
        at.as_secs(),
        phase.name(),
        told.waits,
        told.open,
        told.memory / 1024,
        mebibytes(database),
        mebibytes(log),
    ))
}
