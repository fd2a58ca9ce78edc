use hookstead_types::{Decode, DeploymentState, Timestamp, User};
use http::Method;
use serde::Serialize;

use crate::api::decoration::{Text, link};
use crate::engine::decode::user;
use crate::engine::decorated::{Complaint, Decorated};
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A deployment status to be created: how far a deployment has come.
///
/// ```
/// use hookstead_client::NewDeploymentStatus;
///
/// let status = NewDeploymentStatus::success()
///     .log_url("https://deploy.example.com/17.log")
///     .environment_url("https://www.example.com");
/// # let _ = status;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewDeploymentStatus {
    state: DeploymentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_inactive: Option<bool>,
}

impl NewDeploymentStatus {
    /// A status in this state.
    #[must_use]
    pub fn new(state: DeploymentState) -> Self {
        Self {
            state,
            log_url: None,
            description: None,
            environment: None,
            environment_url: None,
            auto_inactive: None,
        }
    }

    /// The deployment waits for something before it is queued.
    #[must_use]
    pub fn pending() -> Self {
        Self::new(DeploymentState::Pending)
    }

    /// The deployment waits for its turn.
    #[must_use]
    pub fn queued() -> Self {
        Self::new(DeploymentState::Queued)
    }

    /// The deployment runs.
    #[must_use]
    pub fn in_progress() -> Self {
        Self::new(DeploymentState::InProgress)
    }

    /// The code is deployed.
    #[must_use]
    pub fn success() -> Self {
        Self::new(DeploymentState::Success)
    }

    /// The deployment ended badly.
    #[must_use]
    pub fn failure() -> Self {
        Self::new(DeploymentState::Failure)
    }

    /// The deployment could not be carried out.
    #[must_use]
    pub fn error() -> Self {
        Self::new(DeploymentState::Error)
    }

    /// The deployment is no longer in use. GitHub shows a transient environment as destroyed then,
    /// and sends no webhook.
    #[must_use]
    pub fn inactive() -> Self {
        Self::new(DeploymentState::Inactive)
    }

    /// A few words for people. A text beyond
    /// [`DESCRIPTION_MAX_CHARACTERS`](crate::DESCRIPTION_MAX_CHARACTERS) is cut, and what GitHub refuses
    /// in it, most emoji among it, is replaced.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(Text::DESCRIPTION.fit(text));
        self
    }

    /// Where the deployment's output is. One that is no `http://` or `https://` URL, which GitHub
    /// refuses, is left out, and one that was set before stays.
    #[must_use]
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.log_url = link("log_url", url).or(self.log_url);
        self
    }

    /// Where the deployed thing is; as [`log_url`](Self::log_url).
    #[must_use]
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = link("environment_url", url).or(self.environment_url);
        self
    }

    /// Changes the environment of the deployment. GitHub's default is that of the status before,
    /// else the deployment's.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Whether earlier successful deployments of the same environment become inactive, unless it is
    /// a transient or a production environment. GitHub's default is yes.
    #[must_use]
    pub fn auto_inactive(mut self, inactive: bool) -> Self {
        self.auto_inactive = Some(inactive);
        self
    }
}

impl Decorated for NewDeploymentStatus {
    fn take_off(&mut self, complaint: &Complaint) -> Vec<&'static str> {
        // GitHub has two names for the same link.
        let mut fields =
            complaint.about(&["description", "log_url", "target_url", "environment_url"]);
        fields.retain(|field| match *field {
            "description" => self.description.take().is_some(),
            "environment_url" => self.environment_url.take().is_some(),
            _ => self.log_url.take().is_some(),
        });
        fields
    }
}

/// How far a deployment had come at a time, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// Its number.
    pub id: u64,
    /// The state.
    pub state: DeploymentState,
    /// A few words for people; empty when its creator said nothing.
    pub description: Option<String>,
    /// Where the deployment went to.
    pub environment: Option<String>,
    /// Where the deployed thing is; may be empty.
    pub environment_url: Option<String>,
    /// Where the deployment's output is; may be empty.
    pub log_url: Option<String>,
    /// The older name of `log_url`; may be empty.
    pub target_url: Option<String>,
    /// Who created it.
    #[serde(default, deserialize_with = "user")]
    pub creator: Option<User>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its deployment in the REST API.
    pub deployment_url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&CREATE, &LIST, &GET];

static CREATE: Endpoint = Endpoint::write("Repo::create_deployment_status", Method::POST, IN_REPOSITORY, "/deployments/{deployment_id}/statuses")
    .permission("*Deployments* write")
    .repeated(Repetition::Harmless, "an equal one more is harmless; a lost last one would leave a deployment *in progress* for ever");

static LIST: Endpoint = Endpoint::get(
    "Repo::deployment_statuses",
    IN_REPOSITORY,
    "/deployments/{deployment_id}/statuses",
)
.permission("*Deployments* read");

static GET: Endpoint = Endpoint::get(
    "Repo::deployment_status",
    IN_REPOSITORY,
    "/deployments/{deployment_id}/statuses/{status_id}",
)
.permission("*Deployments* read");

impl Repo {
    /// Creates a status of a deployment. Statuses are never changed or deleted.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes. At worst there are two equal
    /// statuses and two `deployment_status` events, and receivers of webhooks must bear an event that
    /// comes twice anyway. A deployment that stays *in progress* for ever is worse: that happens when
    /// its last status is lost.
    ///
    /// Permission: *Deployments* write, and push access; a classic token needs `repo_deployment`.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn create_deployment_status(
        &self,
        deployment_id: u64,
        status: &NewDeploymentStatus,
    ) -> Result<DeploymentStatus, Error> {
        let purpose = format!("create a status for deployment {deployment_id} of {}", self.name());
        let values = [&*deployment_id.to_string()];
        let call = |status: &NewDeploymentStatus| {
            self.call(&CREATE, purpose.clone(), &values)?.json(status)
        };
        self.core().send_decorated(status, call).await?.decode()
    }

    /// Lists the statuses of a deployment.
    ///
    /// Permission: *Deployments* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such deployment (404) or the call fails on the way, see [`Error`].
    pub async fn deployment_statuses(
        &self,
        deployment_id: u64,
    ) -> Result<Page<DeploymentStatus>, Error> {
        let purpose = format!("list the statuses of deployment {deployment_id} of {}", self.name());
        let call = self
            .call(&LIST, purpose, &[&deployment_id.to_string()])?
            .query("per_page", ITEMS_PER_PAGE);
        self.core().send(call).await?.page()
    }

    /// Gets one status of a deployment.
    ///
    /// Permission: *Deployments* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn deployment_status(
        &self,
        deployment_id: u64,
        status_id: u64,
    ) -> Result<DeploymentStatus, Error> {
        let purpose =
            format!("get status {status_id} of deployment {deployment_id} of {}", self.name());
        let values = [&*deployment_id.to_string(), &status_id.to_string()];
        let call = self.call(&GET, purpose, &values)?;
        self.core().send(call).await?.decode()
    }
}
