use hookstead_types::{Decode, Sha};
use http::{Method, StatusCode};
use serde::Serialize;

use crate::api::decoration::Text;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// What came of the wish to merge one branch into another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchMergeOutcome {
    /// It is merged, by this commit.
    Merged {
        /// The merge commit.
        sha: Sha,
    },
    /// The base has everything already; nothing was done.
    NothingToMerge,
    /// It cannot be merged without a conflict; nothing was done.
    Conflict {
        /// GitHub's words.
        message: String,
    },
}

/// The body of the request.
#[derive(Serialize)]
struct MergeBranch<'a> {
    base: &'a str,
    head: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit_message: Option<String>,
}

/// The body of a 201: a commit.
#[derive(Decode)]
struct Commit {
    sha: Sha,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&MERGE];

static MERGE: Endpoint =
    Endpoint::write("Repo::merge_branch", Method::POST, IN_REPOSITORY, "/merges")
        .permission("*Contents* write")
        .repeated(Repetition::Never, "the head may be another one by then");

impl Repo {
    /// Merges a branch or commit into a branch, by a merge commit. GitHub writes the message if none
    /// is given.
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it: the head
    /// may be another one by then.
    ///
    /// Permission: *Contents* write.
    ///
    /// # Errors
    ///
    /// Fails when the base or the head is missing (404), the token may not push (403), or the call
    /// fails on the way, see [`Error`].
    pub async fn merge_branch(
        &self,
        base: &str,
        head: &str,
        message: Option<&str>,
    ) -> Result<BranchMergeOutcome, Error> {
        let purpose = format!("merge {head} into {base} of {}", self.name());
        let body = MergeBranch {
            base,
            head,
            commit_message: message.map(|it| Text::COMMIT_MESSAGE.fit(it)),
        };
        let call = self.call(&MERGE, purpose, &[])?.json(&body)?;
        let answer = self.core().send(call).await?;
        match (answer.status, answer.message()) {
            (StatusCode::NO_CONTENT, _) => Ok(BranchMergeOutcome::NothingToMerge),
            (StatusCode::CONFLICT, Some(message)) => Ok(BranchMergeOutcome::Conflict { message }),
            _ => answer.decode::<Commit>().map(|Commit { sha }| BranchMergeOutcome::Merged { sha }),
        }
    }
}
