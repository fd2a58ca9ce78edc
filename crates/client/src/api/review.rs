use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::engine::decode::user;
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

hookstead_types::open_enum! {
    /// What a review comes to. The API writes it in capitals, and events do not.
    pub enum ReviewState {
        /// The change is good.
        Approved = "APPROVED",
        /// The change is not good yet.
        ChangesRequested = "CHANGES_REQUESTED",
        /// Neither.
        Commented = "COMMENTED",
        /// Somebody has taken its effect away.
        Dismissed = "DISMISSED",
        /// It is not submitted yet; only its author sees it.
        Pending = "PENDING",
    }
}

/// A review of a pull request, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Review {
    /// Its number.
    pub id: u64,
    /// What it comes to.
    pub state: ReviewState,
    /// Who reviewed.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
    /// What it says.
    #[serde(default)]
    pub body: String,
    /// The commit that was reviewed: perhaps not the head any more.
    pub commit_id: Option<Sha>,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Its place on the page of the pull request.
    pub html_url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST];

static LIST: Endpoint =
    Endpoint::get("Repo::reviews", IN_REPOSITORY, "/pulls/{pull_number}/reviews")
        .permission("*Pull requests* read");

impl Repo {
    /// Lists the reviews of a pull request, the oldest first. One account may have several: its last one
    /// that is more than a comment counts.
    ///
    /// Permission: *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such pull request (404) or the call fails on the way, see [`Error`].
    pub async fn reviews(&self, number: u64) -> Result<Page<Review>, Error> {
        let purpose = format!("list the reviews of pull request {number} of {}", self.name());
        let call = self.call(&LIST, purpose, &[&number.to_string()])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }
}
