//! GitHub's guide "Building a CI server", made real.
//!
//! A pull request that is opened, reopened or pushed to gets the commit status `pending`, the work
//! is done, and the status becomes `success`. GitHub shows it beside the commit and in the box
//! above the merge button.
//!
//! It needs `WEBHOOK_SECRET` and `MY_PERSONAL_TOKEN` (commit statuses: write).

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use hookstead::client::{Client, StatusReporter, Verdict};
use hookstead::events::{PullRequestAction, PullRequestEvent};
use hookstead::{Delivery, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, exit, github};

/// Tells this server's statuses from those of others on the same commit.
pub(crate) const CONTEXT: &str = "ci/hookstead";

/// A CI server that reports to GitHub.
pub(crate) struct CiServer {
    github: Client,
}

#[async_trait]
impl Handler<PullRequestEvent> for CiServer {
    async fn handle(&self, event: &PullRequestEvent, _: &Delivery) -> Result<(), HandlerError> {
        // The guide builds what is opened. New commits and a second chance deserve a build too.
        use PullRequestAction::{Opened, Reopened, Synchronize};
        match event.action {
            Opened | Reopened | Synchronize => self.process(event).await,
            _ => Ok(()),
        }
    }
}

impl CiServer {
    /// When this fails or is interrupted it runs again, from the beginning.
    async fn process(&self, event: &PullRequestEvent) -> Result<(), HandlerError> {
        println!("Processing pull request...");
        // The status belongs to the repository that is asked to merge, also when the commit comes
        // from a fork: that is the one that the event is about.
        let repo = self.github.repo(&event.repository.full_name);
        let sha = &event.pull_request.head.sha;
        // Reports `pending`, then what the build comes to, whatever happens to it.
        StatusReporter::new(&repo, sha, CONTEXT).run("The build is running", build()).await?;
        println!("Pull request processed!");
        Ok(())
    }
}

async fn build() -> Result<Verdict, HandlerError> {
    tokio::time::sleep(Duration::from_secs(2)).await; // do busy work...
    Ok(Verdict::success("The build succeeded"))
}

/// What this server does with which event.
pub(crate) fn router(github: Client) -> Router {
    Router::new().on::<PullRequestEvent>(CiServer { github })
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env("ci_server")?;
    settings.server(router(github()?))?.serve(&settings.listen).await?;
    // A build that was interrupted has still to say so.
    StatusReporter::finish(Duration::from_secs(5)).await;
    Ok(())
}
