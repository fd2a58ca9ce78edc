use std::error::Error;
use std::io::{Read as _, Write as _};
use std::time::Duration;

use hookstead_pipeline::record::{BuildState, BuildTarget};
use tokio::time::Instant;

use crate::stage::{Stage, new_build};

const CONFIG: &str = "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n\
                      [projects.lib.jobs.lint]\nrun = \"true\"\n\
                      [projects.app]\nrepo = \"octo-org/app\"\n[projects.app.jobs.test]\nrun = \"true\"\n";

/// So long a log is.
pub(crate) const LOG: usize = 100 * 1024 * 1024;

/// So many builds there are.
const BUILDS: u32 = 10_000;

/// Serves what this role says, until its input ends.
pub(crate) async fn be(role: &str) -> Result<(), Box<dyn Error>> {
    let stage = Stage::new(CONFIG).await;
    match role {
        "log" => long_log(&stage).await?,
        "builds" => many_builds(&stage).await?,
        live => {
            let rate = live.strip_prefix("live ").ok_or("no such role")?.parse()?;
            write_on(&stage, rate).await?;
        }
    }
    writeln!(std::io::stdout(), "{}", stage.url)?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

/// The lines of a log, as a build writes them.
fn lines(from: usize, length: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(length + 200);
    let mut number = from;
    while text.len() < length {
        number += 1;
        let line = match number % 4 {
            0 => {
                format!("\x1b[1m\x1b[32m   Compiling\x1b[0m crate-{number} v1.{}.0\n", number % 97)
            }
            1 => format!("test module::tests::case_{number} ... \x1b[32mok\x1b[0m\n"),
            2 => format!("   at /home/build/work/src/file_{number}.rs:{}:17\n", number % 997),
            _ => format!(
                "{number} requests were answered, the slowest within 12.{} ms\n",
                number % 10
            ),
        };
        text.extend_from_slice(line.as_bytes());
    }
    text.truncate(length);
    text
}

async fn long_log(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let hold = stage.begin(build.number).await;
    const PIECE: usize = 4 * 1024 * 1024;
    for at in (0..LOG).step_by(PIECE) {
        stage.journal.append(&hold, at as u64, lines(at, PIECE)).await?;
    }
    Ok(())
}

async fn many_builds(stage: &Stage) -> Result<(), Box<dyn Error>> {
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let hold = stage.begin(build.number).await;
    stage.journal.append(&hold, 0, "text\n").await?;
    stage.journal.finish(&hold, BuildState::Passed, "").await?;
    // The others are like it, but for the number, the job and the state.
    let columns = "sha, is_fork, summary, tree, machine, approved_by, steps, queued_at, started_at, ended_at, \
                   holder, log_bytes, log_lines, log_base, has_log, target";
    stage.run(&format!(
        "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {BUILDS})
         INSERT INTO pipeline_builds (number, occasion, project, job, what, state, {columns})
         SELECT n, 'bench' || n, iif(n % 3 = 0, 'app', 'lib'), iif(n % 3 = 1, 'lint', 'test'),
             replace(replace(what, '\"lib\"', iif(n % 3 = 0, '\"app\"', '\"lib\"')),
                 '\"test\"', iif(n % 3 = 1, '\"lint\"', '\"test\"')),
             iif(n % 5 = 0, 'failed', 'passed'), {columns}
         FROM n, pipeline_builds WHERE number = 1;"
    ));
    Ok(())
}

/// Writes so many bytes a second, ten times a second, for as long as this lives.
async fn write_on(stage: &Stage, rate: usize) -> Result<(), Box<dyn Error>> {
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let hold = stage.begin(build.number).await;
    let journal = stage.journal.clone();
    let pieces: Vec<Vec<u8>> = (0..10).map(|number| lines(number * 1000, rate / 10)).collect();
    tokio::spawn(async move {
        let (mut at, mut next) = (0, Instant::now());
        for piece in pieces.iter().cycle() {
            if journal.append(&hold, at, piece.clone()).await.is_err() {
                return;
            }
            at += piece.len() as u64;
            next += Duration::from_millis(100);
            tokio::time::sleep_until(next).await;
        }
    });
    Ok(())
}
