//! Puts right at the start what says that it waits or runs, and has nobody who will ever be at it.

use std::error::Error;

use hookstead::client::{CheckConclusion, CheckOutput, NewCheckRun, NewStatus};
use hookstead::handler::DeliveryId;
use hookstead::inbox::{Filter, TaskState};

use crate::build::Pipeline;
use crate::config::ReportBy;
use crate::journal::{BuildChange, BuildFilter, BuildWork, EntryKind, NewEntry};
use crate::record::{Build, BuildState};

/// So many builds are looked at: more do not wait or run.
const MOST: u32 = 100_000;

const WHY: &str = "the server lost it";

/// Ends them, and tells GitHub. Returns how many there were.
pub(super) async fn repair(
    pipeline: &Pipeline,
    machine: &str,
) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let journal = pipeline.journal();
    let at_work = journal.builds(&BuildFilter::AtWork, None, MOST).await?;
    let running = journal.running_on(machine).await?;
    let mut repaired = 0;
    for build in at_work {
        if has_work(pipeline, build.number).await? {
            continue;
        }
        // Its work may have been done since the builds were listed.
        if journal.build(build.number).await?.state.is_final() {
            continue;
        }
        let ended = match running.iter().find(|it| it.build.number == build.number) {
            Some(found) => journal.finish(&found.hold, BuildState::Error, WHY).await?,
            // Another machine's are its own to put right.
            None if build.state == BuildState::Running => continue,
            None => journal.settle(build.number, BuildState::Error, WHY, None).await?,
        };
        // Others may have been at it until just now, and ended it.
        let BuildChange::Done(ended) = ended else { continue };
        let entry = NewEntry::of_build(EntryKind::Repair, "put right at the start", &ended);
        journal.enter(entry).await?;
        if let Err(error) = tell(pipeline, &ended).await {
            tracing::warn!(%error, build = ended.number, "GitHub is not told that a build was lost");
        }
        repaired += 1;
    }
    Ok(repaired)
}

/// Whether somebody will be at it: its work is in the inbox, and not settled.
async fn has_work(pipeline: &Pipeline, number: i64) -> Result<bool, Box<dyn Error + Send + Sync>> {
    let id: DeliveryId = BuildWork::id(number).parse()?;
    let tasks = pipeline.inbox().list(Filter::default().with_id(id)).all().await?;
    let is_open = |state: TaskState| {
        matches!(
            state,
            TaskState::Ready | TaskState::Blocked | TaskState::Leased | TaskState::Delayed
        )
    };
    Ok(tasks.iter().any(|task| task.is_ending || is_open(task.state)))
}

async fn tell(pipeline: &Pipeline, build: &Build) -> Result<(), hookstead::client::Error> {
    let current = pipeline.current();
    let what = &build.what;
    pipeline.count_last_word();
    let repo = current.hub.repo(&what.repo).await?;
    let text = format!("Build #{} ended in an error: {WHY}", build.number);
    let link = current.page_of(&what.project, build.number);
    match current.config.report {
        ReportBy::Statuses => {
            let status = NewStatus::error().context(&what.context).description(text);
            repo.create_status(&what.sha, &status.target_url(link)).await.map(drop)
        }
        // Of several check runs with one name GitHub counts the last.
        ReportBy::Checks => {
            let run = NewCheckRun::completed(CheckConclusion::Failure).details_url(link);
            let run = run.output(CheckOutput::new(&text, &text));
            repo.create_check_run(&what.sha, &what.context, &run).await.map(drop)
        }
    }
}
