//! What is said at GitHub of a job without a build: that another build tells it already, or that it is not needed.

use std::time::Duration;

use hookstead::client::{
    CheckConclusion, CheckOutput, Error as ClientError, NewCheckRun, NewStatus,
};
use hookstead::types::{RepoName, Sha};
use hookstead::{Attempt, HandlerError};

use super::budget::Need;
use super::pipeline::{Current, Pipeline};
use crate::config::ReportBy;
use crate::journal::{EntryKind, NewEntry};
use crate::plan::{NotNeeded, Skipped};
use crate::record::NewBuild;

/// How long it takes until there may be room again among the hour's writes.
const ROOM_PAUSE: Duration = Duration::from_secs(5 * 60);

/// A last word of a job that does not run.
struct LastWord {
    conclusion: CheckConclusion,
    text: String,
    link: String,
}

impl LastWord {
    /// Both `success` and `skipped` let a pull request be merged; a status knows only the first.
    async fn post(
        &self,
        current: &Current,
        (repo, sha): (&RepoName, &Sha),
        context: &str,
    ) -> Result<(), ClientError> {
        let repo = current.hub.repo(repo).await?;
        match current.config.report {
            ReportBy::Statuses => {
                let status = NewStatus::success().context(context).description(&self.text);
                repo.create_status(sha, &status.target_url(&self.link)).await.map(drop)
            }
            ReportBy::Checks => {
                let run = NewCheckRun::completed(self.conclusion.clone()).details_url(&self.link);
                let run = run.output(CheckOutput::new(&self.text, &self.text));
                repo.create_check_run(sha, context, &run).await.map(drop)
            }
        }
    }
}

impl Pipeline {
    /// Says that another build has tested exactly these files.
    pub(super) async fn say_green(
        &self,
        current: &Current,
        wanted: &NewBuild,
        by: i64,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let word = LastWord {
            conclusion: CheckConclusion::Success,
            text: format!("Build #{by} passed with the same files"),
            link: current.page_of(&wanted.project, by),
        };
        let NewBuild { repo, sha, context, .. } = wanted;
        let step = format!("{context} is green");
        let said = attempt.step(&step, async || {
            word.post(current, (repo, sha), context).await?;
            // It is always said.
            let _always = self.shared.budget.take(Need::Always);
            let text = format!("{context}: success, {}", word.text);
            let entry = NewEntry::new(EntryKind::Report, text).project(&wanted.project);
            let entry = entry.target(wanted.target.clone()).sha(sha.clone());
            self.journal().enter(entry.delivery(attempt.delivery().id.to_string())).await?;
            Ok::<_, HandlerError>(())
        });
        said.await
    }

    /// Says that a pull request needs no run of the job. Where the hour's writes are nearly spent, the delivery waits
    /// and is looked at again, so that what runs can report.
    pub(super) async fn say_not_needed(
        &self,
        current: &Current,
        skipped: &Skipped,
        commit: &NotNeeded,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let project = current.config.project(&skipped.project);
        let Some(job) = project.and_then(|it| it.job(&skipped.job)) else { return Ok(()) };
        let step = format!("{} is not needed", job.context);
        if attempt.has_done(&step) {
            return Ok(());
        }
        let (NotNeeded { repo, sha }, delivery) = (commit, attempt.delivery().id.to_string());
        // Another pull request with the same head may have begun one since.
        if self.journal().last_of(&skipped.project, &skipped.job, sha).await?.is_some() {
            return Ok(());
        }
        if let Err(why) = self.shared.budget.take(Need::Queued) {
            let why = format!("room among the hour's writes at GitHub: {why}");
            return Err(HandlerError::wait(ROOM_PAUSE, why));
        }
        let word = LastWord {
            conclusion: CheckConclusion::Skipped,
            text: format!("Not needed: {}", skipped.because),
            link: format!("{}journal?delivery={delivery}", current.config.url),
        };
        let said = attempt.step(&step, async || {
            word.post(current, (repo, sha), &job.context).await?;
            let text = format!("{}: success, {}", job.context, word.text);
            let entry = NewEntry::new(EntryKind::Report, text).project(&skipped.project);
            self.journal().enter(entry.sha(sha.clone()).delivery(&delivery)).await?;
            Ok::<_, HandlerError>(())
        });
        said.await
    }
}
