//! GitHub's guide "Delivering deployments", made real.
//!
//! A merged pull request becomes a deployment. GitHub answers with the event `deployment`, which
//! starts the work; its progress is reported by deployment statuses; and each of those comes back as
//! the event `deployment_status`, for whoever wants to be told.
//!
//! It needs `WEBHOOK_SECRET` and `MY_PERSONAL_TOKEN` (deployments: read and write).

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use hookstead::client::{Client, EnsuredDeployment, NewDeployment, RequiredContexts};
use hookstead::events::{
    Deployment, DeploymentEvent, DeploymentStatusEvent, Event, PullRequestAction, PullRequestEvent,
};
use hookstead::handler::End;
use hookstead::report::{DeploymentReporter, Reporters};
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, exit, github, options};
use serde::{Deserialize, Serialize};

/// Where merged code goes.
pub(crate) const ENVIRONMENT: &str = "production";

/// A deployment server that reports to GitHub.
#[derive(Clone)]
pub(crate) struct DeployServer {
    github: Client,
}

/// What this server writes into its deployments, to find it in their events.
#[derive(Serialize, Deserialize)]
struct Order {
    environment: String,
    deploy_user: String,
}

fn is_merged(event: &PullRequestEvent) -> bool {
    event.action == PullRequestAction::Closed && event.pull_request.is_merged()
}

/// A pull request is merged: create a deployment.
#[async_trait]
impl Handler<PullRequestEvent> for DeployServer {
    async fn handle(&self, event: &PullRequestEvent, _: &Attempt) -> Result<(), HandlerError> {
        let pull_request = &event.pull_request;
        let Some(merged) = &pull_request.merge_commit_sha else {
            return Err(HandlerError::permanent("a merged pull request without a merge commit"));
        };
        // The guide deploys the head of a branch, which may lie in a fork that is gone by now. What
        // was merged lies in the repository that the event is about.
        let repo = self.github.repo(&event.repository.full_name);
        let user = pull_request.user.as_ref().map_or("ghost", |user| user.login.as_str());

        let deployment = NewDeployment::new(merged)
            .environment(ENVIRONMENT)
            .description("Deploying my sweet branch")
            .payload(Order { environment: ENVIRONMENT.to_owned(), deploy_user: user.to_owned() })
            // Deploy exactly this commit: do not merge the default branch into it first.
            .auto_merge(false)
            // The checks were asked for before the merge; the merge commit has none of its own.
            .required_contexts(RequiredContexts::None);
        // It may be there: by an attempt whose process was killed, by a redelivery, by another hook. A
        // second deployment is not harmless.
        match repo.ensure_deployment(&deployment).await? {
            EnsuredDeployment::Created(_) | EnsuredDeployment::Found(_) => Ok(()),
            EnsuredDeployment::AutoMerged { message } => Err(HandlerError::permanent(message)),
            EnsuredDeployment::Refused(refusal) => {
                Err(HandlerError::permanent(refusal.to_string()))
            }
        }
    }
}

/// A deployment is created: do the work and report.
#[async_trait]
impl Handler<DeploymentEvent> for DeployServer {
    async fn handle(&self, event: &DeploymentEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        let deployment = &event.deployment;
        let order = order(deployment);
        let description = deployment.description.as_deref().unwrap_or_default();
        // You can send this information to your chat room, monitor, pager, etc.
        println!("Processing '{description}' for {} to {}", order.deploy_user, order.environment);

        // Reports `in_progress`, then what becomes of it. Not done again because a report failed.
        self.report(event, attempt).run(deploy).await?;
        Ok(())
    }

    /// Where nobody goes on with a deployment, its status says so.
    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        match DeploymentEvent::decode(&delivery.event, &delivery.body) {
            Ok(event) => self.report(&event, attempt).ended(end).await,
            // Then nothing was deployed.
            Err(_) => Ok(()),
        }
    }
}

impl DeployServer {
    fn report(&self, event: &DeploymentEvent, attempt: &Attempt) -> DeploymentReporter {
        let repo = self.github.repo(&event.repository.full_name);
        let report = Reporters::new(&repo, attempt).deployment(event.deployment.id);
        report.description("The deployment is running")
    }
}

/// A deployment's status has changed: tell people.
#[async_trait]
impl Handler<DeploymentStatusEvent> for DeployServer {
    async fn handle(&self, event: &DeploymentStatusEvent, _: &Attempt) -> Result<(), HandlerError> {
        println!(
            "Deployment status for {} is {}",
            event.deployment.id, event.deployment_status.state
        );
        Ok(())
    }
}

async fn deploy() -> Result<(), HandlerError> {
    tokio::time::sleep(Duration::from_secs(2)).await; // simulate work
    Ok(())
}

/// The order in a deployment's payload. Other people's deployments have a payload of another kind,
/// or none; GitHub itself knows where to deploy and for whom.
fn order(deployment: &Deployment) -> Order {
    deployment.payload().ok().flatten().unwrap_or_else(|| Order {
        environment: deployment.environment.clone(),
        deploy_user: deployment
            .creator
            .as_ref()
            .map_or("ghost".to_owned(), |user| user.login.clone()),
    })
}

/// What this server does with which event.
pub(crate) fn router(github: Client) -> Router {
    let server = DeployServer { github };
    Router::new()
        .program("deploy_server")
        .on_with::<PullRequestEvent>(server.clone(), |registration| {
            // Two that look at the same time would both find nothing.
            let lane = |event: &PullRequestEvent| event.repository.full_name.to_string();
            registration.when(is_merged).lane(lane).in_order()
        })
        .on_with::<DeploymentEvent>(server.clone(), |registration| {
            // One deployment at a time to the same environment, and none before an earlier one.
            let lane = |event: &DeploymentEvent| {
                format!("{} {}", event.repository.full_name, event.deployment.environment)
            };
            registration.lane(lane).in_order()
        })
        .on::<DeploymentStatusEvent>(server)
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    if options("GitHub's guide \"Delivering deployments\", made real.", &[])?.is_none() {
        return Ok(());
    }
    let settings = Settings::from_env("deploy_server")?;
    settings.server(router(github()?)).await?.serve(&settings.listen).await?;
    // A deployment that was interrupted has still to say so.
    Reporters::finish(Duration::from_secs(5)).await;
    Ok(())
}
