use std::fmt;

use hookstead_types::{Sha, Timestamp};
use serde_json::{Value, json};

/// A deployment to be made by somebody else than the program under test, with
/// [`create_deployment`](crate::FakeRepository::create_deployment).
///
/// ```
/// use hookstead_testkit::FakeDeployment;
/// use serde_json::json;
///
/// let deployment = FakeDeployment::new("main")
///     .environment("staging")
///     .payload(json!({"deploy_user": "octocat"}));
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is made by `FakeRepository::create_deployment`"]
pub struct FakeDeployment {
    pub(crate) r#ref: String,
    pub(crate) task: String,
    pub(crate) payload: Value,
    pub(crate) environment: String,
    pub(crate) description: Option<String>,
    pub(crate) transient_environment: bool,
    pub(crate) production_environment: Option<bool>,
    pub(crate) auto_merge: bool,
    pub(crate) required_contexts: Option<Vec<String>>,
}

impl FakeDeployment {
    /// A deployment of a branch or sha to `production`, without auto-merge and without required
    /// contexts.
    pub fn new(r#ref: &str) -> Self {
        Self {
            r#ref: r#ref.to_owned(),
            task: "deploy".to_owned(),
            payload: json!({}),
            environment: "production".to_owned(),
            description: None,
            transient_environment: false,
            production_environment: None,
            auto_merge: false,
            required_contexts: Some(Vec::new()),
        }
    }

    /// Where to.
    pub fn environment(mut self, environment: &str) -> Self {
        self.environment = environment.to_owned();
        self
    }

    /// What is to be done, instead of `deploy`.
    pub fn task(mut self, task: &str) -> Self {
        self.task = task.to_owned();
        self
    }

    /// The description.
    pub fn description(mut self, description: &str) -> Self {
        self.description = Some(description.to_owned());
        self
    }

    /// The creator's own data. GitHub has objects and strings; `null` was seen too.
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }
}

/// A deployment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedDeployment {
    /// The deployment's number; later ones are greater.
    pub id: u64,
    /// The commit that is deployed.
    pub sha: Sha,
    /// The ref as it was asked for: a branch or a sha.
    pub r#ref: String,
    /// What is to be done, `deploy` by default.
    pub task: String,
    /// The creator's own data, as posted: an object or a string; `{}` if there was none.
    pub payload: Value,
    /// The environment that was asked for.
    pub original_environment: String,
    /// The environment now; a deployment status can change it.
    pub environment: String,
    /// The creator's description.
    pub description: Option<String>,
    /// Whether the environment will not be there for ever.
    pub transient_environment: bool,
    /// Whether people use the environment.
    pub production_environment: bool,
    /// The login of the account that created it.
    pub creator: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it, or its last status, was created.
    pub updated_at: Timestamp,
}

impl fmt::Display for RecordedDeployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, environment, sha, r#ref, .. } = self;
        write!(formatter, "{id} of {ref} ({}) to {environment}", sha.short())
    }
}
