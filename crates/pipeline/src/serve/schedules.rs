//! Jobs that run by themselves when it is time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookstead::types::Timestamp;
use tokio::time::sleep;

use crate::build::{Pipeline, PipelineRequest};
use crate::config::Schedule;
use crate::plan::Request;

/// Schedules name minutes.
const MINUTE: Duration = Duration::from_secs(60);

/// What a server missed for so long at most, because it was down, it makes up for when it starts: the latest moment of each
/// job. A nightly build that is half a day late is in the way of people.
const MADE_UP_FOR: Duration = Duration::from_secs(60 * 60);

/// Asks for each job whose moment has come since it was looked at last. All servers ask, and by the same id, so that it
/// is done once.
pub(super) async fn keep(pipeline: Pipeline) {
    let mut looked_at = SystemTime::now().checked_sub(MADE_UP_FOR).unwrap_or(UNIX_EPOCH);
    loop {
        let now = SystemTime::now();
        // What was asked for is asked for again by the same id.
        if look(&pipeline, looked_at, now).await {
            looked_at = now;
        }
        let into =
            now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() % MINUTE.as_millis();
        sleep(MINUTE.saturating_sub(Duration::from_millis(into as u64))).await;
    }
}

/// Returns whether all could be asked for.
pub(super) async fn look(pipeline: &Pipeline, after: SystemTime, now: SystemTime) -> bool {
    let mut are_all_asked = true;
    let current = pipeline.current();
    for project in current.config.projects.iter() {
        for job in &project.jobs {
            let Some(moment) = job.schedule.as_ref().and_then(|it| latest(it, after, now)) else {
                continue;
            };
            if let Err(error) = ask(pipeline, &project.name, &job.name, moment).await {
                let (project, job) = (&project.name, &job.name);
                tracing::error!(error = &*error, project, job, "a scheduled build has to wait");
                are_all_asked = false;
            }
        }
    }
    are_all_asked
}

/// The latest of the moments that have come: what was missed several times is made up for once.
fn latest(schedule: &Schedule, after: SystemTime, now: SystemTime) -> Option<SystemTime> {
    let first = schedule.next_after(after);
    std::iter::successors(first, |moment| schedule.next_after(*moment))
        .take_while(|it| *it <= now)
        .last()
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
        what: Request::Schedule { project: project.to_owned(), job: job.to_owned() },
    };
    let id = format!("schedule/{project}/{job}/{seconds}");
    request.submit(pipeline.inbox(), &id).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_several_times_is_made_up_for_once() {
        let schedule: Schedule = "*/15 * * * *".parse().unwrap();
        let at = |minutes: u64| UNIX_EPOCH + Duration::from_secs(minutes * 60);
        assert_eq!(latest(&schedule, at(1), at(14)), None);
        assert_eq!(
            latest(&schedule, at(1), at(15)),
            Some(at(15)),
            "it is due when its minute begins"
        );
        assert_eq!(latest(&schedule, at(15), at(16)), None, "and once");
        assert_eq!(latest(&schedule, at(1), at(59)), Some(at(45)));
    }
}
