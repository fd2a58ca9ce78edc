//! Receives GitHub's webhooks: [`Receiver`] is a service that takes deliveries, [`Server`] a
//! complete server around it.
//!
//! GitHub never re-sends a failed delivery, and closes the connection after ten seconds. So a
//! delivery is verified, stored durably and answered at once; the work follows.
//!
//! ```no_run
//! use hookstead_events::PullRequestEvent;
//! use hookstead_handler::{Attempt, Router, handler_fn};
//! use hookstead_receiver::Server;
//! use hookstead_signature::WebhookSecret;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let router = Router::new().on::<PullRequestEvent>(handler_fn(
//!     async |event: PullRequestEvent, _: Attempt| {
//!         println!("It's {}", event.pull_request.title);
//!         Ok(())
//!     },
//! ));
//! Server::new("/event_handler", WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
//!     .serve("127.0.0.1:4567")
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is answered
//!
//! GitHub shows the answer's text under *Recent deliveries* in the hook's settings.
//!
//! | what arrives | answer | text |
//! |---|---|---|
//! | good, new | 202 | `accepted 72d3162e-... pull_request.opened` |
//! | good, and a task of it waits or runs | 202 | `duplicate 72d3162e-..., 1 of 2 tasks still at work` |
//! | good, and all its tasks are settled | 202 | `accepted again 72d3162e-... pull_request.opened` |
//! | the same, and a newer one of its lane is known | 202 | `accepted again ..., but 1 of 2 tasks superseded by a newer one` |
//! | a replay, if these [are refused](Receiver::refuse_replays) | 409 | `refused as a replay: ...` |
//! | `ping` | 200 | `pong` |
//! | an event without a handler, or that all decline | 200 | `ignored pull_request.opened: no handler` |
//! | another method | 405 with `Allow` | names the methods |
//! | another path (of a [`Server`]) | 404, or what its [fallback](Server::fallback) says | |
//! | a header that is missing or malformed | 400 | names the header |
//! | an event whose name begins with `hookstead.` | 400 | says that only programs submit these |
//! | a signature that is missing or wrong | 401 | never says what was expected |
//! | a body over the limit, too slow, of the wrong type | 413, 408, 415 | names the limit or the types |
//! | verified, but no JSON object, or a form without `payload` | 400 | says where |
//! | the inbox is full or down, or too many bodies at once | 503 with `Retry-After` | |
//!
//! A [`Server`] says at `/readyz` whether deliveries are accepted, and has a place for
//! [other pages](Server::fallback). Where a [`Receiver`] is mounted in another server, [`HealthPages`] is those
//! pages, [`Shutdown`] the order of stopping, and [`Host`] keeps connections in order.
//!
//! A changed secret shows in [`Receiver::signatures`], in the details of a [`Server`]'s `/readyz` and in
//! the log. With
//! the feature `metrics` requests and failures are counted; the crate `hookstead` lists the names.
//!
//! # What the signature covers
//!
//! GitHub signs the body, and nothing else: not the delivery's id, not the event's name, not the hook's
//! id, not the content type, and no time is in it. So a good signature says that GitHub (or somebody
//! else with the secret) once sent this body; not that it is new, and not that the headers are the ones
//! that came with it. Whoever captured one delivery can send its body again, under any id, as any event,
//! for as long as the secret stays.
//!
//! What protects:
//!
//! * **TLS** on the whole way, so that nothing is captured, and no log of bodies and headers.
//! * **The inbox**: the same id again is a duplicate while a task of it waits or runs. Later it is what
//!   *Redeliver* sends, and is handled again.
//! * **[`Receiver::refuse_replays`]**: the same body under another id, or as another event, is refused.
//! * **Decoding**: a body that cannot be what its event's name says ends as a dead letter, whose error
//!   names the event and what is missing. (Some events ask for next to nothing; nearly any body is one of
//!   them.)
//! * **The handler**: what it does about one event it should do once, whatever is sent again.

// On docs.rs, what needs a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accepting;
mod activity;
mod answer;
mod body;
mod body_buffer;
mod body_memory;
mod connection;
mod connections;
mod form;
mod health;
mod health_pages;
mod hook_path;
mod host;
mod incoming_body;
mod limits;
mod listening;
#[cfg(feature = "metrics")]
mod metrics;
mod page_body;
mod pages;
mod payload;
mod receiver;
mod refusals;
mod request_head;
mod server;
mod shutdown;
mod signatures;
mod site;
mod stage;
mod tally;
mod turns;
mod unread;

pub use answer::AnswerBody;
pub use health::DetailsFor;
pub use health_pages::{HealthPage, HealthPages};
pub use host::Host;
pub use incoming_body::IncomingBody;
pub use limits::Limits;
pub use listening::ServeError;
pub use receiver::Receiver;
pub use server::Server;
pub use shutdown::Shutdown;
pub use signatures::SignatureCounts;
