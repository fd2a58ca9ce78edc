use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use hookstead::types::RepoName;
use url::Url;

use super::access::{Credentials, ReadAccess, ReportBy, Storage};
use super::job::{Job, Trigger};
use super::notifier::NotifierConfig;
use super::project::Project;
use crate::config::value::{ByteSize, SecretSource};

/// What a pipeline is to do, as its file says it. Everything in it is checked; no secret has been read.
///
/// It is cheap to clone, and equal to another that means the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where people reach the pages; statuses link here. It ends with a slash.
    pub url: Url,
    /// The address that the server listens at: `127.0.0.1:4567`.
    pub listen: String,
    /// The path that GitHub posts to.
    pub hook_path: String,
    /// Where deliveries, builds and logs are kept.
    pub storage: Storage,
    /// The folder for mirrors, workspaces and artefacts of this machine.
    pub work: PathBuf,
    /// The hook's secrets: several while one replaces the other.
    pub secrets: Arc<[SecretSource]>,
    /// Who the server is at GitHub.
    pub credentials: Credentials,
    /// How builds are reported.
    pub report: ReportBy,
    /// Where GitHub is: `https://github.com/`, or an Enterprise Server.
    pub github: Url,
    /// Where GitHub's REST API is.
    pub github_api: Url,
    /// How much is done at a time.
    pub pools: Pools,
    /// Who may read the pages.
    pub read: ReadAccess,
    /// The token that lets a person press buttons. `None`: nobody can.
    pub admin: Option<SecretSource>,
    /// No build begins while the disk has less free space than this.
    pub disk_reserve: ByteSize,
    /// So many statuses, check runs and comments are made at GitHub within an hour, as far as that can be chosen.
    pub writes_per_hour: u32,
    /// The ways to tell people, by their names.
    pub notifiers: Arc<BTreeMap<String, NotifierConfig>>,
    /// The projects, in the order of the file.
    pub projects: Arc<[Project]>,
    /// What the file asks for and this version cannot do.
    pub notices: Arc<[Notice]>,
}

impl Config {
    /// The project of this name.
    #[must_use]
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.name == name)
    }

    /// How many writes a push to a pull request makes at GitHub at most: for each job that it waits, that it runs, and
    /// how it ended. A check run that waits is not told of.
    #[must_use]
    pub fn writes_of_a_push(&self, project: &Project) -> u32 {
        let is_built = |job: &&Job| job.on.contains(&Trigger::PullRequest);
        let jobs = project.jobs.iter().filter(is_built).count();
        let each = if self.report == ReportBy::Statuses { 3 } else { 2 };
        u32::try_from(jobs).unwrap_or(u32::MAX).saturating_mul(each)
    }

    /// The project of this repository.
    #[must_use]
    pub fn project_of(&self, repo: &RepoName) -> Option<&Project> {
        self.projects.iter().find(|project| project.repo == *repo)
    }
}

/// How much is done at a time on one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pools {
    /// How many builds.
    pub builds: usize,
    /// How many deployments.
    pub deploys: usize,
}

/// What a file asks for and this version cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The key: `projects.shop.jobs.janky.jenkins`.
    pub key: String,
    /// What becomes of it, in words that go on after the key.
    pub text: String,
}
