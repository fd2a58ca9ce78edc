use hookstead::events::{AnyEvent, Event};
use hookstead::types::{RepoName, Sha, Timestamp};

use super::because::Because;
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::{Job, Project, Trigger};
use crate::record::{BuildCause, BuildTarget, Head, NewBuild};

/// A commit that is offered to the jobs of a project.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// What jobs have to run for.
    pub(super) trigger: Trigger,
    pub(super) repo: RepoName,
    pub(super) sha: Sha,
    pub(super) before: Option<Sha>,
    pub(super) r#ref: String,
    pub(super) target: BuildTarget,
    pub(super) cause: BuildCause,
    pub(super) moment: Timestamp,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) is_fork: bool,
    pub(super) is_draft: bool,
    /// What the jobs' `branches` and `tags` look at: the branch or tag, or the branch that is merged into.
    /// `None`: they do not count.
    pub(super) branch: Option<String>,
    pub(super) default_branch: Option<String>,
    /// The tree of the commit, where the event says it.
    pub(super) tree: Option<Sha>,
    pub(super) files: ChangedFiles,
    /// Who asked, if somebody did.
    pub(super) wish: Option<Wish>,
}

/// What the jobs' `paths` look at.
#[derive(Debug, Clone)]
pub(super) enum ChangedFiles {
    /// Nothing: `paths` do not count.
    All,
    /// These.
    These(Vec<String>),
    /// Nobody knows, because of this.
    Unknown(&'static str),
    /// Those of this pull request, which GitHub knows.
    OfPullRequest(u64),
}

/// A person's wish for builds. The job's `paths` and `drafts` do not count for it.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    /// Their login, or `command line`.
    pub(super) by: String,
    /// The jobs, by their names; `None`: those that run for the trigger and the branch.
    pub(super) jobs: Option<Vec<String>>,
    pub(super) passed: Passed,
    /// Whether the code of a fork may run by it.
    pub(super) approves: bool,
}

/// What becomes of a job that passed with the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// It is green.
    IsGreen,
    /// It is left alone.
    IsLeft,
    /// It runs again.
    RunsAgain,
}

impl Candidate {
    /// The build of a job.
    pub(super) fn build(&self, project: &Project, job: &Job) -> NewBuild {
        let head = || format!("{}/head", self.r#ref.strip_suffix("/merge").unwrap_or_default());
        let r#ref = match &self.target {
            BuildTarget::PullRequest(number) if job.as_merged => {
                format!("refs/pull/{number}/merge")
            }
            // What is repeated was built as merged, and is not any more: the config changed, or the head moved.
            _ if is_merge(&self.r#ref) => head(),
            _ => self.r#ref.clone(),
        };
        NewBuild {
            project: project.name.clone(),
            job: job.name.clone(),
            context: job.context.clone(),
            repo: self.repo.clone(),
            sha: self.sha.clone(),
            before: self.before.clone(),
            r#ref,
            target: self.target.clone(),
            cause: self.cause.clone(),
            moment: self.moment.clone(),
            title: self.title.clone(),
            author: self.author.clone(),
            is_fork: self.is_fork,
            needs_approval: false,
        }
    }

    /// Whether something newer of the target is known: events come in any order. What is the newest although its
    /// moment is not gets the moment of what it follows, as in a lane the latest moment counts first.
    pub(super) fn newer(&mut self, planner: &mut Planner<'_>) -> Option<Because> {
        let known = planner.head(Lookup::head(&self.repo, &self.target))?;
        if known.sha == self.sha || !self.head().is_older_than(known) {
            if self.moment.instant() < known.moment.instant() {
                self.moment.clone_from(&known.moment);
            }
            return None;
        }
        let target = self.target.clone();
        if known.sha.is_zero() {
            return Some(Because::IsGone { target });
        }
        Some(Because::NewerIsKnown { target, sha: known.sha.clone() })
    }

    fn head(&self) -> Head {
        let (sha, before) = (self.sha.clone(), self.before.clone());
        Head { sha, before, moment: self.moment.clone() }
    }

    /// Writes down the target's head, where the event says it.
    pub(super) fn see(&self, planner: &mut Planner<'_>) {
        planner.see(&self.repo, &self.target, self.head());
    }
}

/// Whether it is GitHub's ref for a pull request as merged.
fn is_merge(name: &str) -> bool {
    name.starts_with("refs/pull/") && name.ends_with("/merge")
}

/// The first line of a commit's message, or of a title.
pub(super) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The event with its action: `pull_request.opened`.
pub(super) fn name_of(event: &AnyEvent) -> String {
    match event.common().action {
        Some(action) => format!("{}.{action}", event.name()),
        None => event.name().to_string(),
    }
}
