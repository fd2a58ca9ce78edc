//! The handler `build`: one build, from the checkout to the last report.

use std::time::Duration;

use async_trait::async_trait;
use hookstead::events::{Event as _, EventName};
use hookstead::handler::End;
use hookstead::report::{AfterInterruption, CheckTarget, Reporter, Reporters, Target, Verdict};
use hookstead::types::Timestamp;
use hookstead::{Attempt, Handler, HandlerError};
use tokio::time::sleep;

use super::budget::Need;
use super::case::Case;
use super::pipeline::{Current, Pipeline};
use super::running::has_started;
use super::verdict;
use crate::config::ReportBy;
use crate::journal::{BeginMode, Begun, BuildWork, EntryFilter, EntryKind, NewEntry};
use crate::notify::Notice;
use crate::record::{Build, BuildState};

/// A disk that is full may have room again. To look costs a write in the inbox.
const DISK_PAUSE: Duration = Duration::from_secs(10);

/// A build does not wait longer than this until GitHub has heard that it runs: the client spaces writes, and GitHub may be
/// slow.
const ANNOUNCEMENT: Duration = Duration::from_millis(200);

/// How long the start of a build waits for the word that it is queued, and how often it looks.
const QUEUED_DEADLINE: Duration = Duration::from_secs(15);
const QUEUED_LOOK: Duration = Duration::from_millis(25);

/// The steps after which somebody is told, once.
const TOLD: &str = "told";
const SAID_THAT_IT_WAITS: &str = "said that it waits";

pub(super) struct Building(pub(super) Pipeline);

#[async_trait]
impl Handler<BuildWork> for Building {
    async fn handle(&self, work: &BuildWork, attempt: &Attempt) -> Result<(), HandlerError> {
        let journal = self.0.journal();
        let _hand = self.0.shared.hands.take(work.number).await;
        let build = match journal.build(work.number).await {
            Ok(build) => build,
            Err(error) if error.is_no_build() => return Err(HandlerError::permanent(error)),
            Err(error) => return Err(error.into()),
        };
        let current = self.0.current();
        let found = current.config.project(&work.project);
        let found = found.and_then(|project| Some((project, project.job(&work.job)?)));
        let Some((project, job)) = found else {
            return self.0.end_without_job(&current, build, attempt).await;
        };
        let mut case = Case { current: &current, project, job, build: &build, attempt, hold: None };
        if build.state == BuildState::Waiting {
            self.say_that_it_waits(&case).await?;
            return Err(HandlerError::wait(HandlerError::LONGEST_WAIT, "an approval"));
        }
        self.leave_to_its_machine(&case).await?;
        self.wait_for_room(&case)?;
        let mode = match has_started(attempt) {
            true => BeginMode::Attach,
            false => BeginMode::Anew,
        };
        let begun = match build.state.is_final() {
            true => Begun::Refused(build.clone()),
            false => journal.begin(build.number, &self.0.shared.machine.name, mode).await?,
        };
        let build = match begun {
            Begun::Held(hold, build) => {
                case.hold = Some(hold);
                build
            }
            Begun::Refused(build) => build,
        };
        let case = Case { build: &build, ..case };
        self.after_queued(build.number).await;
        let reported = self.report(&case).await;
        if let Err(error) = &reported
            && let Some(hold) = &case.hold
            && !self.0.may_run(attempt, &build).await
        {
            // Nobody is at it until the next attempt, unless it has ended. One that runs stays this machine's.
            let why = format!("to be tried again: {error}");
            if let Err(error) = journal.release(hold, &why).await {
                tracing::warn!(%error, build = build.number, "a build still says that it runs");
            }
        }
        let verdict = reported?;
        self.tell(&case, &verdict).await
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let name = EventName::from(BuildWork::EVENT);
        let Ok(work) = BuildWork::decode(&name, &attempt.delivery().body) else { return Ok(()) };
        let journal = self.0.journal();
        let _hand = self.0.shared.hands.take(work.number).await;
        let build = match journal.build(work.number).await {
            Ok(build) => build,
            Err(error) if error.is_no_build() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let (state, summary) = self.why_ended(&build, end).await?;
        let current = self.0.current();
        self.0.stop_runner(&current, attempt, &build).await;
        let ended = self.0.end(build, state, &summary).await?;
        self.after_queued(ended.number).await;
        let found = current.config.project(&work.project);
        let Some((project, job)) = found.and_then(|it| Some((it, it.job(&work.job)?))) else {
            return self.put_right(&current, &ended, attempt, end).await.map(drop);
        };
        let _always = self.0.shared.budget.take(Need::Always);
        let case = Case { current: &current, project, job, build: &ended, attempt, hold: None };
        let verdict = match self.lacks_its_report(&ended, state).await? {
            true => self.report(&case).await?,
            false => self.put_right(&current, &ended, attempt, end).await?,
        };
        self.tell(&case, &verdict).await
    }
}

impl Building {
    /// Builds, and reports: by whatever the config says.
    async fn report(&self, case: &Case<'_>) -> Result<Verdict, HandlerError> {
        let what = &case.build.what;
        let repo = case.current.hub.repo(&what.repo).await?;
        let reporters = Reporters::new(&repo, case.attempt);
        let is_said = self.may_say_that_it_runs(case).await?;
        match case.current.config.report {
            ReportBy::Statuses => {
                let reporter = reporters.status(&what.sha, &what.context);
                self.report_by(case, reporter.target_url(case.link()), is_said).await
            }
            ReportBy::Checks => {
                let reporter = reporters.check(&what.sha, &what.context);
                self.report_by(case, reporter.details_url(case.link()), is_said).await
            }
        }
    }

    async fn report_by<T: Target>(
        &self,
        case: &Case<'_>,
        reporter: Reporter<T>,
        is_said: bool,
    ) -> Result<Verdict, HandlerError> {
        let reporter = if is_said { reporter } else { reporter.only_the_end() };
        let text = format!("Build #{} is running", case.build.number);
        // Its runner goes on when this server is started anew, so a restart should not show.
        let reporter = reporter.description(text).on_interruption(AfterInterruption::Pending);
        let reporter = reporter.announcement_deadline(ANNOUNCEMENT);
        reporter.run(|| self.0.run(case)).await
    }

    /// Whether a build had come to its end before it was stopped, and nobody has said so. Where a newer one was made of
    /// the same commit, that one's word counts.
    async fn lacks_its_report(
        &self,
        build: &Build,
        stopped_as: BuildState,
    ) -> Result<bool, HandlerError> {
        let has_come_to_its_end = matches!(build.state, BuildState::Passed | BuildState::Failed);
        if !has_come_to_its_end || build.state == stopped_as {
            return Ok(false);
        }
        let what = &build.what;
        let last = self.0.journal().last_of(&what.project, &what.job, &what.sha).await?;
        Ok(last.is_none_or(|last| last.number <= build.number))
    }

    /// Whether GitHub hears that it runs: where writes are left for it. Else the journal says so.
    async fn may_say_that_it_runs(&self, case: &Case<'_>) -> Result<bool, HandlerError> {
        if case.hold.is_none() {
            return Ok(false);
        }
        let Err(why) = self.0.shared.budget.take(Need::Running) else { return Ok(true) };
        let text = format!("{}: GitHub is not told that it runs: {why}", case.build.what.context);
        let entry = NewEntry::of_build(EntryKind::Report, text, case.build);
        self.0.journal().enter(entry).await?;
        Ok(false)
    }

    /// Ends what GitHub was told of a build that was stopped, if it was told anything.
    async fn put_right(
        &self,
        current: &Current,
        build: &Build,
        attempt: &Attempt,
        end: End,
    ) -> Result<Verdict, HandlerError> {
        let (what, link) = (&build.what, self.0.link_of(build));
        let repo = current.hub.repo(&what.repo).await?;
        let reporters = Reporters::new(&repo, attempt);
        match current.config.report {
            ReportBy::Statuses => {
                let reporter = reporters.status(&what.sha, &what.context);
                reporter.target_url(link).ended(end).await?;
            }
            ReportBy::Checks => {
                let reporter = reporters.check(&what.sha, &what.context);
                reporter.details_url(link).ended(end).await?;
            }
        }
        Ok(verdict::of(build))
    }

    /// Once a build has begun to wait for approval: says so at GitHub, and what to do.
    async fn say_that_it_waits(&self, case: &Case<'_>) -> Result<(), HandlerError> {
        use hookstead::client::{CheckOutput, NewCheckRun, NewStatus};

        let what = &case.build.what;
        let text = format!("Build #{} waits for approval", case.build.number);
        let how = format!(
            "The code is a stranger's. Who may write to the repository lets it run by the comment `/test {}`.",
            what.sha
        );
        let is_said = case.attempt.has_done(SAID_THAT_IT_WAITS);
        let step = case.attempt.step(SAID_THAT_IT_WAITS, async || {
            let repo = case.current.hub.repo(&what.repo).await?;
            match case.current.config.report {
                ReportBy::Statuses => {
                    let status = NewStatus::pending().context(&what.context).description(&text);
                    repo.create_status(&what.sha, &status.target_url(case.link())).await?;
                }
                ReportBy::Checks => {
                    // By this name the reporter of a later attempt finds it, and completes it.
                    let own = CheckTarget::external_id(case.attempt);
                    let run = NewCheckRun::queued().details_url(case.link()).external_id(own);
                    let run = run.output(CheckOutput::new(&text, how));
                    repo.create_check_run(&what.sha, &what.context, &run).await?;
                }
            }
            let _always = self.0.shared.budget.take(Need::Always);
            let said = format!("{}: pending, {text}", what.context);
            let entry = NewEntry::of_build(EntryKind::Report, said, case.build);
            self.0.journal().enter(entry).await?;
            Ok::<_, HandlerError>(())
        });
        step.await?;
        if !is_said {
            self.notify(case, case.build).await;
        }
        Ok(())
    }

    /// Another machine ran it, and its runner may still be at it there. As long as that machine is heard of, it is
    /// that machine's.
    async fn leave_to_its_machine(&self, case: &Case<'_>) -> Result<(), HandlerError> {
        let Case { build, attempt, .. } = case;
        let own = &self.0.shared.machine;
        let Some(machine) = build.machine.as_ref().filter(|it| **it != own.name) else {
            return Ok(());
        };
        // Also where no start is written down: it may have been killed just before it could.
        if build.state != BuildState::Running {
            return Ok(());
        }
        let step = format!("{machine} is lost");
        let since: Timestamp =
            attempt.step(&step, async || Ok::<_, HandlerError>(Timestamp::now())).await?;
        let lost_for = match (since.instant(), Timestamp::now().instant()) {
            (Some(since), Some(now)) => now.duration_since(since).unsigned_abs(),
            _ => own.time,
        };
        let silent_for = self.0.journal().silence_of(machine).await?;
        if silent_for.map_or(lost_for, |silent| silent.min(lost_for)) < own.time {
            tracing::info!(
                build = build.number,
                machine,
                "a build is left to the machine that began it"
            );
            let why = format!("{machine}, which may still run it");
            return Err(HandlerError::wait(own.look(), why));
        }
        Ok(())
    }

    fn wait_for_room(&self, case: &Case<'_>) -> Result<(), HandlerError> {
        if case.build.state.is_final() || has_started(case.attempt) {
            return Ok(());
        }
        let work = &case.current.config.work;
        std::fs::create_dir_all(work)?;
        let room = self.0.journal().room(work)?;
        if room.is_enough() {
            return Ok(());
        }
        tracing::error!(%room, "no build begins");
        Err(HandlerError::wait(DISK_PAUSE, format!("room on the disk: {room}")))
    }

    /// Lets the word that it is queued arrive first, where one is on its way: from whichever machine.
    async fn after_queued(&self, number: i64) {
        loop {
            match self.0.journal().announced_for(number).await {
                Ok(None) => return,
                Ok(Some(since)) if since < QUEUED_DEADLINE => sleep(QUEUED_LOOK).await,
                Ok(Some(_)) => {
                    tracing::warn!(build = number, "the word that it is queued does not arrive");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, build = number, "nobody knows whether it is just said to be queued");
                    return;
                }
            }
        }
    }

    /// Why a build ends without its verdict.
    async fn why_ended(
        &self,
        build: &Build,
        end: End,
    ) -> Result<(BuildState, String), HandlerError> {
        Ok(match end {
            End::Superseded => (BuildState::Superseded, "a newer commit took its place".to_owned()),
            End::Canceled => {
                let filter = EntryFilter::Build(build.number);
                let entries = self.0.journal().entries(&filter, None, 20).await?;
                let said = entries.into_iter().find(|it| it.kind == EntryKind::Person);
                (BuildState::Canceled, said.map_or_else(String::new, |entry| entry.text))
            }
            _ if build.state == BuildState::Waiting => {
                (BuildState::Error, "nobody approved it".to_owned())
            }
            _ => (BuildState::Error, "it was tried too often".to_owned()),
        })
    }

    /// Writes down what was reported, and tells people. Once.
    async fn tell(&self, case: &Case<'_>, verdict: &Verdict) -> Result<(), HandlerError> {
        let journal = self.0.journal();
        let build = journal.build(case.build.number).await?;
        let is_told = case.attempt.has_done(TOLD);
        let step = case.attempt.step(TOLD, async || {
            let (state, text) = (verdict.state(), verdict.description());
            let text = format!("{}: {state}, {text}", case.build.what.context);
            journal.enter(NewEntry::of_build(EntryKind::Report, text, &build)).await?;
            let _always = self.0.shared.budget.take(Need::Always);
            Ok::<_, HandlerError>(())
        });
        step.await?;
        // After the step is kept: whoever ends this attempt while a chat is slow would tell it again.
        if !is_told {
            self.notify(case, &build).await;
        }
        Ok(())
    }

    /// Tells those whom the project names. It fails nothing, and nobody waits for it: the slot and the lane are needed.
    async fn notify(&self, case: &Case<'_>, build: &Build) {
        let link = self.0.link_of(build);
        let Some(notice) = Notice::of_build(build, link) else { return };
        let mut names = case.project.notify.clone();
        let is_news = notice.is_bad || self.is_mended(build).await;
        if is_news {
            names.extend(case.project.notify_failures.iter().cloned());
        }
        names.sort();
        names.dedup();
        let notifiers = case.current.notifiers.clone();
        tokio::spawn(async move { notifiers.report(names, &notice).await });
    }

    /// Whether it is the first that passed after one that did not.
    async fn is_mended(&self, build: &Build) -> bool {
        if build.state != BuildState::Passed {
            return false;
        }
        let what = &build.what;
        let filter = crate::journal::BuildFilter::Target(what.project.clone(), what.target.clone());
        let before = self.0.journal().builds(&filter, Some(build.number), 20).await;
        let before = before.unwrap_or_default().into_iter();
        let mut before = before.filter(|it| it.what.job == what.job);
        let decided = before.find(|it| {
            matches!(it.state, BuildState::Passed | BuildState::Failed | BuildState::Error)
        });
        decided.is_some_and(|it| it.state != BuildState::Passed)
    }
}
