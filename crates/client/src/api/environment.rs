use hookstead_types::{Decode, Timestamp};

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// An environment that is deployed to, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: Option<u64>,
    /// What a deployment by Actions has to pass first. A deployment that a program makes does not.
    #[serde(default)]
    pub protection_rules: Vec<EnvironmentRule>,
    /// When it was created: by hand, or by its first deployment.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// One rule of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct EnvironmentRule {
    /// What it is: `required_reviewers`, `wait_timer`, `branch_policy`, or one of an App's.
    pub r#type: Option<String>,
    /// How many minutes a `wait_timer` takes.
    pub wait_timer: Option<u64>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST];

static LIST: Endpoint = Endpoint::get("Repo::environments", IN_REPOSITORY, "/environments")
    .permission("*Actions* read");

impl Repo {
    /// Lists the environments that there are deployments to, or that somebody made.
    ///
    /// Permission: *Actions* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn environments(&self) -> Result<Page<Environment>, Error> {
        let purpose = format!("list the environments of {}", self.name());
        let call = self.call(&LIST, purpose, &[])?.query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page_in(Some("environments"))
    }
}
