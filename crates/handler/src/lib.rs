//! What a webhook handler is. No I/O happens here: a [`Delivery`] comes in, the [`Router`] says which
//! [`Handler`]s have work with it and in which lanes, and for each of them an [`Attempt`] is made,
//! whose end goes back to whoever asked for it.
//!
//! ```
//! use hookstead_events::PullRequestEvent;
//! use hookstead_handler::{Attempt, Handler, HandlerError, Router, async_trait};
//!
//! struct Greeter;
//!
//! #[async_trait]
//! impl Handler<PullRequestEvent> for Greeter {
//!     async fn handle(&self, event: &PullRequestEvent, _: &Attempt) -> Result<(), HandlerError> {
//!         println!("It's {}", event.pull_request.title);
//!         Ok(())
//!     }
//! }
//!
//! let router = Router::new().on::<PullRequestEvent>(Greeter);
//! assert!(router.takes(&"pull_request".into()));
//! assert!(!router.takes(&"push".into()));
//! ```

mod attempt;
mod check;
mod decoded;
mod delivery;
mod delivery_id;
mod end;
mod error;
mod failure;
mod handler;
mod interruption;
mod lane;
mod name;
mod panics;
mod placement;
mod registered;
mod registration;
mod route;
mod router;
mod router_error;
mod step;
mod step_keeper;
mod wait;

pub use async_trait::async_trait;

pub use attempt::{Attempt, AttemptParts};
pub use decoded::Decoded;
pub use delivery::{Delivery, HookTarget};
pub use delivery_id::{DeliveryId, InvalidDeliveryId};
pub use end::End;
pub use error::{Advice, HandlerError};
pub use failure::{AttemptEnd, Failure, FailureCause};
pub use handler::{Handler, HandlerFn, handler_fn};
pub use interruption::Interruption;
pub use lane::{Heads, Lane, LaneMode};
pub use name::{HandlerName, InvalidHandlerName};
pub use placement::Placement;
pub use registered::Registered;
pub use registration::Registration;
pub use router::Router;
pub use router_error::RouterError;
pub use step::Step;
pub use step_keeper::{KeptStep, StepKeeper, StepNotKept};
pub use wait::WaitUntil;
