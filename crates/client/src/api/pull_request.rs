use hookstead_types::{Decode, PullRequestState, RepoName, Sha, Timestamp, User};

use crate::api::pull_request_filter::PullRequestFilter;
use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A pull request, as the API shows it: what reporting and merging need of it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct PullRequest {
    /// Its number in the repository.
    pub number: u64,
    /// Whether it is open.
    pub state: PullRequestState,
    /// What is to be merged.
    pub head: PullRequestBranch,
    /// What it is to be merged into.
    pub base: PullRequestBranch,
    /// Its number in all of GitHub.
    pub id: Option<u64>,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub body: Option<String>,
    /// Whether it is merged; see [`is_merged`](Self::is_merged).
    pub merged: Option<bool>,
    /// Whether it can be merged. `None`: GitHub is finding out, ask again in a moment.
    pub mergeable: Option<bool>,
    /// `clean`, `dirty`, `blocked`, `behind`, `unstable`, `unknown` or something else.
    pub mergeable_state: Option<String>,
    /// Before the merge a commit that GitHub made to try it out; after it the commit that the base
    /// branch got: the merge commit, the squashed one, or the last of the rebased ones.
    pub merge_commit_sha: Option<Sha>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Who opened it.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
    /// Who merged it.
    #[serde(default, deserialize_with = "user")]
    pub merged_by: Option<User>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

impl PullRequest {
    /// Whether it is merged. GitHub's shorter forms of a pull request lack `merged`, but have
    /// `merged_at`.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.merged.unwrap_or(self.merged_at.is_some())
    }
}

/// One side of a pull request, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct PullRequestBranch {
    /// The commit.
    pub sha: Sha,
    /// The branch, without `refs/heads/`.
    pub r#ref: String,
    /// `owner:branch`.
    pub label: Option<String>,
    /// Who owns the repository.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
    /// The repository; `None` for the head when the fork was deleted.
    pub repo: Option<PullRequestRepo>,
}

/// The repository on one side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct PullRequestRepo {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub full_name: Option<RepoName>,
    /// The branch that everything goes into.
    pub default_branch: Option<String>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET, &LIST, &LIST_OF_COMMIT];

static GET: Endpoint = Endpoint::get("Repo::pull_request", IN_REPOSITORY, "/pulls/{pull_number}")
    .permission("*Pull requests* read or *Contents* read");

static LIST: Endpoint = Endpoint::get("Repo::pull_requests", IN_REPOSITORY, "/pulls")
    .permission("*Pull requests* read");

static LIST_OF_COMMIT: Endpoint =
    Endpoint::get("Repo::pull_requests_of", IN_REPOSITORY, "/commits/{commit_sha}/pulls")
        .permission("*Pull requests* read");

impl Repo {
    /// Gets a pull request.
    ///
    /// Permission: *Pull requests* read or *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn pull_request(&self, number: u64) -> Result<PullRequest, Error> {
        let purpose = format!("get pull request {number} of {}", self.name());
        let call = self.call(&GET, purpose, &[&number.to_string()])?;
        self.core().send(call).await?.decode()
    }

    /// Lists pull requests. GitHub sends a shorter form; [`mergeable`](PullRequest::mergeable) is missing,
    /// for instance.
    ///
    /// Permission: *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn pull_requests(
        &self,
        filter: &PullRequestFilter,
    ) -> Result<Page<PullRequest>, Error> {
        let mut call =
            self.call(&LIST, format!("list the pull requests of {}", self.name()), &[])?;
        for (name, value) in filter.parameters() {
            call = call.query(name, value);
        }
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Lists the pull requests that a commit belongs to: for a commit of the default branch the merged
    /// one that brought it, for any other the open and merged ones that contain it. GitHub sends a
    /// shorter form; [`mergeable`](PullRequest::mergeable) is missing, for instance.
    ///
    /// Permission: *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn pull_requests_of(&self, sha: &Sha) -> Result<Page<PullRequest>, Error> {
        let purpose = format!("list the pull requests of {sha} in {}", self.name());
        let call =
            self.call(&LIST_OF_COMMIT, purpose, &[sha.as_str()])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page()
    }
}
