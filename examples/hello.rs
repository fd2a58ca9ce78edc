//! The first step of GitHub's guides: a server that receives an event and says so.
//!
//! It answers `Well, it worked!` and prints the title of every pull request that something happens
//! to. It needs `WEBHOOK_SECRET`, and nothing of GitHub's API.

use std::error::Error;
use std::process::ExitCode;

use hookstead::events::PullRequestEvent;
use hookstead::{Attempt, Router, handler_fn};
use hookstead_examples::{Settings, exit, options};

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    if options(
        "The first step of GitHub's guides: a server that receives an event and says so.",
        &[],
    )?
    .is_none()
    {
        return Ok(());
    }
    let settings = Settings::from_env("hello")?;
    let print_title = handler_fn(async |event: PullRequestEvent, _: Attempt| {
        println!("It's {}", event.pull_request.title);
        Ok(())
    });
    let router = Router::new().program("hello").on::<PullRequestEvent>(print_title);
    settings.server(router).await?.reply("Well, it worked!").serve(&settings.listen).await?;
    Ok(())
}
