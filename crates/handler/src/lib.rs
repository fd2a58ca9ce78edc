//! What a webhook handler is. No I/O happens here. A [`Delivery`] comes in, and the [`Router`] says which
//! [`Handler`]s have work with it and in which lanes. An [`Attempt`] is made for each of them, and its
//! end goes back to whoever asked for it.
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
//!
//! # Words
//!
//! * A **delivery** is what arrived: a record, stored once.
//! * A **task** is one handler's work on one delivery. Where several handlers take a delivery, each has
//!   a task of its own, with a lane, a pool and an outcome of its own.
//! * A **run** of a task begins when the delivery is accepted, or when somebody asks for it anew.
//! * An **attempt** is one try within a run. What an attempt has done in a [step](Attempt::step) is not
//!   done again by the next one.
//!
//! # How an attempt ends
//!
//! | the handler | is it a failure? | what comes next |
//! |---|---|---|
//! | returns `Ok` | no | the task is done |
//! | returns an error, by `?` or [`HandlerError::retry`] | yes | another attempt, after growing pauses; a dozen of them |
//! | returns an error of an [outage](HandlerError#outages) | no | other attempts, for a day |
//! | returns [`HandlerError::wait`] | no | another attempt at that time, or when it is woken |
//! | returns [`HandlerError::permanent`] | yes | the task is dead |
//! | panics | yes | as after an error |
//! | takes longer than its [deadline](Registration::deadline) | yes | the task is dead, unless it is [retried](Registration::retried) |
//! | is superseded or canceled | no | the task is superseded, or canceled |
//! | loses its lease, or its server stops | no | another attempt, soon |
//!
//! The counts and times are the worker's settings. After every end of a run but success,
//! [`Handler::ended`] is called.
//!
//! # Testing a handler
//!
//! A handler is called like any other function: [`Attempt::for_test`] makes what it gets beside its
//! event, and [`Attempt::next_for_test`] is the attempt that knows what was done before.
//!
//! ```
//! use hookstead_handler::{Attempt, Delivery, HandlerError};
//!
//! async fn build(attempt: &Attempt) -> Result<u32, HandlerError> {
//!     attempt.step("build", || async { Ok::<_, HandlerError>(7) }).await
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
//! let first = Attempt::for_test(delivery);
//! assert_eq!(build(&first).await?, 7);
//! // The second attempt gets the result of the first.
//! assert_eq!(build(&first.next_for_test()).await?, 7);
//! # Ok::<(), HandlerError>(())
//! # }).unwrap();
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
pub use error::{Advice, AnyError, HandlerError};
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
