use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::command::JobStep;
use crate::config::value::{ByteSize, SecretSource};

/// Where a commit can be deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name in the config and at GitHub.
    pub name: String,
    /// What deploys.
    pub steps: Vec<JobStep>,
    /// The branch that each green commit is deployed of by itself.
    pub auto: Option<String>,
    /// The contexts of statuses and checks that have to be green.
    pub requires: Vec<String>,
    /// Whether some green build has to have exactly the tree that is deployed.
    pub requires_tested_tree: bool,
    /// The environment that the commit was deployed to before, with success.
    pub after: Option<String>,
    /// The least permission on the repository that a person needs: `write`, `maintain` or `admin`.
    pub permission: String,
    /// Which of the waiting deployments run.
    pub queue: QueueRule,
    /// When nothing is deployed: hours as the config writes them.
    pub closed: Vec<String>,
    /// Where the environment can be seen.
    pub url: Option<Url>,
    /// After how long a deployment is ended.
    pub timeout: Duration,
    /// How long its log may become.
    pub log: ByteSize,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Environment variables that are secret.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// Which of the waiting deployments run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueRule {
    /// The newest.
    Newest,
    /// All of them, in order.
    All,
}
