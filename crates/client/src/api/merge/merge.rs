use hookstead_types::{Decode, MergeMethod, Sha};
use http::{Method, StatusCode};
use serde::Serialize;

use crate::api::decoration::Text;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// How to merge a pull request; what is not set is up to GitHub.
///
/// ```
/// use hookstead_client::{MergeMethod, MergeOptions};
///
/// let options = MergeOptions::new().method(MergeMethod::Squash).title("Add a flag (#7)");
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MergeOptions {
    #[serde(rename = "merge_method", skip_serializing_if = "Option::is_none")]
    method: Option<MergeMethod>,
    #[serde(rename = "commit_title", skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(rename = "commit_message", skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl MergeOptions {
    /// GitHub's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How to merge. GitHub's default is a merge commit.
    #[must_use]
    pub fn method(mut self, method: MergeMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// The first line of the commit's message.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(Text::COMMIT_TITLE.fit(title));
        self
    }

    /// The rest of the commit's message.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(Text::COMMIT_MESSAGE.fit(message));
        self
    }
}

/// What came of the wish to merge a pull request: one of these, so a `match` needs no wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It is merged.
    Merged {
        /// The commit that the base branch got.
        sha: Sha,
        /// GitHub's words.
        message: String,
    },
    /// It cannot be merged as it is: conflicts, a draft, closed already.
    NotMergeable {
        /// GitHub's words.
        message: String,
    },
    /// The base branch requires something that is not so: a check that is missing, running or red, a review,
    /// commits of the base, or the way through the merge queue. Once it is so, the same call may succeed.
    Blocked {
        /// GitHub's words, which name it.
        message: String,
    },
    /// Its head is not the expected commit: somebody pushed since. Nothing was merged.
    HeadMoved {
        /// GitHub's words.
        message: String,
    },
    /// Somebody else merged or pushed into the base branch at the same moment. Nothing was merged, and
    /// the same call again after some seconds may well succeed. GitHub answers so with the status of *not
    /// mergeable*.
    Again {
        /// GitHub's words.
        message: String,
    },
}

/// What GitHub's words have in them where a branch's protection or a ruleset stands in the way.
const REQUIREMENTS: [&str; 8] = [
    "rule violations",
    "required status check",
    "approving review",
    "changes must be made through",
    "protected branch",
    "base branch policy",
    "not up to date with the base branch",
    "review is required",
];

impl MergeOutcome {
    /// What a refusal of GitHub's means. It has no codes, only statuses that say too little, and words.
    fn refused(status: StatusCode, message: String) -> Self {
        let says = message.to_ascii_lowercase();
        if says.contains("base branch was modified") || says.contains("merge already in progress") {
            Self::Again { message }
        } else if status == StatusCode::CONFLICT || says.contains("head branch was modified") {
            Self::HeadMoved { message }
        } else if REQUIREMENTS.iter().any(|it| says.contains(it)) {
            Self::Blocked { message }
        } else {
            Self::NotMergeable { message }
        }
    }
}

/// The body of the request.
#[derive(Serialize)]
struct MergeRequest<'a> {
    sha: &'a Sha,
    #[serde(flatten)]
    options: &'a MergeOptions,
}

/// The body of a 200.
#[derive(Decode)]
struct Merged {
    sha: Sha,
    #[serde(default)]
    message: String,
}

/// The body of a 200 that takes it back; old servers have no other status for it.
#[derive(Decode)]
struct NotMerged {
    merged: Option<bool>,
    #[serde(default)]
    message: String,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&MERGE];

static MERGE: Endpoint = Endpoint::write(
    "Repo::merge_pull_request",
    Method::PUT,
    IN_REPOSITORY,
    "/pulls/{pull_number}/merge",
)
.permission("*Contents* write")
.repeated(
    Repetition::LooksItUp,
    "the expected head guards it; whether the first attempt merged is looked up",
);

impl Repo {
    /// Merges a pull request, if its head is still this commit: the one that was tested.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes: a pull request is not merged
    /// twice. Where the repeated call says *not mergeable*, a look at the pull request tells whether it
    /// is because the first one merged it.
    ///
    /// Permission: *Contents* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such pull request (404), the token may not merge (403), or the call
    /// fails on the way, see [`Error`].
    pub async fn merge_pull_request(
        &self,
        number: u64,
        expected_head: &Sha,
        options: &MergeOptions,
    ) -> Result<MergeOutcome, Error> {
        let purpose = format!("merge pull request {number} of {}", self.name());
        let call = self
            .call(&MERGE, purpose, &[&number.to_string()])?
            .json(&MergeRequest { sha: expected_head, options })?;
        let answer = self.core().send(call).await?;
        if answer.is_doubtful
            && matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::CONFLICT)
        {
            let pull_request = self.pull_request(number).await?;
            if pull_request.is_merged() && pull_request.head.sha == *expected_head {
                // Without the commit's name nothing true can be said but GitHub's own answer.
                let sha = pull_request.merge_commit_sha.ok_or_else(|| answer.refused())?;
                let message = "Pull Request successfully merged".to_owned();
                return Ok(MergeOutcome::Merged { sha, message });
            }
        }
        match (answer.status, answer.message()) {
            (status @ (StatusCode::METHOD_NOT_ALLOWED | StatusCode::CONFLICT), Some(message)) => {
                Ok(MergeOutcome::refused(status, message))
            }
            _ => {
                let NotMerged { merged, message } = answer.decode()?;
                if merged == Some(false) {
                    return Ok(MergeOutcome::refused(StatusCode::METHOD_NOT_ALLOWED, message));
                }
                let Merged { sha, message } = answer.decode()?;
                Ok(MergeOutcome::Merged { sha, message })
            }
        }
    }
}
