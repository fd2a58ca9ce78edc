use std::fmt;

use hookstead::types::{RepoName, Sha};
use serde::Serialize;

use crate::record::BuildTarget;

/// What the plan must know and cannot see in the occasion: answered from the journal, or by GitHub.
///
/// For people it displays as what is assumed while nobody answers: `no build of ec26c3e is known`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lookup {
    /// The journal: [builds](super::Answer::Builds) of this project of this commit, the newest first.
    BuildsOfCommit {
        /// The project's name in the config.
        project: String,
        /// The commit.
        sha: String,
    },
    /// The journal: [builds](super::Answer::Builds) of this project for this target that have not ended.
    LiveBuilds {
        /// The project's name in the config.
        project: String,
        /// What they are for.
        target: BuildTarget,
    },
    /// The journal: the newest [head](super::Answer::Head) of this pull request, branch or tag that was
    /// [seen](super::Decision::heads).
    Head {
        /// The repository.
        repo: String,
        /// What it is the head of.
        target: BuildTarget,
    },
    /// The journal: a [build](super::Answer::Builds) of this job that passed with exactly this tree.
    PassedTree {
        /// The project's name in the config.
        project: String,
        /// The job's name in the config.
        job: String,
        /// The tree.
        tree: String,
    },
    /// The journal: the [build](super::Answer::Builds) of this number.
    Build {
        /// The number.
        number: i64,
    },
    /// The journal: the [name](super::Answer::Name) by which the repository of this id was last
    /// [seen](super::Decision::repository) as a project's.
    NameOf {
        /// GitHub's id of the repository, which survives renaming and transfer.
        repository: u64,
    },
    /// GitHub: the [pull request](super::Answer::PullRequest) as it is now.
    PullRequest {
        /// The repository.
        repo: String,
        /// Its number.
        number: u64,
    },
    /// GitHub: the [files](super::Answer::Files) that the pull request changes.
    ChangedFiles {
        /// The repository.
        repo: String,
        /// Its number.
        number: u64,
    },
    /// GitHub: whether an account [may write](super::Answer::MayWrite) to the repository.
    MayWrite {
        /// The repository.
        repo: String,
        /// The account's login.
        login: String,
    },
    /// GitHub: the [commit](super::Answer::Commit) that a ref is at, or that has this sha.
    Commit {
        /// The repository.
        repo: String,
        /// `refs/heads/...`, `refs/tags/...`, `HEAD` for the default branch, or a whole sha.
        name: String,
    },
}

impl Lookup {
    /// Whether only GitHub can answer it. Such a lookup comes when the journal has answered all of its
    /// own, for a call takes long and counts against a limit.
    #[must_use]
    pub fn is_for_github(&self) -> bool {
        matches!(
            self,
            Self::PullRequest { .. }
                | Self::ChangedFiles { .. }
                | Self::MayWrite { .. }
                | Self::Commit { .. }
        )
    }

    pub(super) fn builds_of(project: &str, sha: &Sha) -> Self {
        Self::BuildsOfCommit { project: project.to_owned(), sha: sha.to_string() }
    }

    pub(super) fn live(project: &str, target: &BuildTarget) -> Self {
        Self::LiveBuilds { project: project.to_owned(), target: target.clone() }
    }

    pub(super) fn head(repo: &RepoName, target: &BuildTarget) -> Self {
        Self::Head { repo: repo.to_string(), target: target.clone() }
    }

    pub(super) fn pull_request(repo: &RepoName, number: u64) -> Self {
        Self::PullRequest { repo: repo.to_string(), number }
    }
}

/// What is assumed while nobody answers: `no build of ec26c3e is known`.
impl fmt::Display for Lookup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuildsOfCommit { sha, project } => {
                let short = sha.get(..7).unwrap_or(sha);
                write!(formatter, "no build of {short} is known in {project}")
            }
            Self::LiveBuilds { project, target } => {
                write!(formatter, "no build for {target} is queued or running in {project}")
            }
            Self::Head { target, repo } => {
                write!(formatter, "no newer commit of {target} of {repo} is known")
            }
            Self::PassedTree { project, job, tree } => {
                let short = tree.get(..7).unwrap_or(tree);
                write!(formatter, "{project}/{job} has not passed with the tree {short}")
            }
            Self::Build { number } => write!(formatter, "build {number} is not known"),
            Self::NameOf { repository } => {
                write!(formatter, "repository {repository} had no other name")
            }
            Self::PullRequest { repo, number } => {
                write!(formatter, "GitHub cannot be asked about pull request {number} of {repo}")
            }
            Self::ChangedFiles { repo, number } => {
                write!(formatter, "the files of pull request {number} of {repo} are not known")
            }
            Self::MayWrite { repo, login } => {
                write!(formatter, "{login} may not write to {repo}")
            }
            Self::Commit { repo, name } => {
                write!(formatter, "GitHub cannot be asked where {name} of {repo} is")
            }
        }
    }
}
