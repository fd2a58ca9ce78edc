//! Receives GitHub's webhooks, loses nothing, reports back.
//!
//! Implement [`Handler`] for the events you care about, put it into a [`Router`], and give that to
//! a [`Server`]. A delivery is verified, stored, and answered at once; your handler runs afterwards,
//! and again when it fails or its process dies. It reports back through a `client::Client`.
//!
//! ```no_run
//! use hookstead::events::PushEvent;
//! use hookstead::{Delivery, Handler, HandlerError, Router, Server, WebhookSecret, async_trait};
//!
//! struct Log;
//!
//! #[async_trait]
//! impl Handler<PushEvent> for Log {
//!     async fn handle(&self, push: &PushEvent, _: &Delivery) -> Result<(), HandlerError> {
//!         println!("{} is at {}", push.r#ref, push.after);
//!         Ok(())
//!     }
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = WebhookSecret::from_env("WEBHOOK_SECRET")?;
//! Server::new("/event_handler", secret, Router::new().on::<PushEvent>(Log))
//!     .serve("127.0.0.1:4567")
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! This crate only gathers the others; each can be used without the rest:
//!
//! | here | crate | what it is for |
//! |---|---|---|
//! | [`events`] | `hookstead-events` | GitHub's webhook events as types |
//! | [`signature`] | `hookstead-signature` | verifying that a delivery comes from GitHub |
//! | [`handler`] | `hookstead-handler` | what a handler is, and which one takes what |
//! | [`inbox`] | `hookstead-inbox` | keeping deliveries until they are handled |
//! | [`receiver`] | `hookstead-receiver` | taking deliveries: a tower service, a server |
//! | `client` | `hookstead-client` | reporting back: statuses, deployments, merging |
//!
//! For testing your own handlers there is `hookstead-testkit`: a fake GitHub, samples and senders.
//!
//! # Features
//!
//! | feature | by default | what it adds |
//! |---|---|---|
//! | `client` | yes | the REST client |
//! | `sqlite` | yes | the inbox on disk; needs a C compiler |
//! | `postgres` | no | the inbox in PostgreSQL, for many machines |
//! | `aws-lc-rs` | yes | TLS by aws-lc-rs; needs a C compiler |
//! | `ring` | no | TLS by ring, quicker to build |
//! | `app` | no | the client as a GitHub App |
//! | `webpki-roots` | no | the client trusts Mozilla's roots in place of the machine's |
//! | `http2` | no | the client speaks HTTP/2 |

#[cfg(feature = "client")]
pub use hookstead_client as client;
pub use hookstead_events as events;
pub use hookstead_handler as handler;
pub use hookstead_inbox as inbox;
pub use hookstead_receiver as receiver;
pub use hookstead_signature as signature;

pub use hookstead_handler::{Delivery, Handler, HandlerError, Router, async_trait, handler_fn};
pub use hookstead_receiver::{Receiver, Server};
pub use hookstead_signature::{Verifier, WebhookSecret};

#[cfg(all(doctest, feature = "client", feature = "sqlite"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
