//! GitHub's guide "Building a CI server", made real.
//!
//! A pull request that is opened, reopened or pushed to gets the commit status `pending`, the work
//! is done, and the status becomes `success`. GitHub shows it beside the commit and in the box
//! above the merge button. A push stops the build of the commit before.
//!
//! It needs `WEBHOOK_SECRET` and `MY_PERSONAL_TOKEN` (commit statuses: write).

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use hookstead::client::{Client, NewStatus, StatusReporter, Verdict};
use hookstead::events::{PullRequestAction, PullRequestEvent, StatusState};
use hookstead::handler::Heads;
use hookstead::{Delivery, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, build_time, exit, github};

/// Tells this server's statuses from those of others on the same commit.
pub(crate) const CONTEXT: &str = "ci/hookstead";

/// A CI server that reports to GitHub.
pub(crate) struct CiServer {
    github: Client,
    build_time: Duration,
}

#[async_trait]
impl Handler<PullRequestEvent> for CiServer {
    async fn handle(
        &self,
        event: &PullRequestEvent,
        delivery: &Delivery,
    ) -> Result<(), HandlerError> {
        if asks_for_a_build(event) { self.process(event, delivery).await } else { Ok(()) }
    }

    /// A build whose process was killed could not say so, and a push came before it began again.
    async fn superseded(&self, event: &PullRequestEvent, _: &Delivery) -> Result<(), HandlerError> {
        let repo = self.github.repo(&event.repository.full_name);
        let sha = &event.pull_request.head.sha;
        let known = repo.combined_status(sha).await?.statuses;
        if known.iter().any(|it| it.context == CONTEXT && it.state == StatusState::Pending) {
            let status = NewStatus::error().context(CONTEXT).description(SUPERSEDED);
            repo.create_status(sha, &status).await?;
        }
        Ok(())
    }
}

/// What becomes of the status of a commit before.
const SUPERSEDED: &str = "superseded by a newer delivery";

/// The guide builds what is opened. New commits and a second chance deserve a build, too.
fn asks_for_a_build(event: &PullRequestEvent) -> bool {
    use PullRequestAction::{Opened, Reopened, Synchronize};
    matches!(event.action, Opened | Reopened | Synchronize)
}

impl CiServer {
    /// When this fails or is interrupted it runs again, from the beginning.
    async fn process(
        &self,
        event: &PullRequestEvent,
        delivery: &Delivery,
    ) -> Result<(), HandlerError> {
        println!("Processing pull request...");
        // The status belongs to the repository that is asked to merge, also when the commit comes
        // from a fork: that is the one that the event is about.
        let repo = self.github.repo(&event.repository.full_name);
        let sha = &event.pull_request.head.sha;
        let delivery = delivery.clone();
        // Reports `pending`, then what the build comes to, whatever happens to it.
        StatusReporter::new(&repo, sha, CONTEXT)
            .interrupted_because(move || delivery.interruption().map(|why| why.to_string()))
            .run("The build is running", build(self.build_time))
            .await?;
        println!("Pull request processed!");
        Ok(())
    }
}

async fn build(time: Duration) -> Result<Verdict, HandlerError> {
    tokio::time::sleep(time).await; // do busy work...
    Ok(Verdict::success("The build succeeded"))
}

/// What this server does with which event.
pub(crate) fn router(github: Client, build_time: Duration) -> Router {
    Router::new().on_with::<PullRequestEvent>(CiServer { github, build_time }, |registration| {
        registration
            // Of each pull request, one build at a time and only the newest.
            .lane(|event| {
                let lane = format!("ci {}#{}", event.repository.full_name, event.number);
                asks_for_a_build(event).then_some(lane)
            })
            // Deliveries may come late and out of order, two pushes of one second too.
            .latest_by(|event| event.pull_request.updated_at.clone())
            .heads(|event| Heads::from(event))
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env("ci_server")?;
    settings.server(router(github()?, build_time()?)).await?.serve(&settings.listen).await?;
    // A build that was interrupted has still to say so.
    StatusReporter::finish(Duration::from_secs(5)).await;
    Ok(())
}
