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

use hookstead::client::Client;
use hookstead::events::{Event, PullRequestAction, PullRequestEvent};
use hookstead::handler::{End, Heads};
use hookstead::report::{Reporters, StatusReporter, Verdict};
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, build_time, exit, github, options};

/// Tells this server's statuses from those of others on the same commit.
pub(crate) const CONTEXT: &str = "ci/hookstead";

/// A CI server that reports to GitHub.
pub(crate) struct CiServer {
    github: Client,
    build_time: Duration,
}

#[async_trait]
impl Handler<PullRequestEvent> for CiServer {
    /// When this fails or is interrupted it runs again, but for a build that was done.
    async fn handle(
        &self,
        event: &PullRequestEvent,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        println!("Processing pull request...");
        let build = || build(self.build_time);
        self.report(event, attempt).run(build).await?;
        println!("Pull request processed!");
        Ok(())
    }

    /// A build whose process was killed could not say so. Where none follows, its status is ended here.
    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        match PullRequestEvent::decode(&delivery.event, &delivery.body) {
            Ok(event) => self.report(&event, attempt).ended(end).await,
            // Then nothing was built.
            Err(_) => Ok(()),
        }
    }
}

impl CiServer {
    /// Reports `pending`, then what the build comes to, whatever happens to it.
    fn report(&self, event: &PullRequestEvent, attempt: &Attempt) -> StatusReporter {
        // The status belongs to the repository that is asked to merge, also when the commit comes
        // from a fork: that is the one that the event is about.
        let repo = self.github.repo(&event.repository.full_name);
        let sha = &event.pull_request.head.sha;
        Reporters::new(&repo, attempt).status(sha, CONTEXT).description("The build is running")
    }
}

/// The guide builds what is opened. New commits and a second chance deserve a build, too.
fn asks_for_a_build(event: &PullRequestEvent) -> bool {
    use PullRequestAction::{Opened, Reopened, Synchronize};
    matches!(event.action, Opened | Reopened | Synchronize)
}

async fn build(time: Duration) -> Result<Verdict, HandlerError> {
    tokio::time::sleep(time).await; // do busy work...
    Ok(Verdict::success("The build succeeded"))
}

/// What this server does with which event.
pub(crate) fn router(github: Client, build_time: Duration) -> Router {
    let ci = CiServer { github, build_time };
    Router::new().program("ci_server").on_with::<PullRequestEvent>(ci, |registration| {
        registration
            .when(asks_for_a_build)
            // Of each pull request, one build at a time and only the newest.
            .lane(|event| format!("{}#{}", event.repository.full_name, event.number))
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
    if options("GitHub's guide \"Building a CI server\", made real.", &[])?.is_none() {
        return Ok(());
    }
    let settings = Settings::from_env("ci_server")?;
    settings.server(router(github()?, build_time()?)).await?.serve(&settings.listen).await?;
    // A build that was interrupted has still to say so.
    Reporters::finish(Duration::from_secs(5)).await;
    Ok(())
}
