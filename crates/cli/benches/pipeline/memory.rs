//! The server's memory, while many builds write their logs.

use std::io::{self, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use crate::postgres::Postgres;
use crate::server::BenchServer;
use crate::world::{REPOSITORY, World};
use crate::{Extent, Outcome, WRITE};

const BUILDS: usize = 50;

/// Bytes a second, of all together.
const RATE: usize = 1_000_000;

/// A build writes so often.
const WRITES_PER_SECOND: usize = 10;

const GOAL: u64 = 60;

pub(crate) async fn measure(extent: Extent, store: Option<Postgres>) -> Outcome<String> {
    let mut world = World::new([]).await;
    let letters = world.letters(BUILDS).await?;
    let writer = std::env::current_exe()?;
    let projects = format!(
        "[projects.demo]\nrepo = \"{REPOSITORY}\"\n[projects.demo.jobs.test]\n\
         run = [{:?}, \"{WRITE}\", \"{}\"]\n",
        writer.to_str().ok_or("a path that is no text")?,
        RATE / BUILDS
    );
    let server = BenchServer::start(&world.github, BUILDS, &projects, store).await?;
    let at_rest = server.memory("VmRSS")?;
    let sender = server.sender()?;
    for letter in &letters {
        sender.send("pull_request", letter.body.clone()).await?;
    }
    let mut at = [0; BUILDS];
    while at.contains(&0) {
        read(&server, &mut at).await?;
    }
    let (begun, before, used) = (Instant::now(), at, server.processor_time()?);
    let mut seen = Vec::new();
    while begun.elapsed() < extent.writing {
        read(&server, &mut at).await?;
        seen.push(server.memory("VmRSS")?);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let bytes: usize = at.iter().zip(before).map(|(now, then)| now - then).sum();
    let mebibytes = |kibibytes: u64| kibibytes as f64 / 1024.0;
    let half = seen.get(seen.len() / 2).copied().unwrap_or_default();
    let last = seen.last().copied().unwrap_or_default();
    Ok(format!(
        "memory, {BUILDS} logs of {:.2} MB/s together, {seconds:.0} s | at rest {:.1} MiB | in the middle {:.1} | \
         at the end {:.1} | most {:.1} MiB (goal {GOAL}) | {:.0} % of a core",
        bytes as f64 / seconds / 1e6,
        mebibytes(at_rest),
        mebibytes(half),
        mebibytes(last),
        mebibytes(server.memory("VmHWM")?),
        (server.processor_time()? - used).as_secs_f64() / seconds * 100.0
    ))
}

/// Reads on in each log.
async fn read(server: &BenchServer, at: &mut [usize; BUILDS]) -> Outcome {
    for (number, at) in (1..).zip(at) {
        let answer = server.client.get(&format!("/demo/builds/{number}/log?from={at}")).await?;
        if answer.status().is_success() {
            *at += answer.body().len();
        }
    }
    Ok(())
}

/// What a build does: it writes lines, so many bytes a second, for ever.
pub(crate) fn write(rate: usize) -> Outcome {
    let mut number = 0;
    loop {
        let mut lines = String::new();
        while lines.len() < rate / WRITES_PER_SECOND {
            number += 1;
            lines += &format!(
                "test {number} of a suite that is long ... ok ({} us)\n",
                number * 7919 % 1_000
            );
        }
        io::stdout().write_all(lines.as_bytes())?;
        thread::sleep(Duration::from_secs(1) / u32::try_from(WRITES_PER_SECOND)?);
    }
}
