//! GitHub's webhook events as types.
//!
//! Each event is a struct named after it: `pull_request` is [`PullRequestEvent`]. [`AnyEvent`] is
//! any of them, and [`EventName`] names them all. What goes for every type here:
//!
//! * **Nothing that GitHub really sends is refused.** An unknown field, action or enum value never
//!   fails; a missing or `null` field is `None` wherever GitHub was seen to leave it out. Few
//!   fields are required: those without which the event has no meaning.
//! * **Deleted things are ordinary.** A deleted account or fork is `null`, so nested users are
//!   `Option<User>` and [`head.repo`](PullRequestBranch::repo) is an `Option`.
//! * **A payload that does not fit is named**, not shown: see [`DecodeError`].
//! * Types serialise back to what they were read from, but for the [`OMITTED_LINKS`].
//!
//! ```
//! use hookstead_events::{Event, EventName, PushEvent};
//!
//! let payload = br#"{
//!     "ref": "refs/heads/main", "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
//!     "after": "0000000000000000000000000000000000000000", "deleted": true,
//!     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
//! }"#;
//! let push = PushEvent::decode(&EventName::Push, payload)?;
//! assert!(push.deleted && push.after.is_zero());
//! # Ok::<(), hookstead_events::DecodeError>(())
//! ```

mod any_event;
mod envelope;
mod event;
mod table;

pub use any_event::OtherEvent;
pub use envelope::{Envelope, NotAnObject};
pub use event::{DecodeError, Event, decode_json};
pub use table::{AnyEvent, EventName};

pub use hookstead_types::*;
