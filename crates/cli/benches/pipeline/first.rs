//! From a delivery to the first line of its log.

use std::time::{Duration, Instant};

use crate::postgres::Postgres;
use crate::server::{BenchServer, PATIENCE};
use crate::world::{REPOSITORY, World};
use crate::{Extent, Outcome, figures};

const FILES: usize = 500;

/// A build makes two writes at GitHub, and the client lets one go each second.
const SPACE: Duration = Duration::from_millis(2_200);

/// How often the log is asked for: more often would take the processors from git.
const LOOK: Duration = Duration::from_millis(10);

pub(crate) async fn measure(extent: Extent, store: Option<Postgres>) -> Outcome<String> {
    let files = (0..FILES).map(|number| {
        let text = format!("{number} is the number of this file, of some size.\n").repeat(40);
        (format!("folder-{}/file-{number}.txt", number % 20), text)
    });
    let mut world = World::new(files).await;
    // The first ones make the mirror, and warm all up.
    let warming = 2;
    let letters = world.letters(extent.deliveries / 2 + warming).await?;
    let projects = format!(
        "[projects.demo]\nrepo = \"{REPOSITORY}\"\n[projects.demo.jobs.test]\nrun = \"echo begun\"\n"
    );
    let server = BenchServer::start(&world.github, 1, &projects, store).await?;
    let sender = server.sender()?;
    let mut waits = Vec::new();
    for (number, letter) in letters.iter().enumerate() {
        let number = number + 1;
        tokio::time::sleep(SPACE).await;
        let sent = Instant::now();
        sender.send("pull_request", letter.body.clone()).await?;
        let path = format!("/demo/builds/{number}/log");
        loop {
            let answer = server.client.get(&path).await?;
            if answer.status().is_success() && answer.body().starts_with(b"begun\n") {
                break;
            }
            if sent.elapsed() > PATIENCE {
                return Err(format!("build {number} has no log").into());
            }
            tokio::time::sleep(LOOK).await;
        }
        if number > warming {
            waits.push(sent.elapsed());
        }
        ended(&server, number).await?;
    }
    Ok(figures::row(&format!("first line, {FILES} files"), &mut waits, [300, 600]))
}

/// Waits until a build has passed, so that the slot is free for the next.
async fn ended(server: &BenchServer, number: usize) -> Outcome {
    loop {
        let page = server.json(&format!("/demo/builds/{number}.json")).await?;
        match page["build"]["state"].as_str() {
            Some("passed") => return Ok(()),
            Some("queued" | "running") => tokio::time::sleep(Duration::from_millis(5)).await,
            state => return Err(format!("build {number} is {state:?}").into()),
        }
    }
}
