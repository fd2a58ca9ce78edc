use hookstead_types::Decode;

use crate::api::code::commit::{ChangedFile, Commit};
use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

hookstead_types::open_enum! {
    /// How a head stands to a base.
    pub enum ComparisonStatus {
        /// It has commits that the base lacks.
        Ahead = "ahead",
        /// It lacks commits that the base has.
        Behind = "behind",
        /// Both.
        Diverged = "diverged",
        /// Neither: they are the same commit.
        Identical = "identical",
    }
}

/// What lies between two commits.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Comparison {
    /// How the head stands to the base.
    pub status: ComparisonStatus,
    /// How many commits the head has that the base lacks.
    pub ahead_by: u64,
    /// How many commits the base has that the head lacks.
    pub behind_by: u64,
    /// The last commit that both have.
    pub merge_base_commit: Option<Commit>,
    /// What the head has and the base lacks, the oldest first; at most 250 commits.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// The files that differ between the merge base and the head; at most 300.
    #[serde(default)]
    pub files: Vec<ChangedFile>,
    /// The page that shows it.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
}

impl Comparison {
    /// Whether the head has everything that the base has: the base could be moved to it without a merge.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.behind_by == 0
    }
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET];

static GET: Endpoint = Endpoint::get("Repo::compare", IN_REPOSITORY, "/compare/{basehead}")
    .permission("*Contents* read");

impl Repo {
    /// Compares two commits. Each is named by a branch, a tag or a sha; `owner:branch` is a fork's.
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when one of them is unknown, or they have no commit in common (404), or the call fails on
    /// the way, see [`Error`].
    pub async fn compare(
        &self,
        base: impl AsRef<str>,
        head: impl AsRef<str>,
    ) -> Result<Comparison, Error> {
        let (base, head) = (base.as_ref(), head.as_ref());
        let purpose = format!("compare {base} with {head} in {}", self.name());
        let call = self.call(&GET, purpose, &[&format!("{base}...{head}")])?;
        self.core().send(call).await?.decode()
    }
}
