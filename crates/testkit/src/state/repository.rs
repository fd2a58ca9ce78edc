use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hookstead_types::{RepoName, Sha, Timestamp};

use super::files::Files;
use super::history::History;
use super::hook::Hook;
use super::issues::Issues;
use super::merge_queue::MergeQueue;
use super::merge_request::MergeRequest;
use super::repository_index::RepositoryIndex;
use super::rules::Rules;
use crate::git::repository::GitRepository;
use crate::objects::check_run::RecordedCheckRun;
use crate::objects::deployment::RecordedDeployment;
use crate::objects::deployment_status::RecordedDeploymentStatus;
use crate::objects::pull_request::RecordedPullRequest;
use crate::objects::status::RecordedStatus;

/// A repository.
#[derive(Debug)]
pub(crate) struct RepositoryState {
    pub(crate) id: u64,
    pub(crate) name: RepoName,
    /// Who uses one of these is redirected.
    pub(crate) former_names: Vec<RepoName>,
    /// Whether the owner is an organization.
    pub(crate) of_organization: bool,
    pub(crate) default_branch: String,
    pub(crate) private: bool,
    /// Nobody finds it any more; what points to it still does.
    pub(crate) deleted: bool,
    /// The repository that this is a fork of.
    pub(crate) original: Option<RepositoryIndex>,
    /// If it is there, it has the commits, the branches and the tags, and what stands here follows it.
    pub(crate) git: Option<Arc<GitRepository>>,
    pub(crate) created_at: Timestamp,
    pub(crate) pushed_at: Timestamp,
    pub(crate) history: History,
    /// By name. A fork's branch is here too, as `owner:branch`; git forbids colons in names.
    pub(crate) branches: BTreeMap<String, Branch>,
    /// By name; only git makes tags.
    pub(crate) tags: BTreeMap<String, Tag>,
    pub(crate) pull_requests: Vec<RecordedPullRequest>,
    pub(crate) merge_requests: Vec<MergeRequest>,
    pub(crate) merge_queue: MergeQueue,
    /// The oldest first, as all these lists.
    pub(crate) statuses: Vec<RecordedStatus>,
    pub(crate) check_runs: Vec<RecordedCheckRun>,
    /// The check suites that somebody wants again.
    pub(crate) requeued_suites: BTreeSet<u64>,
    pub(crate) deployments: Vec<RecordedDeployment>,
    pub(crate) deployment_statuses: Vec<RecordedDeploymentStatus>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) issues: Issues,
    pub(crate) files: Files,
    pub(crate) rules: Rules,
}

/// A branch.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) head: Sha,
    /// Whether its changes conflict with those of every other branch.
    pub(crate) conflicting: bool,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// What it points to: its commit, or an object of its own if it is annotated.
    pub(crate) object: Sha,
    /// An odd tag is of no commit.
    pub(crate) commit: Option<Sha>,
}

impl RepositoryState {
    /// What a ref names: a branch (`main`, `heads/main`, `refs/heads/main`), a tag (`v1`, `tags/v1`,
    /// `refs/tags/v1`) or a full sha. A branch comes before a tag.
    pub(crate) fn resolve(&self, reference: &str) -> Option<Resolved> {
        let short = reference.strip_prefix("refs/").unwrap_or(reference);
        let name = short.strip_prefix("heads/").unwrap_or(short);
        if let Some(branch) = self.branches.get(name).filter(|_| !is_of_fork(name)) {
            return Some(Resolved { sha: branch.head.clone(), branch: Some(name.to_owned()) });
        }
        let tag = self.tags.get(short.strip_prefix("tags/").unwrap_or(short));
        if let Some(sha) = tag.and_then(|tag| tag.commit.clone()) {
            return Some(Resolved { sha, branch: None });
        }
        let commit = self.history.get(reference)?;
        Some(Resolved { sha: commit.sha.clone(), branch: None })
    }

    /// The repository's own branches, those of forks left out.
    pub(crate) fn own_branches(&self) -> impl Iterator<Item = (&str, &Branch)> {
        self.branches
            .iter()
            .filter(|(name, _)| !is_of_fork(name))
            .map(|(name, branch)| (name.as_str(), branch))
    }

    pub(crate) fn default_head(&self) -> Option<&Sha> {
        self.branches.get(&self.default_branch).map(|branch| &branch.head)
    }

    pub(crate) fn pull_request(&self, number: u64) -> Option<&RecordedPullRequest> {
        self.pull_requests.iter().find(|pull_request| pull_request.number == number)
    }

    pub(crate) fn pull_request_mut(&mut self, number: u64) -> Option<&mut RecordedPullRequest> {
        self.pull_requests.iter_mut().find(|pull_request| pull_request.number == number)
    }

    /// The number of the next issue or pull request: they share them.
    pub(crate) fn next_number(&self) -> u64 {
        let pull_requests = self.pull_requests.iter().map(|it| it.number);
        pull_requests.chain(self.issues.issues.iter().map(|it| it.number)).max().unwrap_or(0) + 1
    }

    /// The labels of an issue or a pull request. `None`: there is nothing of that number.
    pub(crate) fn labels(&self, number: u64) -> Option<&[String]> {
        let of_issue = self.issues.issue(number).map(|it| &*it.labels);
        of_issue.or_else(|| self.pull_request(number).map(|it| &*it.labels))
    }

    /// The last status of each context of a commit, the newest first.
    pub(crate) fn current_statuses(&self, sha: &Sha) -> Vec<&RecordedStatus> {
        let mut current: Vec<&RecordedStatus> = Vec::new();
        for status in self.statuses.iter().rev().filter(|status| status.sha == *sha) {
            if !current.iter().any(|seen| seen.context.eq_ignore_ascii_case(&status.context)) {
                current.push(status);
            }
        }
        current
    }

    pub(crate) fn check_run(&self, id: u64) -> Option<&RecordedCheckRun> {
        self.check_runs.iter().find(|run| run.id == id)
    }

    pub(crate) fn deployment(&self, id: u64) -> Option<&RecordedDeployment> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    /// The last status of a deployment.
    pub(crate) fn current_deployment_status(&self, id: u64) -> Option<&RecordedDeploymentStatus> {
        self.deployment_statuses.iter().rev().find(|status| status.deployment_id == id)
    }
}

/// Whether a branch, by its name in [`RepositoryState::branches`], is a fork's.
pub(crate) fn is_of_fork(branch: &str) -> bool {
    branch.contains(':')
}

/// What a ref names.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) sha: Sha,
    /// The branch, if the ref is one.
    pub(crate) branch: Option<String>,
}
