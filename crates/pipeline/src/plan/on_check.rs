//! The buttons of check runs and check suites.

use hookstead::events::{
    CheckRunAction, CheckRunEvent, CheckSuiteAction, CheckSuiteEvent, Event, MinimalPullRequest,
    Subject,
};
use hookstead::types::{RepoName, Sha};

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, Passed, Wish, first_line};
use super::decision::Canceled;
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::{Credentials, Project, Trigger};
use crate::record::{BuildCause, BuildTarget};

/// What an App calls the button of a check that waits for approval.
pub const APPROVE_BUTTON: &str = "approve";

/// What an App calls the button of a check that runs.
pub const CANCEL_BUTTON: &str = "cancel";

/// A commit of a check, as the event shows it.
struct Checked<'a> {
    sha: &'a Sha,
    subject: Option<Subject>,
    is_fork: Option<bool>,
    branch: Option<&'a str>,
    pull_requests: &'a [MinimalPullRequest],
    title: String,
    default_branch: Option<&'a str>,
}

impl Planner<'_> {
    pub(super) fn on_check_run(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &CheckRunEvent,
        by: Option<&str>,
    ) {
        let check = &event.check_run;
        let name = check.name.clone();
        let job = project.jobs.iter().find(|job| job.context == name);
        let (Some(job), true) = (job, self.is_own(check.app.as_ref().map(|app| app.id))) else {
            return self.nothing(Because::NoCheckOfOurs { name });
        };
        let Some(by) = by else { return self.nothing(Because::Nobody) };
        let Some(sha) = event.head_sha() else { return self.nothing(Because::NoCommit) };
        let button = event.requested_action.as_ref();
        let button = button.and_then(|action| action.identifier.as_deref()).unwrap_or_default();
        let is_rerun = event.action == CheckRunAction::Rerequested;
        if !is_rerun && ![APPROVE_BUTTON, CANCEL_BUTTON].contains(&button) {
            return self.nothing(Because::UnknownButton { identifier: button.to_owned() });
        }
        // GitHub shows buttons to those who may write only; so much is not left to it.
        if !is_rerun && !self.obeys(repo, by) {
            return;
        }
        if !is_rerun && button == CANCEL_BUTTON {
            return self.cancel_job(project, &job.name, sha, by);
        }
        let suite = check.check_suite.as_ref();
        let checked = Checked {
            sha,
            subject: event.subject(),
            is_fork: event.is_from_fork(),
            branch: suite.and_then(|suite| suite.head_branch.as_deref()),
            pull_requests: &check.pull_requests,
            title: String::new(),
            default_branch: event.repository.default_branch.as_deref(),
        };
        let wish = Wish {
            by: by.to_owned(),
            jobs: Some(vec![job.name.clone()]),
            passed: if is_rerun { Passed::RunsAgain } else { Passed::IsGreen },
            approves: !is_rerun,
        };
        self.check_again(project, repo, &checked, wish);
    }

    pub(super) fn on_check_suite(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &CheckSuiteEvent,
        by: Option<&str>,
    ) {
        let suite = &event.check_suite;
        if event.action == CheckSuiteAction::Requested {
            return self.nothing(Because::PushTells);
        }
        if !self.is_own(suite.app.as_ref().map(|app| app.id)) {
            return self.nothing(Because::NoCheckOfOurs { name: "suite".to_owned() });
        }
        let Some(by) = by else { return self.nothing(Because::Nobody) };
        let Some(sha) = event.head_sha() else { return self.nothing(Because::NoCommit) };
        let commit = suite.head_commit.as_ref();
        let checked = Checked {
            sha,
            subject: event.subject(),
            is_fork: event.is_from_fork(),
            branch: suite.head_branch.as_deref(),
            pull_requests: &suite.pull_requests,
            title: commit.map(|commit| first_line(&commit.message)).unwrap_or_default(),
            default_branch: event.repository.default_branch.as_deref(),
        };
        let wish =
            Wish { by: by.to_owned(), jobs: None, passed: Passed::RunsAgain, approves: false };
        self.check_again(project, repo, &checked, wish);
    }

    /// Whether the check belongs to the App of the config, as far as both are known.
    fn is_own(&self, app: Option<u64>) -> bool {
        match (&self.config.credentials, app) {
            (Credentials::App { id, .. }, Some(app)) => *id == app,
            _ => true,
        }
    }

    fn cancel_job(&mut self, project: &Project, job: &str, sha: &Sha, by: &str) {
        let because = Because::CanceledBy { by: by.to_owned() };
        let builds = self.builds(Lookup::builds_of(&project.name, sha));
        let live = builds.iter().filter(|it| it.what.job == job && !it.state.is_final());
        let live: Vec<Canceled> =
            live.map(|it| Canceled { build: it.number, because: because.clone() }).collect();
        if live.is_empty() {
            self.nothing(Because::NothingToCancel { after: Box::new(because) });
        }
        self.decision.canceled.extend(live);
    }

    /// Repeats the builds of the commit; where none is known, offers it as the event shows it.
    fn check_again(
        &mut self,
        project: &Project,
        repo: &RepoName,
        checked: &Checked<'_>,
        wish: Wish,
    ) {
        let known = self.builds(Lookup::builds_of(&project.name, checked.sha));
        let mut is_known = false;
        for job in &project.jobs {
            let is_wanted = wish.jobs.as_ref().is_none_or(|jobs| jobs.contains(&job.name));
            let of_job = known.iter().filter(|build| is_wanted && build.what.job == job.name);
            if let Some(last) = of_job.max_by_key(|build| build.number) {
                is_known = true;
                self.repeat(project, repo, last, wish.clone());
            }
        }
        if !is_known {
            let candidate = self.as_checked(repo, checked, wish);
            self.offer(project, &candidate);
        }
    }

    fn as_checked(&self, repo: &RepoName, checked: &Checked<'_>, wish: Wish) -> Candidate {
        let number = checked.subject.and_then(Subject::pull_request);
        // Where nothing tells, it may be a stranger's.
        let is_fork = checked.is_fork.unwrap_or(checked.branch.is_none());
        let base = || {
            let listed = checked.pull_requests.iter().find(|it| Some(it.number) == number)?;
            Some(listed.base.as_ref()?.r#ref.clone())
        };
        let (trigger, target, r#ref, branch) = match (number, checked.branch) {
            (Some(number), _) => (
                Trigger::PullRequest,
                BuildTarget::PullRequest(number),
                format!("refs/pull/{number}/head"),
                base(),
            ),
            (None, Some(branch)) if !is_fork => (
                Trigger::Push,
                BuildTarget::Branch(branch.to_owned()),
                format!("refs/heads/{branch}"),
                Some(branch.to_owned()),
            ),
            _ => {
                let sha = checked.sha.to_string();
                (Trigger::PullRequest, BuildTarget::Commit(sha.clone()), sha, None)
            }
        };
        Candidate {
            trigger,
            repo: repo.clone(),
            sha: checked.sha.clone(),
            before: None,
            r#ref,
            target,
            cause: BuildCause::Asked { by: wish.by.clone() },
            moment: self.at.clone(),
            title: checked.title.clone(),
            author: String::new(),
            is_fork,
            is_draft: false,
            branch,
            default_branch: checked.default_branch.map(str::to_owned),
            tree: None,
            files: ChangedFiles::All,
            wish: Some(wish),
        }
    }
}
