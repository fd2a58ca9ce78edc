use hookstead::types::{RepoName, Sha, Timestamp};
use serde::{Deserialize, Serialize};

use super::build_cause::BuildCause;
use super::build_state::BuildState;
use super::build_target::BuildTarget;

/// A build that was decided on and has no number yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBuild {
    /// The project's name in the config.
    pub project: String,
    /// The job's name in the config.
    pub job: String,
    /// What its status is called at GitHub: as the config said when it was decided on.
    pub context: String,
    /// The repository that the statuses are posted to.
    pub repo: RepoName,
    /// The commit that is built, and that the statuses are of.
    pub sha: Sha,
    /// The commit that the branch was at before, if the event says it: of two builds of one moment, the one
    /// that begins where the other ends is the newer.
    #[serde(default)]
    pub before: Option<Sha>,
    /// The ref by which the commit can be fetched, such as `refs/pull/5/head`; `refs/pull/5/merge` where the pull
    /// request is built as merged.
    pub r#ref: String,
    /// What it is for.
    pub target: BuildTarget,
    /// Why it was made.
    pub cause: BuildCause,
    /// The moment of the event: the newest build of a target is that with the latest moment.
    pub moment: Timestamp,
    /// The title of the pull request, or the first line of the commit's message.
    pub title: String,
    /// The login or name of whoever wrote the commit; empty if unknown.
    pub author: String,
    /// Whether the code is a stranger's: of a fork, so that it gets no secrets.
    pub is_fork: bool,
    /// Whether it runs only when somebody has approved it.
    pub needs_approval: bool,
}

impl NewBuild {
    /// The pull request that is built as it would be once it is merged: its `ref` is `refs/pull/N/merge`.
    #[must_use]
    pub fn as_merged(&self) -> Option<u64> {
        self.r#ref.strip_prefix("refs/pull/")?.strip_suffix("/merge")?.parse().ok()
    }

    /// Whether its target has left this commit and come back since another build of the commit was decided on: they
    /// come from different commits. What was pushed in between ends the other one, so it is not to be joined.
    #[must_use]
    pub(crate) fn came_back_since(&self, other: &Self) -> bool {
        let other_before = other.before.as_ref();
        self.target == other.target
            && self.before.as_ref().zip(other_before).is_some_and(|(own, others)| own != others)
    }
}

/// A build as the journal knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Its number, which no other build of this journal has.
    pub number: i64,
    /// What was decided.
    #[serde(flatten)]
    pub what: NewBuild,
    /// Where it stands.
    pub state: BuildState,
    /// In words: why it waits, what failed, who canceled it. Empty if there is nothing to say.
    pub summary: String,
    /// The tree that was checked out, of the commit or of what GitHub merged it to: the key for "was exactly this
    /// tested?".
    pub tree: Option<String>,
    /// The machine that built it, or builds it.
    pub machine: Option<String>,
    /// The login of whoever approved it.
    pub approved_by: Option<String>,
    /// How long each step took, in order.
    pub steps: Vec<StepTime>,
    /// How long the log is, in bytes.
    pub log_bytes: u64,
    /// When it was decided on.
    pub queued_at: Timestamp,
    /// When its command began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTime {
    /// The step's name in the config; `run` where the job has only one.
    pub name: String,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Its exit code, if it ended by one and not by a signal.
    pub exit_code: Option<i32>,
}
