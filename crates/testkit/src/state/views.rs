//! The facts about a thing, taken from the world as it stands.

use hookstead_types::StatusState;

use super::app::Installation;
use super::facts::{
    CheckRunFacts, HookFacts, InstallationFacts, IssueFacts, Mergeability, OwnerFacts,
    PullRequestFacts, RepositoryFacts,
};
use super::hook::{Hook, HookOwner};
use super::repository::RepositoryState;
use super::repository_index::RepositoryIndex;
use super::world::World;
use crate::objects::check_run::RecordedCheckRun;
use crate::objects::issue::RecordedIssue;
use crate::objects::pull_request::{RecordedPullRequest, TestMerge};

impl RepositoryState {
    pub(crate) fn facts(&self) -> RepositoryFacts {
        RepositoryFacts {
            id: self.id,
            name: self.name.clone(),
            of_organization: self.of_organization,
            default_branch: self.default_branch.clone(),
            private: self.private,
            is_fork: self.original.is_some(),
            created_at: self.created_at.clone(),
            pushed_at: self.pushed_at.clone(),
            labels: self.issues.labels.clone(),
            open_issues: self.pull_requests.iter().filter(|it| it.open).count()
                + self.issues.issues.iter().filter(|it| it.open).count(),
        }
    }

    pub(crate) fn pull_request_facts(&self, it: &RecordedPullRequest) -> PullRequestFacts {
        PullRequestFacts {
            it: it.clone(),
            commits: self.history.between(Some(&it.base_sha), &it.head_sha).len(),
            mergeability: self.mergeability(it),
        }
    }

    /// An issue, or a pull request as far as it is one.
    pub(crate) fn issue_facts(&self, number: u64) -> Option<IssueFacts> {
        let pull_request = self.pull_request(number);
        let it = self.issues.issue(number).cloned().or_else(|| Some(as_issue(pull_request?)))?;
        Some(IssueFacts {
            association: self.association(&it.author),
            comments: self.issues.comments_on(number).count(),
            pull_request: pull_request.cloned(),
            it,
        })
    }

    fn mergeability(&self, it: &RecordedPullRequest) -> Mergeability {
        if !it.open || !it.mergeability_known {
            return Mergeability::Unknown;
        }
        let statuses = self.current_statuses(&it.head_sha);
        if self.is_conflicting(it) {
            Mergeability::Conflicting
        } else if it.draft {
            Mergeability::Draft
        } else if self.is_blocked(it) {
            Mergeability::Blocked
        } else if self.is_behind(it) {
            Mergeability::Behind
        } else if statuses.iter().any(|status| status.state != StatusState::Success) {
            Mergeability::Unstable
        } else {
            Mergeability::Clean
        }
    }

    /// Whether git finds that it conflicts, or the pull request's branch or its base is one that conflicts with
    /// every other.
    pub(in crate::state) fn is_conflicting(&self, it: &RecordedPullRequest) -> bool {
        let conflicting =
            |branch: &String| self.branches.get(branch).is_some_and(|it| it.conflicting);
        it.test_merge == TestMerge::Conflict || conflicting(&it.branch) || conflicting(&it.base_ref)
    }

    pub(crate) fn check_run_facts(&self, it: &RecordedCheckRun) -> CheckRunFacts {
        let mut branches = self.own_branches().filter(|(_, branch)| branch.head == it.sha);
        let commit = self.history.get(it.sha.as_str());
        let is_about = |pull: &&RecordedPullRequest| {
            pull.open && pull.fork.is_none() && pull.head_sha == it.sha
        };
        CheckRunFacts {
            it: it.clone(),
            head_branch: branches.next().map(|(name, _)| name.to_owned()),
            before: commit.and_then(|commit| commit.parents.first().cloned()),
            pull_requests: self.pull_requests.iter().filter(is_about).cloned().collect(),
        }
    }
}

fn as_issue(it: &RecordedPullRequest) -> RecordedIssue {
    RecordedIssue {
        id: it.id,
        number: it.number,
        title: it.title.clone(),
        body: it.body.clone(),
        author: it.author.clone(),
        open: it.open,
        labels: it.labels.clone(),
        created_at: it.created_at.clone(),
        updated_at: it.updated_at.clone(),
        closed_at: it.closed_at.clone(),
    }
}

impl World {
    /// The facts about a repository.
    pub(crate) fn facts(&self, at: RepositoryIndex) -> RepositoryFacts {
        self.repository(at).facts()
    }

    pub(crate) fn hook_facts(&self, owner: HookOwner, it: &Hook) -> HookFacts {
        let owner = match owner {
            HookOwner::Repository(at) => OwnerFacts::Repository(self.repository(at).name.clone()),
            HookOwner::Organization(index) => {
                let login = self.organizations.get(index).map(|it| it.login.clone());
                OwnerFacts::Organization(login.unwrap_or_default())
            }
            HookOwner::App => OwnerFacts::App,
        };
        HookFacts { it: it.clone(), owner }
    }

    pub(crate) fn installation_facts(&self, it: &Installation) -> InstallationFacts {
        let of_organization = self.find_organization(&it.account).is_some();
        InstallationFacts { it: it.clone(), of_organization }
    }
}
