//! One build's commands: the checkout, the runner, the log.

use std::sync::Arc;
use std::time::Duration;

use hookstead::report::Verdict;
use hookstead::{Attempt, HandlerError};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::annotations;
use super::artifacts;
use super::caches;
use super::case::Case;
use super::kept::KeptFailed;
use super::order;
use super::pipeline::{Current, Pipeline};
use super::verdict;
use crate::checkout::{CheckoutErrorKind, Revision, Source, make_spreading_folder, remove_folder};
use crate::journal::{BeginMode, Begun, BuildHold, EntryKind, LogWrite, NewEntry};
use crate::record::{Build, BuildCause, BuildState, NewBuild};
use crate::runner::{Ending, Outcome, Place, Progress, Runner};

/// A build whose runner was lost is started so often, all together: what kills three runners kills the fourth.
const MOST_STARTS: u32 = 3;

/// GitHub tells of a push before all its servers know the commit. So often it is asked for, with this pause.
const MOST_ASKED: u32 = 4;
const UNKNOWN_PAUSE: Duration = Duration::from_secs(5);

/// A runner that cannot be asked is asked again, so often and with this pause, before the attempt gives up.
const MOST_ERRORS: u32 = 5;
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// How long the end of a run is waited for that was told to stop: its grace, and some.
const STOP_DEADLINE: Duration = Duration::from_secs(15);

/// Why an attempt that has lost its build stops.
const ANOTHER: &str = "another attempt is at the build";

/// What came of starting a run. It is kept as a step, so that the next attempt goes on there.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Started {
    /// It runs here.
    At(Place),
    /// There is nothing to run: it has ended so.
    Ended(BuildState, String),
}

/// The names of the steps of a start.
fn started(start: u32) -> String {
    format!("start {start}")
}

fn lost(start: u32) -> String {
    format!("start {start} is lost")
}

/// The start that counts: the first that is not lost.
fn current_start(attempt: &Attempt) -> u32 {
    (1..MOST_STARTS).find(|start| !attempt.has_done(&lost(*start))).unwrap_or(MOST_STARTS)
}

/// The name of a run: each start of each run of the build's work has its own.
fn run_name(attempt: &Attempt, build: &Build, start: u32) -> String {
    format!("{}-{}-{start}", build.number, attempt.run())
}

/// Whether an attempt has started a run that may still be there.
pub(super) fn has_started(attempt: &Attempt) -> bool {
    attempt.has_done(&started(current_start(attempt)))
}

impl Pipeline {
    /// Does the work of a build, and says what it came to.
    pub(super) async fn run(&self, case: &Case<'_>) -> Result<Verdict, HandlerError> {
        let Some(mut hold) = case.hold else { return Ok(verdict::of(case.build)) };
        loop {
            let start = current_start(case.attempt);
            let name = run_name(case.attempt, case.build, start);
            let begin = case.attempt.step(&started(start), || self.start(case, hold, &name));
            let place = match begin.await? {
                Started::At(place) => place,
                Started::Ended(state, summary) => {
                    return self.finish(case, &hold, state, &summary, None).await;
                }
            };
            let mut guard = Guard::new(self, case.attempt, &place);
            let outcome = self.follow(case, &hold, &place).await;
            guard.is_over = true;
            let outcome = outcome?;
            if outcome.ending.may_be_retried() && start < MOST_STARTS {
                let text = format!("start {start} is {}", outcome.ending);
                let entry = NewEntry::of_build(EntryKind::Repair, text, case.build);
                self.journal().enter(entry).await?;
                let step = lost(start);
                case.attempt.step(&step, async || Ok::<_, HandlerError>(())).await?;
                // One that only could not be asked must not go on beside the next.
                if let Err(error) = self.shared.runner.cancel(&place).await {
                    tracing::warn!(%error, build = case.build.number, "a lost run cannot be stopped");
                }
                self.clean(case.current, &place, &name, None).await;
                let machine = &self.shared.machine.name;
                match self.journal().begin(case.build.number, machine, BeginMode::Anew).await? {
                    Begun::Held(new, _) => hold = new,
                    Begun::Refused(build) => return Ok(verdict::of(&build)),
                }
                continue;
            }
            self.journal().set_steps(&hold, &outcome.steps).await?;
            self.keep_artifacts(case, &name).await;
            for note in &outcome.notes {
                let entry = NewEntry::of_build(EntryKind::Build, note, case.build);
                self.journal().enter(entry).await?;
            }
            let state = outcome.ending.state();
            let summary = match &outcome.ending {
                Ending::Passed => String::new(),
                ending => ending.to_string(),
            };
            let verdict = self.finish(case, &hold, state, &summary, Some(&outcome)).await?;
            let failed = (state == BuildState::Failed).then_some(case.build);
            self.clean(case.current, &place, &name, failed).await;
            return Ok(verdict);
        }
    }

    /// Keeps what the job's `artifacts` name. A build that passed has passed, also where that fails.
    async fn keep_artifacts(&self, case: &Case<'_>, name: &str) {
        if case.job.artifacts.is_empty() {
            return;
        }
        let (paths, most) = (case.job.artifacts.clone(), case.job.limits.artifacts.bytes());
        let checkout = case.current.workspace(name).join("checkout");
        let into = case.current.config.work.join("artifacts").join(case.build.number.to_string());
        let keeping = spawn_blocking(move || artifacts::keep(&checkout, &paths, &into, most));
        let mut sentences = match keeping.await {
            Ok(Ok(kept)) => {
                let mut sentences = kept.left_out;
                let (files, bytes) = (kept.files, kept.bytes);
                sentences.push(format!("kept {files} files as artefacts, {bytes} bytes"));
                sentences
            }
            Ok(Err(error)) => vec![format!("the artefacts are not kept: {error}")],
            Err(error) => vec![format!("the artefacts are not kept: {error}")],
        };
        for sentence in sentences.drain(..) {
            let entry = NewEntry::of_build(EntryKind::Build, sentence, case.build);
            if let Err(error) = self.journal().enter(entry).await {
                tracing::warn!(%error, build = case.build.number, "the journal hears nothing of artefacts");
            }
        }
    }

    async fn finish(
        &self,
        case: &Case<'_>,
        hold: &BuildHold,
        state: BuildState,
        summary: &str,
        outcome: Option<&Outcome>,
    ) -> Result<Verdict, HandlerError> {
        // What was found in the log is read before the end, as a killed server comes by here again.
        let found = match outcome {
            Some(_) if !case.job.matchers.is_empty() => self.problems(case, hold).await?,
            _ => annotations::Found::default(),
        };
        if let Some(text) = found.entry() {
            let step = case.attempt.step("told of problems", async || {
                let entry = NewEntry::of_build(EntryKind::Build, text, case.build);
                self.journal().enter(entry).await
            });
            step.await?;
        }
        let summary = match state {
            BuildState::Failed => found.with_first(summary),
            _ => summary.to_owned(),
        };
        let ended = self.journal().finish(hold, state, &summary).await?.into_build();
        if !ended.state.is_final() {
            // That one says how it ends.
            return Err(HandlerError::retry(ANOTHER));
        }
        let verdict = verdict::of(&ended);
        Ok(found.annotations.into_iter().fold(verdict, Verdict::annotation))
    }

    /// Makes the checkout, and starts the run.
    async fn start(
        &self,
        case: &Case<'_>,
        hold: BuildHold,
        name: &str,
    ) -> Result<Started, HandlerError> {
        let (current, build) = (case.current, case.build);
        let what = &build.what;
        let error = |text: String| Ok(Started::Ended(BuildState::Error, text));
        // A server that was killed had started it, and could not write that down.
        if let Some(place) = self.shared.runner.find(name).await? {
            return Ok(Started::At(place));
        }
        make_spreading_folder(&current.workspaces())?;
        let folder = current.workspace(name);
        let checkout = folder.join("checkout");
        let credential = current.hub.git_credential(&what.repo).await?;
        let url = current.hub.clone_url(&what.repo);
        let (sha, repo) = (what.sha.clone(), what.repo.clone());
        let source = match what.as_merged() {
            Some(number) => Source::new(repo, url, Revision::Merge { number, head: sha }),
            None => {
                let source = Source::new(repo, url, Revision::commit(sha));
                // Of a commit that somebody named by its sha, no ref is known.
                match what.r#ref.starts_with("refs/") {
                    true => source.on_ref(&what.r#ref),
                    false => source,
                }
            }
        };
        let source = source.credential(credential);
        let made = match current.checkouts.check_out(&source, &checkout).await {
            Ok(made) => made,
            Err(problem) if problem.kind() == CheckoutErrorKind::NoSuchCommit => {
                if let Some(number) = what.as_merged()
                    && let Some(conflict) = conflict(current, what, number).await?
                {
                    return Ok(Started::Ended(BuildState::Failed, conflict));
                }
                if case.attempt.number() < MOST_ASKED {
                    return Err(HandlerError::retry_after(problem, UNKNOWN_PAUSE));
                }
                return error(problem.to_string());
            }
            Err(problem) if problem.is_final() => return error(problem.to_string()),
            Err(problem) => return Err(problem.into()),
        };
        self.journal().set_tree(&hold, made.tree.as_str()).await?;
        for sentence in &made.left_out {
            let entry = NewEntry::of_build(EntryKind::Build, *sentence, build);
            self.journal().enter(entry).await?;
        }
        if let Some(green) = self.green_of(build, made.tree.as_str()).await? {
            let text = format!("build #{} passed with the same files", green.number);
            return Ok(Started::Ended(BuildState::Passed, text));
        }
        let order = match order::of(case, &checkout, made.tree.as_str()) {
            Ok(order) => order,
            // A secret that cannot be read: somebody has to mend the config, and run it again.
            Err(problem) => return error(problem.to_string()),
        };
        if !order.caches.is_empty() {
            let (work, what) = (case.current.config.work.clone(), build.what.clone());
            spawn_blocking(move || caches::touch(&work, &what)).await??;
        }
        let place = self.shared.runner.start(name, &order).await?;
        Ok(Started::At(place))
    }

    /// A build that passed with exactly these files, unless somebody wants it all the same.
    async fn green_of(&self, build: &Build, tree: &str) -> Result<Option<Build>, HandlerError> {
        let what = &build.what;
        if !matches!(what.cause, BuildCause::Delivery { .. }) {
            return Ok(None);
        }
        let found = self.journal().green_of(&what.project, &what.job, tree).await?;
        // A stranger's build got no secrets, so it says less.
        Ok(found.filter(|it| it.number != build.number && (what.is_fork || !it.what.is_fork)))
    }

    /// Follows a run to its end, and keeps its log.
    async fn follow(
        &self,
        case: &Case<'_>,
        hold: &BuildHold,
        place: &Place,
    ) -> Result<Outcome, HandlerError> {
        let journal = self.journal();
        let build = journal.build(hold.number()).await?;
        let mut at = build.log_bytes.saturating_sub(hold.log_base());
        let (mut place, mut errors) = (place.clone(), 0);
        loop {
            match self.shared.runner.follow(&place, at).await {
                Ok(Progress::Log(bytes)) => match journal.append(hold, at, bytes).await? {
                    LogWrite::Next(next) => at = next,
                    LogWrite::Lost => {
                        return Err(HandlerError::retry(ANOTHER));
                    }
                },
                Ok(Progress::Quiet) => errors = 0,
                Ok(Progress::Moved(to)) => {
                    let step = format!("moved to {to}");
                    case.attempt.step(&step, async || Ok::<_, HandlerError>(())).await?;
                    place = to;
                }
                Ok(Progress::Ended(outcome)) => return Ok(outcome),
                Err(error) if errors < MOST_ERRORS => {
                    tracing::warn!(%error, build = hold.number(), "the runner cannot be asked");
                    errors += 1;
                    sleep(ERROR_PAUSE).await;
                }
                // Its run is not to be found here: it was another machine's, or somebody removed it.
                Err(error) => return Ok(Outcome::new(Ending::Lost { reason: error.to_string() })),
            }
        }
    }

    /// What the job's matchers find in the log.
    async fn problems(
        &self,
        case: &Case<'_>,
        hold: &BuildHold,
    ) -> Result<annotations::Found, HandlerError> {
        let mut finder = annotations::Finder::new(&case.job.matchers);
        let mut at = hold.log_base();
        loop {
            let part = self.journal().log(hold.number(), at, annotations::AT_ONCE).await?;
            if part.bytes.is_empty() {
                return Ok(finder.finish());
            }
            at = part.end();
            finder.read(&part.bytes);
        }
    }

    /// Whether a run of a build may be there: one that was started, be it written down or not.
    pub(super) async fn may_run(&self, attempt: &Attempt, build: &Build) -> bool {
        let name = run_name(attempt, build, current_start(attempt));
        // Whoever cannot be asked may well run something.
        has_started(attempt) || !matches!(self.shared.runner.find(&name).await, Ok(None))
    }

    /// Ends the run of a build that ends without its verdict, and keeps the rest of its log.
    pub(super) async fn stop_runner(&self, current: &Current, attempt: &Attempt, build: &Build) {
        let start = current_start(attempt);
        let name = run_name(attempt, build, start);
        let is_here = build.machine.as_ref() == Some(&self.shared.machine.name);
        let mut place = self.shared.runner.find(&name).await.ok().flatten();
        let step = started(start);
        if place.is_none() && is_here && attempt.has_done(&step) {
            let kept =
                attempt.step(&step, async || Err::<Started, _>(HandlerError::retry("not kept")));
            if let Ok(Started::At(kept)) = kept.await {
                place = Some(kept);
            }
        }
        // What another machine has of it, that one sweeps.
        let Some(place) = place else { return };
        let stopping = async {
            if let Err(error) = self.shared.runner.cancel(&place).await {
                tracing::warn!(%error, build = build.number, "a run cannot be stopped");
            }
            let machine = &self.shared.machine.name;
            let mut hold = None;
            if build.state == BuildState::Running && is_here {
                let begun = self.journal().begin(build.number, machine, BeginMode::Attach).await;
                if let Ok(Begun::Held(held, build)) = begun {
                    hold = Some((held, build.log_bytes.saturating_sub(held.log_base())));
                }
            }
            let mut at = hold.map_or(0, |(_, at)| at);
            loop {
                match self.shared.runner.follow(&place, at).await {
                    Ok(Progress::Log(bytes)) => {
                        let next = at + bytes.len() as u64;
                        at = match &hold {
                            Some((hold, _)) => match self.journal().append(hold, at, bytes).await {
                                Ok(LogWrite::Next(next)) => next,
                                _ => return,
                            },
                            None => next,
                        };
                    }
                    Ok(Progress::Ended(_)) | Err(_) => return,
                    Ok(_) => {}
                }
            }
        };
        if timeout(STOP_DEADLINE, stopping).await.is_err() {
            tracing::warn!(build = build.number, "a run does not stop");
            return;
        }
        self.clean(current, &place, &name, None).await;
    }

    /// Removes what a run leaves. The workspaces of some that failed are kept, to look into.
    async fn clean(&self, current: &Current, place: &Place, name: &str, failed: Option<&Build>) {
        if let Err(error) = self.shared.runner.forget(place).await {
            // Its workspace is its own as long as it runs; both are swept later.
            tracing::warn!(%error, name, "a run is not forgotten");
            return;
        }
        let kept = failed.and_then(|build| KeptFailed::of(current, build));
        self.remove_workspace(current, name, kept).await;
    }

    pub(super) async fn remove_workspace(
        &self,
        current: &Current,
        name: &str,
        kept: Option<KeptFailed>,
    ) {
        let folder = current.workspace(name);
        let cleaning = spawn_blocking(move || match kept {
            Some(kept) if folder.exists() => kept.keep(&folder),
            _ => remove_folder(&folder),
        });
        if let Ok(Err(error)) = cleaning.await {
            tracing::warn!(%error, name, "a workspace is not removed");
        }
    }
}

/// Why GitHub cannot merge the pull request, if it is so. Asking makes GitHub try it.
async fn conflict(
    current: &Current,
    what: &NewBuild,
    number: u64,
) -> Result<Option<String>, hookstead::client::Error> {
    let found = current.hub.repo(&what.repo).await?.pull_request(number).await?;
    let conflicts = found.mergeable == Some(false) && found.head.sha == what.sha;
    Ok(conflicts.then(|| {
        let base = found.base.r#ref;
        format!("it conflicts with {base}, so it cannot be built as merged")
    }))
}

/// Tells the runner to stop where the attempt is interrupted for good. At a shutdown the runner goes on.
struct Guard {
    runner: Arc<dyn Runner>,
    attempt: Attempt,
    place: Place,
    is_over: bool,
}

impl Guard {
    fn new(pipeline: &Pipeline, attempt: &Attempt, place: &Place) -> Self {
        let runner = Arc::clone(&pipeline.shared.runner);
        Self { runner, attempt: attempt.clone(), place: place.clone(), is_over: false }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        use hookstead::handler::Interruption::{Canceled, Superseded};

        let why = self.attempt.interruption();
        if self.is_over || !matches!(why, Some(Canceled | Superseded)) {
            return;
        }
        let (runner, place) = (Arc::clone(&self.runner), self.place.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = runner.cancel(&place).await {
                    tracing::warn!(%error, "a run cannot be stopped");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use hookstead::handler::Delivery;

    use super::super::trying;
    use super::*;
    use crate::journal::BuildWork;
    use crate::journal::trying::running;

    #[tokio::test]
    async fn who_has_lost_a_build_says_nothing_of_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = trying::pipeline(folder.path()).await;
        let lost = running(pipeline.journal()).await;
        pipeline.journal().begin(lost.number(), "two", BeginMode::Anew).await.unwrap();
        let current = pipeline.current();
        let build = pipeline.journal().build(lost.number()).await.unwrap();
        let project = current.config.project("a").unwrap();
        let job = project.job("test").unwrap();
        let delivery = Delivery::new("1".parse().unwrap(), BuildWork::EVENT.into(), "{}");
        let attempt = &Attempt::for_test(delivery);
        let case =
            Case { current: &current, project, job, build: &build, attempt, hold: Some(lost) };
        let said = pipeline.finish(&case, &lost, BuildState::Passed, "", None).await;
        assert_eq!(said.unwrap_err().to_string(), ANOTHER);
        assert_eq!(pipeline.journal().build(lost.number()).await.unwrap(), build);
    }
}
