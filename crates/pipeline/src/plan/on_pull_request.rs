//! What happens to pull requests.

use hookstead::events::{Event, PullRequestAction, PullRequestEvent};
use hookstead::types::{PullRequestState, RepoName, Sha};

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles};
use super::jobs::runs_for;
use super::planner::Planner;
use super::skip_words::skip_words;
use crate::config::{Project, Trigger};
use crate::record::{Build, BuildCause, BuildTarget, Head};

/// Whether an action may change what is built, or whether.
pub(super) fn is_of_interest(action: &PullRequestAction) -> bool {
    matches!(
        action,
        PullRequestAction::Opened
            | PullRequestAction::Reopened
            | PullRequestAction::Synchronize
            | PullRequestAction::ReadyForReview
            | PullRequestAction::Edited
            | PullRequestAction::Closed
    )
}

impl Planner<'_> {
    pub(super) fn on_pull_request(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &PullRequestEvent,
        cause: &BuildCause,
    ) {
        let pull_request = &event.pull_request;
        let number = pull_request.number;
        if event.action == PullRequestAction::Closed {
            return self.on_closed(project, repo, event, cause);
        }
        let base = event.changes.as_ref().and_then(|changes| changes.base.as_ref());
        if event.action == PullRequestAction::Edited && base.is_none() {
            return self.nothing(Because::BaseIsTheSame);
        }
        if pull_request.state == PullRequestState::Closed {
            return self.nothing(Because::IsClosed { number });
        }
        let Some(mut candidate) = self.of_pull_request(repo, event, cause) else {
            return self.nothing(Because::NoCommit);
        };
        if let Some(because) = candidate.newer(self) {
            return self.nothing(because);
        }
        candidate.see(self);
        if let Some(words) = skip_words(&pull_request.title) {
            let place = "the title of the pull request".to_owned();
            return self.nothing(Because::SkipWords { words, place });
        }
        self.offer(project, &candidate);
    }

    fn of_pull_request(
        &self,
        repo: &RepoName,
        event: &PullRequestEvent,
        cause: &BuildCause,
    ) -> Option<Candidate> {
        let pull_request = &event.pull_request;
        let number = pull_request.number;
        let author = pull_request.user.as_ref().map(|user| user.login.clone());
        Some(Candidate {
            trigger: Trigger::PullRequest,
            repo: repo.clone(),
            sha: event.head_sha()?.clone(),
            before: event.before.clone().filter(|sha| sha.is_well_formed() && !sha.is_zero()),
            r#ref: format!("refs/pull/{number}/head"),
            target: BuildTarget::PullRequest(number),
            cause: cause.clone(),
            moment: self.moment(pull_request.updated_at.as_ref()),
            title: pull_request.title.clone(),
            author: author.unwrap_or_default(),
            is_fork: pull_request.is_from_fork(),
            is_draft: pull_request.draft,
            branch: Some(pull_request.base.r#ref.clone()),
            default_branch: event.repository.default_branch.clone(),
            tree: None,
            files: ChangedFiles::OfPullRequest(number),
            wish: None,
        })
    }

    /// Cancels what waits or runs, unless the head's branch, or the base, wants the same builds.
    fn on_closed(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &PullRequestEvent,
        cause: &BuildCause,
    ) {
        let pull_request = &event.pull_request;
        let number = pull_request.number;
        let because = Because::Closed { number, is_merged: pull_request.is_merged() };
        let target = BuildTarget::PullRequest(number);
        let head = &pull_request.head;
        let moment = self.moment(pull_request.updated_at.as_ref());
        // Without a commit before it: when it is opened again, it is at the same.
        let gone = Head { sha: zeros(&head.sha), before: None, moment };
        if let Some(because) = self.came_back(repo, &target, &gone) {
            return self.nothing(because);
        }
        self.see(repo, &target, gone);
        let is_base =
            pull_request.is_merged() && pull_request.merge_commit_sha.as_ref() == Some(&head.sha);
        let branch = if is_base { &pull_request.base.r#ref } else { &head.r#ref };
        let as_branch = self.of_pull_request(repo, event, cause).map(|candidate| Candidate {
            trigger: Trigger::Push,
            branch: Some(branch.clone()),
            is_draft: false,
            ..candidate
        });
        let also_for = |build: &Build| {
            let candidate = as_branch.as_ref()?;
            let is_branch = build.what.sha == candidate.sha && (is_base || !candidate.is_fork);
            let job = project.job(&build.what.job).filter(|_| is_branch)?;
            runs_for(job, candidate).ok()?;
            Some(BuildTarget::Branch(branch.clone()))
        };
        self.cancel_unless(project, &target, &because, also_for);
    }
}

/// The sha that stands for no commit, as long as this one.
fn zeros(sha: &Sha) -> Sha {
    let zeros = "0".repeat(if sha.as_str().len() == 64 { 64 } else { 40 });
    zeros.parse().unwrap_or_else(|_| sha.clone())
}
