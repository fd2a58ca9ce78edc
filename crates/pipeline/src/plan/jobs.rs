//! Which jobs of a project run for a commit.

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, Passed, Wish};
use super::decision::{Approved, How, NotNeeded, Planned, Skipped};
use super::facts::Answer;
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::{Forks, Job, Patterns, Project, Trigger};
use crate::record::{Build, BuildCause, BuildState};

/// What becomes of a job.
enum Choice {
    Planned(Box<Planned>),
    Skipped(Because),
    /// The build of this number waited for just this.
    Approved(i64),
    /// It has nothing to do with it.
    LeftOut,
}

impl Planner<'_> {
    /// Offers a commit to all jobs of a project.
    pub(super) fn offer(&mut self, project: &Project, candidate: &Candidate) {
        if candidate.is_fork && project.forks == Forks::Never {
            return self.nothing(Because::ForksNever);
        }
        if project.jobs.is_empty() {
            return self.nothing(Because::NoJobs { project: project.name.clone() });
        }
        let known = self.builds(Lookup::builds_of(&project.name, &candidate.sha));
        for job in &project.jobs {
            let mut of_job: Vec<&Build> =
                known.iter().filter(|build| build.what.job == job.name).collect();
            // Whatever the order of the answer.
            of_job.sort_by_key(|build| std::cmp::Reverse(build.number));
            match self.choose(project, job, candidate, &of_job) {
                Choice::Planned(planned) => self.decision.builds.push(*planned),
                Choice::Skipped(because) => self.decision.skipped.push(Skipped {
                    project: project.name.clone(),
                    job: job.name.clone(),
                    not_needed: not_needed(candidate, &because, &of_job),
                    because,
                }),
                Choice::Approved(build) => {
                    let by = candidate.wish.as_ref().map(|wish| wish.by.clone());
                    self.decision.approved.push(Approved { build, by: by.unwrap_or_default() });
                }
                Choice::LeftOut => {}
            }
        }
    }

    fn choose(
        &mut self,
        project: &Project,
        job: &Job,
        candidate: &Candidate,
        known: &[&Build],
    ) -> Choice {
        let wish = candidate.wish.as_ref();
        let named = wish.and_then(|wish| wish.jobs.as_ref());
        match named {
            Some(jobs) if !jobs.contains(&job.name) => return Choice::LeftOut,
            Some(_) => {}
            None => {
                if let Err(because) = runs_for(job, candidate) {
                    return Choice::Skipped(because);
                }
            }
        }

        let mut build = candidate.build(project, job);
        // What was built as merged says nothing of the commit alone, nor the other way round.
        let is_same = |it: &&Build| it.what.as_merged() == build.as_merged();
        let known: Vec<&Build> = known.iter().copied().filter(is_same).collect();
        let known = known.as_slice();
        let last = known.first().map(|build| build.number);
        if let (Some(of), BuildCause::Asked { by }) = (last, &build.cause) {
            build.cause = BuildCause::Again { of, by: by.clone() };
        }
        let planned =
            |build, how, although| Choice::Planned(Box::new(Planned { build, how, although }));
        // The base may be another one than that which a build as merged began with.
        let is_merged_anew = build.as_merged().is_some() && wish.is_none();
        let live = live(candidate, known)
            .filter(|live| !is_merged_anew || live.state != BuildState::Running)
            .filter(|live| wish.is_some() || !build.came_back_since(&live.what));
        if let Some(live) = live {
            let (number, state) = (live.number, live.state);
            return match wish {
                Some(Wish { approves: true, .. }) if state == BuildState::Waiting => {
                    Choice::Approved(number)
                }
                _ => planned(build, How::Joins { build: number, state }, None),
            };
        }
        match wish.map_or(Passed::IsGreen, |wish| wish.passed) {
            Passed::RunsAgain => {}
            Passed::IsLeft => match known.first() {
                Some(last) if last.state == BuildState::Passed => {
                    return Choice::Skipped(Because::PassedAlready { build: last.number });
                }
                _ => {}
            },
            // Whether the tree is green is seen when it is there.
            Passed::IsGreen if is_merged_anew => {}
            Passed::IsGreen => {
                if let Some(how) = self.green(project, job, candidate, known) {
                    return planned(build, how, None);
                }
            }
        }

        let although = match self.paths(job, candidate) {
            Ok(although) => although,
            Err(because) => return Choice::Skipped(because),
        };
        build.needs_approval = candidate.is_fork
            && project.forks == Forks::Ask
            && !wish.is_some_and(|wish| wish.approves)
            && !known.iter().any(|build| was_allowed(build));
        planned(build, How::Runs, although)
    }

    /// Whether the job passed with the same commit, or with the same files.
    fn green(
        &mut self,
        project: &Project,
        job: &Job,
        candidate: &Candidate,
        known: &[&Build],
    ) -> Option<How> {
        let counts = |build: &Build| {
            // A stranger's code had no secrets, so a job that needs them was not really tried.
            !build.what.is_fork || candidate.is_fork || job.secrets.is_empty()
        };
        // What was canceled or broke down by itself says nothing of the code.
        let is_verdict =
            |build: &&&Build| matches!(build.state, BuildState::Passed | BuildState::Failed);
        match known.iter().find(is_verdict) {
            Some(last) if last.state == BuildState::Passed && counts(last) => {
                return Some(How::Green { build: last.number, by_tree: false });
            }
            Some(last) if last.state == BuildState::Failed => return None,
            _ => {}
        }
        let passed = self.builds(Lookup::PassedTree {
            project: project.name.clone(),
            job: job.name.clone(),
            tree: candidate.tree.as_ref()?.to_string(),
        });
        let passed =
            passed.iter().find(|build| build.state == BuildState::Passed && counts(build))?;
        Some(How::Green { build: passed.number, by_tree: passed.what.sha != candidate.sha })
    }

    /// Whether a changed file matches the job's `paths`, or why the job runs without that.
    fn paths(&mut self, job: &Job, candidate: &Candidate) -> Result<Option<Because>, Because> {
        let (Some(patterns), None) = (&job.paths, &candidate.wish) else { return Ok(None) };
        let unknown = |why: &str| Ok(Some(Because::PathsUnknown { why: why.to_owned() }));
        match &candidate.files {
            ChangedFiles::All => Ok(None),
            ChangedFiles::Unknown(why) => unknown(why),
            ChangedFiles::These(paths) => any_matches(patterns, paths),
            ChangedFiles::OfPullRequest(number) => {
                let repo = candidate.repo.to_string();
                match self.ask(Lookup::ChangedFiles { repo, number: *number }) {
                    Some(Answer::Files { is_complete: false, paths })
                        if any_matches(patterns, paths).is_err() =>
                    {
                        unknown("it changes more files than GitHub lists")
                    }
                    Some(Answer::Files { paths, .. }) => any_matches(patterns, paths),
                    _ => unknown("GitHub could not be asked which files changed"),
                }
            }
        }
    }
}

/// A build of the job and the commit that has not ended. Code of one's own never waits for what was made for a
/// stranger's: that has no secrets, and may need approval.
fn live<'a>(candidate: &Candidate, known: &[&'a Build]) -> Option<&'a Build> {
    let fits =
        |build: &&&Build| !build.state.is_final() && (candidate.is_fork || !build.what.is_fork);
    known.iter().find(fits).copied()
}

/// The commit that the job is not needed for, if GitHub is to be told. Another pull request may have the same head and
/// need the job, so what is known of it stays.
fn not_needed(candidate: &Candidate, because: &Because, known: &[&Build]) -> Option<NotNeeded> {
    let is_said = candidate.trigger == Trigger::PullRequest
        && matches!(because, Because::Paths { .. })
        && known.is_empty();
    is_said.then(|| NotNeeded { repo: candidate.repo.clone(), sha: candidate.sha.clone() })
}

/// Whether somebody has said already that this commit of a fork may run.
fn was_allowed(build: &Build) -> bool {
    !build.what.needs_approval || build.approved_by.is_some()
}

fn any_matches(patterns: &Patterns, paths: &[String]) -> Result<Option<Because>, Because> {
    if paths.iter().any(|path| patterns.matches(path)) {
        return Ok(None);
    }
    Err(Because::Paths { files: paths.len(), patterns: patterns.to_string() })
}

/// Whether a job runs for this trigger and branch.
pub(super) fn runs_for(job: &Job, candidate: &Candidate) -> Result<(), Because> {
    let trigger = candidate.trigger;
    if !job.on.contains(&trigger) {
        let on = job.on.iter().map(ToString::to_string).collect();
        return Err(Because::NotOn { trigger: trigger.to_string(), on });
    }
    if candidate.is_draft && !job.drafts && candidate.wish.is_none() {
        return Err(Because::Draft);
    }
    let Some(name) = candidate.branch.clone() else { return Ok(()) };
    match (trigger, &job.branches, &job.tags) {
        (Trigger::Tag, _, Some(tags)) if !tags.matches(&name) => {
            Err(Because::Tags { tag: name, patterns: tags.to_string() })
        }
        (Trigger::Tag, ..) => Ok(()),
        (_, Some(branches), _) if !branches.matches(&name) => {
            Err(Because::Branches { branch: name, patterns: branches.to_string() })
        }
        (Trigger::Push, None, _) if candidate.branch != candidate.default_branch => {
            let default = candidate.default_branch.clone();
            Err(Because::NotDefaultBranch { branch: name, default })
        }
        _ => Ok(()),
    }
}
