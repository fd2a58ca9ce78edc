use std::fmt;

use hookstead_types::{Decode, Sha, Timestamp, User};
use http::{Method, StatusCode};
use serde_json::Value;

use crate::api::deployment::deployment_filter::DeploymentFilter;
use crate::api::deployment::new_deployment::NewDeployment;
use crate::api::deployment::refusal::Refusal;
use crate::engine::decode::user;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A deployment, as the API shows it: somebody's wish that a commit be deployed somewhere.
#[derive(Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Deployment {
    /// Its number.
    pub id: u64,
    /// The commit.
    pub sha: Sha,
    /// What its creator named: a branch, a tag or a sha.
    pub r#ref: String,
    /// What to do; `deploy` when its creator said nothing.
    pub task: Option<String>,
    /// What its creator posted: an object, or a string, even one that holds JSON. GitHub shows `""`,
    /// `{}` or `null` when there is none.
    // An answer's length is limited, and GitHub made it: nothing is counted here.
    #[serde(default, deserialize_with = "serde::Deserialize::deserialize")]
    pub payload: Value,
    /// Where to deploy to. A deployment status can change it.
    pub environment: Option<String>,
    /// Where its creator wanted to deploy to.
    pub original_environment: Option<String>,
    /// A few words for people.
    pub description: Option<String>,
    /// Who created it.
    #[serde(default, deserialize_with = "user")]
    pub creator: Option<User>,
    /// Whether the environment will be gone one day.
    pub transient_environment: Option<bool>,
    /// Whether users meet the environment.
    pub production_environment: Option<bool>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its statuses in the REST API.
    pub statuses_url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

/// Leaves the payload out: it is the application's.
impl fmt::Debug for Deployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Deployment")
            .field("id", &self.id)
            .field("sha", &self.sha)
            .field("ref", &self.r#ref)
            .field("task", &self.task)
            .field("environment", &self.environment)
            .field("description", &self.description)
            .field("creator", &self.creator.as_ref().map(|creator| &creator.login))
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// What came of the wish to create a deployment.
///
/// ```no_run
/// use hookstead_client::{DeploymentOutcome, Error, NewDeployment, Repo};
///
/// # async fn deploy(repo: Repo) -> Result<(), Error> {
/// match repo.create_deployment(&NewDeployment::new("main")).await? {
///     DeploymentOutcome::Created(deployment) => println!("deployment {}", deployment.id),
///     DeploymentOutcome::AutoMerged { message } => println!("not yet: {message}"),
///     DeploymentOutcome::Refused(refusal) => println!("no: {refusal}"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// These are all the outcomes there are, so a `match` needs no wildcard and forgets none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "the large one is what callers hope for")]
pub enum DeploymentOutcome {
    /// GitHub created it.
    Created(Deployment),
    /// **No deployment was made.** The ref was behind the default branch, which GitHub has merged
    /// into it; ask again, for the new head. Only with
    /// [`NewDeployment::auto_merge`] turned on.
    AutoMerged {
        /// GitHub's words: `Auto-merged main into topic-branch on deployment.`
        message: String,
    },
    /// The commit is not fit to be deployed.
    Refused(Refusal),
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&CREATE, &GET, &LIST, &DELETE];

static CREATE: Endpoint =
    Endpoint::write("Repo::create_deployment", Method::POST, IN_REPOSITORY, "/deployments")
        .permission("*Deployments* write")
        .repeated(Repetition::Never, "there would be two, and both would be carried out");

static GET: Endpoint =
    Endpoint::get("Repo::deployment", IN_REPOSITORY, "/deployments/{deployment_id}")
        .permission("*Deployments* read");

static LIST: Endpoint = Endpoint::get("Repo::deployments", IN_REPOSITORY, "/deployments")
    .permission("*Deployments* read");

static DELETE: Endpoint = Endpoint::write(
    "Repo::delete_deployment",
    Method::DELETE,
    IN_REPOSITORY,
    "/deployments/{deployment_id}",
)
.permission("*Deployments* write")
.repeated(Repetition::FindsItDone, "it is gone either way");

impl Repo {
    /// Asks GitHub to create a deployment, which starts the work of whoever listens to the
    /// `deployment` event. See [`DeploymentOutcome`] for what comes of it.
    ///
    /// Creating is not idempotent: a second call makes a second deployment. So it is
    /// [repeated](crate#what-is-repeated) only when GitHub has surely not processed it. After an error
    /// that [is a timeout](Error::is_timeout) or a broken connection, look at
    /// [`deployments`](Self::deployments) first; [`ensure_deployment`](Self::ensure_deployment) does.
    ///
    /// Permission: *Deployments* write; a classic token needs `repo_deployment`.
    ///
    /// # Errors
    ///
    /// Fails when GitHub does not understand the request (422 for an unknown ref) or the call fails
    /// on the way, see [`Error`].
    pub async fn create_deployment(
        &self,
        deployment: &NewDeployment,
    ) -> Result<DeploymentOutcome, Error> {
        let purpose = format!("create a deployment of {} in {}", deployment.git_ref(), self.name());
        let call = |deployment: &NewDeployment| {
            let call = self.call(&CREATE, purpose.clone(), &[])?;
            if deployment.has_unusable_payload() {
                let problem = "the payload has no JSON form".to_owned();
                return Err(call.error(Kind::InvalidRequest(problem)));
            }
            call.json(deployment)
        };
        let answer = self.core().send_decorated(deployment, call).await?;
        match answer.status {
            StatusCode::ACCEPTED => Ok(DeploymentOutcome::AutoMerged {
                message: answer
                    .message()
                    .unwrap_or_else(|| "Auto-merged on deployment.".to_owned()),
            }),
            StatusCode::CONFLICT => Refusal::read(&answer.body)
                .map(DeploymentOutcome::Refused)
                .ok_or_else(|| answer.refused()),
            _ => answer.decode().map(DeploymentOutcome::Created),
        }
    }

    /// Gets a deployment.
    ///
    /// Permission: *Deployments* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn deployment(&self, id: u64) -> Result<Deployment, Error> {
        let purpose = format!("get deployment {id} of {}", self.name());
        let call = self.call(&GET, purpose, &[&id.to_string()])?;
        self.core().send(call).await?.decode()
    }

    /// Lists deployments.
    ///
    /// Permission: *Deployments* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn deployments(&self, filter: &DeploymentFilter) -> Result<Page<Deployment>, Error> {
        let purpose = format!("list the deployments of {}", self.name());
        let mut call = self.call(&LIST, purpose, &[])?;
        for (name, value) in filter.parameters() {
            call = call.query(name, value);
        }
        call = match filter.per_page {
            Some(count) => call.query("per_page", &count.to_string()),
            None => call.query("per_page", ITEMS_PER_PAGE),
        };
        self.core().send(call).await?.page()
    }

    /// Deletes a deployment. GitHub deletes only what is inactive (give it a status such as
    /// [`inactive`](crate::NewDeploymentStatus::inactive) first), unless it is the repository's only
    /// deployment. It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Deployments* write; a classic token needs `repo_deployment`.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404), when it is active (422), or the call fails on the way, see
    /// [`Error`].
    pub async fn delete_deployment(&self, id: u64) -> Result<(), Error> {
        let purpose = format!("delete deployment {id} of {}", self.name());
        let call = self.call(&DELETE, purpose, &[&id.to_string()])?;
        let answer = self.core().send(call).await?;
        // Then the first attempt has deleted it, or it was not there; it is gone either way.
        if answer.is_doubtful && answer.is_gone() {
            return Ok(());
        }
        answer.done()
    }
}
