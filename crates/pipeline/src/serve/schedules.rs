//! Jobs that run by themselves when it is time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookstead::types::Timestamp;
use tokio::time::sleep;

use crate::build::{Asked, Pipeline, PipelineRequest};

/// How often it is looked whether it is time: schedules name minutes.
const LOOK: Duration = Duration::from_secs(20);

/// Asks for each job whose moment has come since it was looked at last. All servers ask, and by the same id, so that it
/// is done once.
pub(super) async fn keep(pipeline: Pipeline) {
    let mut looked_at = SystemTime::now();
    loop {
        sleep(LOOK).await;
        let now = SystemTime::now();
        let current = pipeline.current();
        for project in current.config.projects.iter() {
            for job in &project.jobs {
                let Some(schedule) = &job.schedule else { continue };
                let Some(moment) = schedule.next_after(looked_at).filter(|it| *it <= now) else {
                    continue;
                };
                if let Err(error) = ask(&pipeline, &project.name, &job.name, moment).await {
                    let (project, job) = (&project.name, &job.name);
                    tracing::error!(error = &*error, project, job, "a scheduled build is left out");
                }
            }
        }
        looked_at = now;
    }
}

async fn ask(
    pipeline: &Pipeline,
    project: &str,
    job: &str,
    moment: SystemTime,
) -> Result<(), Box<dyn std::error::Error + 'static>> {
    let seconds = moment.duration_since(UNIX_EPOCH)?.as_secs();
    let request = PipelineRequest {
        by: "schedule".to_owned(),
        at: Timestamp::from_epoch_seconds(i64::try_from(seconds)?),
        what: Asked::Schedule { project: project.to_owned(), job: job.to_owned() },
    };
    let id = format!("schedule/{project}/{job}/{seconds}");
    pipeline.inbox().submit(request.work(&id)?).await?;
    Ok(())
}
