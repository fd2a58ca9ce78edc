use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp};
use http::{Method, StatusCode};

use crate::api::check_run::check_run::{CheckApp, CheckRun};
use crate::api::check_run::check_run_filter::CheckRunFilter;
use crate::engine::decode::beside;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A check suite, as the API shows it: all check runs of one App for one commit.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CheckSuite {
    /// Its number.
    pub id: u64,
    /// How far it has come.
    pub status: Option<CheckStatus>,
    /// How it has ended.
    pub conclusion: Option<CheckConclusion>,
    /// The commit.
    pub head_sha: Option<Sha>,
    /// The branch that the commit was pushed to.
    pub head_branch: Option<String>,
    /// The App that makes its runs.
    #[serde(default, deserialize_with = "beside")]
    pub app: Option<CheckApp>,
    /// How many check runs it has, of each name the latest.
    pub latest_check_runs_count: Option<u64>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&RUNS, &SUITES, &REQUEST_RUN, &REQUEST_SUITE];

static RUNS: Endpoint =
    Endpoint::get("Repo::check_runs_of", IN_REPOSITORY, "/commits/{ref}/check-runs")
        .permission("*Checks* read");

static SUITES: Endpoint =
    Endpoint::get("Repo::check_suites_of", IN_REPOSITORY, "/commits/{ref}/check-suites")
        .permission("*Checks* read");

static REQUEST_RUN: Endpoint = Endpoint::write(
    "Repo::rerequest_check_run",
    Method::POST,
    IN_REPOSITORY,
    "/check-runs/{check_run_id}/rerequest",
)
.permission("*Checks* write")
.repeated(Repetition::Never, "the work would be done twice");

static REQUEST_SUITE: Endpoint = Endpoint::write(
    "Repo::rerequest_check_suite",
    Method::POST,
    IN_REPOSITORY,
    "/check-suites/{check_suite_id}/rerequest",
)
.permission("*Checks* write")
.repeated(Repetition::Never, "the work would be done twice");

impl Repo {
    /// Lists the check runs of a commit, of each suite and name the latest, whichever App they are of, unless the
    /// filter says otherwise.
    /// The commit is named by its sha, a branch (`main` or `heads/main`) or a tag (`tags/v1`).
    ///
    /// Permission: *Checks* read; fine-grained personal tokens cannot have it.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses (422 for an unknown commit) or the call fails on the way, see [`Error`].
    pub async fn check_runs_of(
        &self,
        git_ref: impl AsRef<str>,
        filter: &CheckRunFilter,
    ) -> Result<Page<CheckRun>, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("list the check runs of {git_ref} in {}", self.name());
        let mut call = self.call(&RUNS, purpose, &[git_ref])?;
        for (name, value) in filter.parameters() {
            call = call.query(name, value);
        }
        let call = call.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page_in(Some("check_runs"))
    }

    /// Lists the check suites of a commit, one for each App. The commit is named as in
    /// [`check_runs_of`](Self::check_runs_of).
    ///
    /// Permission: *Checks* read; fine-grained personal tokens cannot have it.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses (422 for an unknown commit) or the call fails on the way, see [`Error`].
    pub async fn check_suites_of(
        &self,
        git_ref: impl AsRef<str>,
    ) -> Result<Page<CheckSuite>, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("list the check suites of {git_ref} in {}", self.name());
        let call = self.call(&SUITES, purpose, &[git_ref])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page_in(Some("check_suites"))
    }

    /// Asks the App of a check run to do its work again, as the button *Re-run* does: its hook hears of
    /// `check_run` (`rerequested`). GitHub does not change the check run.
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it.
    ///
    /// Permission: *Checks* write, of the App that created it.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404), when it is another App's (403), when it cannot be asked for again
    /// (422), or the call fails on the way, see [`Error`].
    pub async fn rerequest_check_run(&self, id: u64) -> Result<(), Error> {
        let purpose = format!("ask for check run {id} of {} again", self.name());
        let call = self.call(&REQUEST_RUN, purpose, &[&id.to_string()])?;
        self.core().send(call).await?.done_with(StatusCode::CREATED)
    }

    /// Asks the App of a check suite to do all of its work again: its hook hears of `check_suite`
    /// (`rerequested`).
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it.
    ///
    /// Permission: *Checks* write, of the App that created it.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404), when it is another App's (403), or the call fails on the way, see
    /// [`Error`].
    pub async fn rerequest_check_suite(&self, id: u64) -> Result<(), Error> {
        let purpose = format!("ask for check suite {id} of {} again", self.name());
        let call = self.call(&REQUEST_SUITE, purpose, &[&id.to_string()])?;
        self.core().send(call).await?.done_with(StatusCode::CREATED)
    }
}
