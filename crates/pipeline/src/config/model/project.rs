use std::fmt;
use std::time::Duration;

use hookstead::types::{MergeMethod, RepoName};

use super::environment::Environment;
use super::job::Job;

/// A repository, and what is done for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its name in the config, and in the address of its pages.
    pub name: String,
    /// The repository at GitHub.
    pub repo: RepoName,
    /// What happens to strangers' code: pull requests from forks.
    pub forks: Forks,
    /// What keeps a build apart from the machine.
    pub isolate: Isolation,
    /// Whether builds reach the network. Without isolation they always do.
    pub network: bool,
    /// The names of the notifiers that are told how each build ended.
    pub notify: Vec<String>,
    /// The names of the notifiers that are told of builds that failed, and of the first that passed after one.
    pub notify_failures: Vec<String>,
    /// For how long logs and artefacts are kept.
    pub keep: Duration,
    /// The jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// The environments, in the order of the file.
    pub environments: Vec<Environment>,
    /// How pull requests are merged that somebody asks to merge when they are green. `None`: they are not.
    pub merge: Option<MergeRule>,
}

impl Project {
    /// The job of this name.
    #[must_use]
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

/// What happens to strangers' code: pull requests from forks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Forks {
    /// It is never run.
    Never,
    /// It is run when a person who may write to the repository has said so, for one commit.
    Ask,
    /// It is run as everybody's.
    Run,
}

/// What keeps a build apart from the machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// Nothing: a build may do what the server's user may.
    None,
    /// Bubblewrap: it sees its checkout and the programs, and nothing else.
    Bubblewrap,
    /// A container of this image.
    Docker(String),
}

/// As a config writes it.
impl fmt::Display for Isolation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::Bubblewrap => formatter.write_str("bubblewrap"),
            Self::Docker(image) => write!(formatter, "docker:{image}"),
        }
    }
}

/// As a config writes it.
impl fmt::Display for Forks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Never => "never",
            Self::Ask => "ask",
            Self::Run => "run",
        })
    }
}

/// How pull requests are merged that somebody asks to merge when they are green.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRule {
    /// How GitHub puts the commits onto the branch.
    pub method: MergeMethod,
    /// The label that asks for it, beside the comment `/merge`.
    pub label: Option<String>,
}
