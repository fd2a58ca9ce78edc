use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::command::JobWork;
use crate::config::value::{ByteSize, Patterns, ProblemMatcher, Schedule, SecretSource};

/// What is run for a commit, and reported by one status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name in the config.
    pub name: String,
    /// What its status is called at GitHub: `ci/NAME` if nothing else is said.
    pub context: String,
    /// What it does.
    pub work: JobWork,
    /// What it runs for.
    pub on: Vec<Trigger>,
    /// Which branches it runs for: those that are pushed, and those that pull requests and groups of the merge
    /// queue go into. `None`: a push of the default branch, and whatever goes into any.
    pub branches: Option<Patterns>,
    /// Which tags it runs for. `None`: all.
    pub tags: Option<Patterns>,
    /// It runs only where one of the changed files matches. `None`: whatever has changed.
    pub paths: Option<Patterns>,
    /// Whether it runs for pull requests that are drafts.
    pub drafts: bool,
    /// Whether a pull request is built as it would be once it is merged, and not as its head is.
    pub as_merged: bool,
    /// When it runs by itself, on the default branch.
    pub schedule: Option<Schedule>,
    /// After how long it is ended.
    pub timeout: Duration,
    /// After how long without a byte of output it is ended.
    pub silence: Duration,
    /// How long its log may become; then its middle is left out.
    pub log: ByteSize,
    /// Environment variables, the project's among them.
    pub env: BTreeMap<String, String>,
    /// Environment variables that are secret, the project's among them. Builds of strangers' code get none.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Absolute folders that stand before the others in `PATH`.
    pub path: Vec<PathBuf>,
    /// Folders below the checkout that are kept from one build to the next.
    pub cache: Vec<PathBuf>,
    /// Files and folders below the checkout that are kept when a build has ended.
    pub artifacts: Vec<PathBuf>,
    /// How much a build may take.
    pub limits: Limits,
    /// The workspaces of so many failed builds are kept, to look into.
    pub keep_failed: u32,
    /// What finds annotations in the log.
    pub matchers: Vec<ProblemMatcher>,
}

/// How much a build may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How much memory all its processes may have together.
    pub memory: Option<ByteSize>,
    /// How much processor time it may take, in hundredths of one processor: 150 is one and a half.
    pub cpu_percent: Option<u32>,
    /// How many processes and threads it may have at a time.
    pub processes: Option<u32>,
    /// How large its artefacts may be together.
    pub artifacts: ByteSize,
}

/// What a job runs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trigger {
    /// A pull request is opened, reopened, marked as ready, or its branch is pushed.
    PullRequest,
    /// The merge queue wants to know whether a group may be merged.
    MergeGroup,
    /// A branch is pushed.
    Push,
    /// A tag is pushed.
    Tag,
}

impl Trigger {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PullRequest, Self::MergeGroup, Self::Push, Self::Tag];

    /// The word for it in a config.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PullRequest => "pull_request",
            Self::MergeGroup => "merge_group",
            Self::Push => "push",
            Self::Tag => "tag",
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
