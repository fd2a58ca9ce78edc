//! What a webhook handler is. No I/O happens here: a [`Delivery`] comes in, the [`Router`] decodes
//! it for the [`Handler`]s of its event, and their outcomes go back to whoever brought it.
//!
//! ```
//! use hookstead_events::PullRequestEvent;
//! use hookstead_handler::{Delivery, Handler, HandlerError, Router, async_trait};
//!
//! struct Greeter;
//!
//! #[async_trait]
//! impl Handler<PullRequestEvent> for Greeter {
//!     async fn handle(&self, event: &PullRequestEvent, _: &Delivery) -> Result<(), HandlerError> {
//!         println!("It's {}", event.pull_request.title);
//!         Ok(())
//!     }
//! }
//!
//! let router = Router::new().on::<PullRequestEvent>(Greeter);
//! assert!(router.takes(&"pull_request".into()));
//! assert!(!router.takes(&"push".into()));
//! ```

mod delivery;
mod error;
mod handler;
mod interruption;
mod lane;
mod outcome;
mod registration;
mod router;

pub use async_trait::async_trait;

pub use delivery::{Delivery, DeliveryId, HookTarget, InvalidDeliveryId};
pub use error::HandlerError;
pub use handler::{Handler, HandlerFn, handler_fn};
pub use interruption::Interruption;
pub use lane::{Heads, Lane};
pub use outcome::{Failure, FailureCause, Outcome};
pub use registration::Registration;
pub use router::Router;
