//! A bot as a GitHub App: it labels and greets a new issue, and answers `/ping` in a comment.
//!
//! It needs `WEBHOOK_SECRET`, `GITHUB_APP_CLIENT_ID` and `GITHUB_APP_PRIVATE_KEY` (issues: write).

use std::error::Error;
use std::process::ExitCode;

use hookstead::client::{Client, ReactionContent};
use hookstead::events::{Event, IssueCommentAction, IssueCommentEvent, IssuesAction, IssuesEvent};
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};
use hookstead_examples::{Settings, app, exit, options};

#[derive(Clone)]
struct Bot(Client);

#[async_trait]
impl Handler<IssuesEvent> for Bot {
    async fn handle(&self, it: &IssuesEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        let repo = self.0.for_installation(attempt.installation()?).repo(&it.repository.full_name);
        repo.add_labels(it.issue.number, ["triage"]).await?;
        let greeting = "Thank you! Somebody will look at this soon.";
        // GitHub would take it twice.
        attempt.once("greet", || repo.create_comment(it.issue.number, greeting)).await
    }
}

#[async_trait]
impl Handler<IssueCommentEvent> for Bot {
    async fn handle(&self, it: &IssueCommentEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        let repo = self.0.for_installation(attempt.installation()?).repo(&it.repository.full_name);
        if it.comment.commands().iter().flatten().any(|command| command.name() == "ping") {
            repo.react_to_comment(it.comment.id, &ReactionContent::Rocket).await?;
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
