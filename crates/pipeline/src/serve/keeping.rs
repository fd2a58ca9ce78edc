//! What a server does beside: it says that its machine is alive, and forgets old logs.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::build::Pipeline;
use crate::checkout::remove_folder;
use crate::config::Config;
use crate::journal::Retention;

/// How often old logs are looked for.
const FORGET: Duration = Duration::from_secs(60 * 60);

/// How soon the others hear of what this server writes at GitHub, and how often it asks for theirs if it writes nothing.
const COUNT: Duration = Duration::from_secs(2);
const HEAR: Duration = Duration::from_secs(30);

/// How often it is kept house in the mirrors and caches.
const TIDY: Duration = Duration::from_secs(6 * 60 * 60);

/// Between two pieces of the forgetting, so that it is not felt.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) async fn beat(pipeline: Pipeline) {
    let machine = pipeline.machine();
    let mut ticks = interval(machine.beat());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = pipeline.journal().beat(machine.name()).await {
            tracing::warn!(%error, "the journal does not hear that this machine is alive");
        }
    }
}

/// Keeps one count of what all servers write at GitHub, which a restart does not lose.
pub(super) async fn count_writes(pipeline: Pipeline) {
    let mut ticks = interval(COUNT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    loop {
        ticks.tick().await;
        if !pipeline.has_uncounted_writes() && heard_at.elapsed() < HEAR {
            continue;
        }
        heard_at = Instant::now();
        if let Err(error) = pipeline.count_writes().await {
            tracing::warn!(%error, "other servers do not hear of what is written at GitHub");
        }
    }
}

/// Tidies up after servers that were killed, as often as the journal hears of this machine.
pub(super) async fn sweep(pipeline: Pipeline) {
    let mut ticks = interval(pipeline.machine().beat());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            match pipeline.sweep().await {
                Ok(0) => break,
                // They are about to end.
                Ok(_) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::warn!(%error, "what servers have left is not looked for");
                    break;
                }
            }
        }
    }
}

/// Forgets logs and artefacts that are older than their project keeps them.
pub(super) async fn forget(pipeline: Pipeline) {
    let mut ticks = interval(FORGET);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(keep) = retention(&pipeline.current().config) else { continue };
        loop {
            match pipeline.journal().forget_logs(&keep).await {
                Ok(forgotten) if forgotten.is_more => tokio::time::sleep(PAUSE).await,
                Ok(_) => {
                    if let Err(error) = forget_artifacts(&pipeline, &keep).await {
                        tracing::warn!(error = &*error, "old artefacts are not removed");
                    }
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "old logs are not forgotten");
                    break;
                }
            }
        }
    }
}

/// What the config says. Projects that are gone from it keep for as long as any of the others: they may come back.
fn retention(config: &Config) -> Option<Retention> {
    let others = config.projects.iter().map(|project| project.keep).max()?;
    let projects = config.projects.iter();
    Some(projects.fold(Retention::new(others), |all, it| all.project(&it.name, it.keep)))
}

/// Removes the artefacts of builds that their projects keep no longer.
async fn forget_artifacts(
    pipeline: &Pipeline,
    keep: &Retention,
) -> Result<(), Box<dyn std::error::Error + 'static>> {
    let folder = pipeline.current().config.work.join("artifacts");
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(()) };
    let numbers: Vec<i64> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    for number in pipeline.journal().removable(&numbers, keep).await? {
        let old = folder.join(number.to_string());
        tokio::task::spawn_blocking(move || remove_folder(&old)).await??;
    }
    Ok(())
}

/// Keeps house in the mirrors and in the caches of forks: one after the other, so that it is not felt.
pub(super) async fn tidy(pipeline: Pipeline) {
    let mut ticks = interval(TIDY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = pipeline.tidy_mirrors().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "mirrors are not tidied");
        }
        if let Err(error) = pipeline.remove_unused_caches().await {
            tracing::warn!(%error, "old caches of pull requests are not removed");
        }
    }
}
