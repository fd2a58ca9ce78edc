//! From a delivery to *pending* at GitHub, while a thousand builds wait.

use std::time::{Duration, Instant};

use hookstead::types::StatusState;
use hookstead_testkit::FakeRepository;

use crate::postgres::Postgres;
use crate::server::BenchServer;
use crate::world::{REPOSITORY, WAITING, World};
use crate::{Extent, Outcome, figures};

/// The build that runs holds the only slot to the end.
const JOB: &str = "while :; do sleep 60; done";

/// So few writes in an hour that no build that waits is told of, but the first that runs.
const FEW: u32 = 2;

/// The client lets a write go each second.
const SPACE: Duration = Duration::from_millis(1_100);

pub(crate) async fn measure(extent: Extent, store: Option<Postgres>) -> Outcome<String> {
    let mut world = World::new([]).await;
    let holder = world.letters(1).await?;
    let waiting = world.waiting_letters(extent.waiting).await?;
    let measured = world.waiting_letters(extent.deliveries).await?;
    let projects = format!(
        "[projects.hold]\nrepo = \"{REPOSITORY}\"\n[projects.hold.jobs.test]\nrun = \"{JOB}\"\n\
         [projects.demo]\nrepo = \"{WAITING}\"\n[projects.demo.jobs.test]\nrun = \"true\"\n"
    );
    let server = BenchServer::start_with(&world.github, 1, FEW, &projects, store).await?;
    let sender = server.sender()?;
    let pending = async |repository: &FakeRepository, sha| {
        repository.wait_for_status(sha, "ci/test", StatusState::Pending).await;
    };
    for letter in &holder {
        sender.send("pull_request", letter.body.clone()).await?;
        pending(&world.repository, &letter.sha).await;
    }
    for letter in &waiting {
        sender.send("pull_request", letter.body.clone()).await?;
    }
    // None of them is told of, as that would take a second each: the client spaces its writes as GitHub wants it. The
    // last one's journal says so in the end; else what is measured would stand behind those that are told of late.
    let number = waiting.len() + holder.len();
    let last = format!("/demo/builds/{number}.json");
    let is_reported = |build: serde_json::Value| {
        build["journal"].as_array().is_some_and(|it| it.iter().any(|it| it["kind"] == "report"))
    };
    while !is_reported(server.json(&last).await?) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.allow_many_writes(FEW).await?;
    let mut waits = Vec::new();
    for letter in &measured {
        tokio::time::sleep(SPACE).await;
        let sent = Instant::now();
        let sending = sender.send("pull_request", letter.body.clone());
        let (answer, ()) = tokio::join!(sending, pending(&world.waiting, &letter.sha));
        answer?;
        waits.push(sent.elapsed());
    }
    let name = format!("pending, {} builds wait", extent.waiting);
    Ok(figures::row(&name, &mut waits, [5, 25]))
}
