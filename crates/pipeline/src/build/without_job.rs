//! The end of builds whose job the config has no more.

use hookstead::handler::DeliveryId;
use hookstead::report::{Reporters, Verdict};
use hookstead::{Attempt, HandlerError};

use super::budget::Need;
use super::pipeline::{Current, Pipeline};
use super::pipeline_error::PipelineError;
use super::verdict;
use crate::config::ReportBy;
use crate::journal::{
    BeginMode, Begun, BuildChange, BuildFilter, BuildWork, EntryKind, JournalError, NewEntry,
};
use crate::record::{Build, BuildState};

/// So many builds are looked at: more do not wait or run.
const MOST: u32 = 100_000;

impl Pipeline {
    /// Ends a build, whatever state it is in, and returns how it stands then. `build` is how it stood: what an attempt
    /// wrote last that was dropped since may come in between, so it is looked at again where the journal refuses.
    pub(super) async fn end(
        &self,
        mut build: Build,
        state: BuildState,
        summary: &str,
    ) -> Result<Build, JournalError> {
        let journal = self.journal();
        while !build.state.is_final() {
            let changed = match build.state {
                BuildState::Running => {
                    let machine = build.machine.clone().unwrap_or_default();
                    match journal.begin(build.number, &machine, BeginMode::Attach).await? {
                        Begun::Held(hold, _) => journal.finish(&hold, state, summary).await?,
                        Begun::Refused(build) => BuildChange::Refused(build),
                    }
                }
                _ => journal.settle(build.number, state, summary, None).await?,
            };
            build = changed.into_build();
        }
        Ok(build)
    }

    /// Ends a build that nobody can make any more, and tells GitHub by the name that its status had.
    pub(super) async fn end_without_job(
        &self,
        current: &Current,
        build: Build,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let why =
            format!("the job {}/{} is no longer in the config", build.what.project, build.what.job);
        self.stop_runner(current, attempt, &build).await;
        let ended = self.end(build, BuildState::Error, &why).await?;
        let (what, verdict) = (&ended.what, verdict::of(&ended));
        let (text, link) = (verdict.description().to_owned(), self.link_of(&ended));
        let said = format!("{}: {}, {text}", what.context, verdict.state());
        let repo = current.hub.repo(&what.repo).await?;
        let reporters = Reporters::new(&repo, attempt);
        let work = async || Ok::<Verdict, HandlerError>(verdict);
        let _always = self.shared.budget.take(Need::Always);
        match current.config.report {
            ReportBy::Statuses => {
                let reporter = reporters.status(&what.sha, &what.context).description(text);
                reporter.target_url(link).run(work).await?;
            }
            ReportBy::Checks => {
                let reporter = reporters.check(&what.sha, &what.context).description(text);
                reporter.details_url(link).run(work).await?;
            }
        }
        let step = attempt.step("told", async || {
            self.journal().enter(NewEntry::of_build(EntryKind::Report, said, &ended)).await
        });
        step.await
    }

    /// Has builds ended that wait and whose job the config has no more: for whenever a config comes into force. Those
    /// that are queued end when it is their turn, and those that run go on to their end.
    ///
    /// # Errors
    ///
    /// Fails when the journal or the inbox does.
    pub async fn wake_without_job(&self) -> Result<(), PipelineError> {
        let current = self.current();
        let at_work = self.journal().builds(&BuildFilter::AtWork, None, MOST).await;
        for build in at_work.map_err(PipelineError::new)? {
            let project = current.config.project(&build.what.project);
            let has_job = project.is_some_and(|it| it.job(&build.what.job).is_some());
            if build.state == BuildState::Waiting && !has_job {
                let id: DeliveryId =
                    BuildWork::id(build.number).parse().map_err(PipelineError::new)?;
                self.inbox().wake(id).await.map_err(PipelineError::new)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::trying;
    use super::*;
    use crate::journal::trying::running;

    #[tokio::test]
    async fn a_build_ends_although_it_began_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = trying::pipeline(folder.path()).await;
        let journal = pipeline.journal();
        let hold = running(journal).await;
        let begun = journal.build(hold.number()).await.unwrap();
        let as_it_was = Build { state: BuildState::Queued, machine: None, ..begun };
        let ended = pipeline.end(as_it_was.clone(), BuildState::Superseded, "newer").await.unwrap();
        assert_eq!(ended.state, BuildState::Superseded);
        assert_eq!(journal.build(hold.number()).await.unwrap(), ended);
        let again = pipeline.end(as_it_was, BuildState::Error, "").await.unwrap();
        assert_eq!(again, ended, "it has ended");
    }
}
