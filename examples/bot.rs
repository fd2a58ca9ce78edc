//! A bot as a GitHub App: it labels and greets a new issue, and answers `/ping` in a comment.
//!
//! It needs `WEBHOOK_SECRET`, `GITHUB_APP_CLIENT_ID` and `GITHUB_APP_PRIVATE_KEY` (issues: write).

use std::error::Error;
use std::process::ExitCode;

use hookstead::client::{Client, ReactionContent, Repo};
use hookstead::events::{Event, IssueCommentAction, IssueCommentEvent, IssuesAction, IssuesEvent};
use hookstead::types::RepoName;
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, app, exit, options};

#[derive(Clone)]
struct Bot(Client);

impl Bot {
    /// The repository, by the rights of the installation that the delivery is of.
    fn repo(&self, name: &RepoName, attempt: &Attempt) -> Result<Repo, HandlerError> {
        let installation = attempt.delivery().installation;
        let installation = installation.ok_or(HandlerError::permanent("the hook is no App's"))?;
        Ok(self.0.for_installation(installation).repo(name))
    }
}

#[async_trait]
impl Handler<IssuesEvent> for Bot {
    async fn handle(&self, event: &IssuesEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        let repo = self.repo(&event.repository.full_name, attempt)?;
        let number = event.issue.number;
        repo.add_labels(number, ["triage"]).await?;
        // GitHub would take it twice.
        attempt
            .step("greet", || async {
                let greeting = "Thank you! Somebody will look at this soon.";
                Ok::<_, HandlerError>(repo.create_comment(number, greeting).await?.id)
            })
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Handler<IssueCommentEvent> for Bot {
    async fn handle(
        &self,
        event: &IssueCommentEvent,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let repo = self.repo(&event.repository.full_name, attempt)?;
        if event.comment.commands().iter().flatten().any(|command| command.name() == "ping") {
            repo.react_to_comment(event.comment.id, &ReactionContent::Rocket).await?;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    if options("A bot as a GitHub App: it labels, greets and answers.", &[])?.is_none() {
        return Ok(());
    }
    let settings = Settings::from_env("bot")?;
    let bot = Bot(app()?);
    let router = Router::new()
        .program("bot")
        .on_with::<IssuesEvent>(bot.clone(), |it| it.when(|it| it.action == IssuesAction::Opened))
        .on_with::<IssueCommentEvent>(bot, |it| {
            // Not what bots say, this one too.
            it.when(|it| it.action == IssueCommentAction::Created && !it.is_by_bot())
        });
    settings.server(router).await?.serve(&settings.listen).await?;
    Ok(())
}
