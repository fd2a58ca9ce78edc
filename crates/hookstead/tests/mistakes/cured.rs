// The cures of the usual mistakes, by the facade alone: they compile.

use hookstead::events::{AnyEvent, DecodeError, Event, EventName, PushEvent};
use hookstead::handler::{End, Registration};
use hookstead::{Attempt, Handler, HandlerError, Router, Server, WebhookSecret, async_trait, handler_fn};

hookstead::types::open_enum! {
    /// Where it is deployed to.
    pub enum Environment {
        /// For everybody.
        Production = "production",
    }
}

fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

struct Title;

impl Event for Title {
    const NAME: Option<EventName> = Some(EventName::PullRequest);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

struct Log(String);

#[async_trait]
impl Handler<PushEvent> for Log {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        boxed().map_err(hookstead::HandlerError::retry)?;
        Ok(())
    }

    async fn ended(&self, _: &Attempt, _: End) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[async_trait]
impl Handler<Title> for Log {
    async fn handle(&self, _: &Title, _: &Attempt) -> Result<(), HandlerError> {
        Err(HandlerError::permanent(self.0.clone()))
    }
}

struct Provider(hookstead::client::Token);

#[async_trait]
impl hookstead::client::TokenProvider for Provider {
    async fn token(
        &self,
    ) -> Result<hookstead::client::Token, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0.clone())
    }
}

fn named(registration: Registration<Title>) -> Registration<Title> {
    registration.name("titles")
}

fn router() -> Router {
    Router::new()
        .on::<PushEvent>(Log(String::new()))
        .on_with::<Title>(Log(String::new()), named)
        .on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())))
}

async fn serve(secret: WebhookSecret) -> Result<(), Box<dyn std::error::Error>> {
    Server::new("/event_handler", secret, router())
        .inbox(hookstead::inbox::MemoryStore::new())
        .serve("127.0.0.1:4567")
        .await?;
    Ok(())
}

fn main() {
    assert_eq!(Environment::from("production"), Environment::Production);
    let _ = (serve, Provider);
}
