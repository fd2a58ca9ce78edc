//! GitHub's webhook events as types.
//!
//! Each event is a struct named after it: `pull_request` is [`PullRequestEvent`]. [`AnyEvent`] is
//! any of them, and [`EventName`] names them all. What goes for every type here:
//!
//! * **Nothing that GitHub really sends is refused.** An unknown field, action or enum value never
//!   fails; a missing or `null` field is `None` wherever GitHub was seen to leave it out. Few
//!   fields are required: those without which the event has no meaning.
//! * **What may be missing may be odd.** What does not fit there is as good as missing: `{}` or a string
//!   in the place of an account, for instance. The field is `None` or its default, an item of a list is
//!   left out, and everything else is kept. The owner that an old server shows by name and e-mail
//!   only is nobody; the repository's full name tells whose it is. Such a payload is read twice, one
//!   that fits only once.
//! * **Deleted things are ordinary.** A deleted account or fork is `null`, so nested users are
//!   `Option<User>` and [`head.repo`](PullRequestBranch::repo) is an `Option`.
//! * **A payload costs what its length allows.** Decoding asks for no more memory than
//!   [`memory_for`] says, so that nobody makes it slow by sending the smallest objects that become
//!   the largest types. Beyond that it is an error that says so.
//! * **A payload that does not fit is named**, not shown: see [`DecodeError`].
//! * **What events share is seen without matching**, from each type and from [`AnyEvent`]: see
//!   [`Event::common`]. Each type has these fields itself: `event.repository` reads best, and some events
//!   always have a repository while others need not.
//! * **What an event is about is seen the same way**: its [commit](Event::head_sha), its [issue or pull
//!   request](Event::subject), whether it is [from a fork](Event::is_from_fork), whether a
//!   [bot](Event::is_by_bot) caused it. What comments tell a bot to do is read by one set of rules: see
//!   [`Command`].
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
//!
//! # What it costs
//!
//! Medians of one run of `cargo bench -p hookstead-events`, in microseconds; compare the columns, not
//! two runs. *Few fields* is a struct of 15 fields: with the HMAC it is the floor for anything typed.
//! *Peer* is the largest other Rust library, measured by the package in `benches/peer`.
//!
//! | payload | bytes | HMAC | HMAC + few fields | HMAC + `AnyEvent` | HMAC + peer | to the floor | allocations |
//! |---|---|---|---|---|---|---|---|
//! | `pull_request` `opened` | 21,370 | 10.6 | 18.5 | 26.5 | 137.6 | 1.43 | 98 |
//! | `push` | 6,923 | 3.5 | 6.5 | 8.4 | 32.9 | 1.30 | 45 |
//! | `deployment_status` | 8,885 | 4.4 | 8.4 | 10.6 | 39.8 | 1.25 | 49 |
//! | `check_run` `completed` | 11,310 | 5.6 | 10.6 | 16.6 | 58.0 | 1.56 | 119 |
//! | all 329 recorded, each | 9,886 | 5.1 | 10.1 | 15.0 | 61.4 | 1.47 | 56 |
//!
//! A cold debug build of this crate with all it depends on takes 12 s on two cores. That is why the
//! types derive [`Decode`](hookstead_types::Decode) and not serde's `Deserialize`: see `hookstead-derive`.

// Where things stand. An arrow means "leans on"; nothing leans the other way.
//
//     any_event  ->  about  ->  the families  ->  shared/  ->  commands/  ->  decode/  ->  event_name  ->  table
//
// * A family is a folder of events that belong together. Its `mod.rs` says which these are, and on which
//   other families it leans. Every family may lean on `shared/` and on what stands below it.
// * One rule names the files. A file holds an event with its parts and is named after the event, as
//   GitHub writes it: `push`. An object that several files need has a file of its own, named after the
//   object: `issue_comment`. Where the event has the name of an object or of its family, its file is
//   `issue_comment_event`. So nothing but `any_event` and `about` leans on an event's file.
// * A file imports its neighbours by their own paths. What stands here is for other crates.
// * To add an event, write its file, list it in the family's `mod.rs`, and add a line to `table` and to
//   `about`.

mod about;
mod any_event;
mod apps;
mod checks;
mod code;
mod commands;
mod common;
mod decode;
mod deployments;
mod discussions;
mod envelope;
mod event;
mod event_name;
mod issues;
mod organizations;
mod other_event;
mod packages;
mod projects;
mod pull_requests;
mod repositories;
mod rules;
mod security;
mod shared;
mod subject;
mod table;

pub use any_event::AnyEvent;
pub use commands::{Command, CommandError, CommandFault, CommandLimits};
pub use common::Common;
pub use decode::{
    DecodeError, MEMORY_ALWAYS, MEMORY_PER_BYTE, decode_json, decode_json_within, memory_for,
};
pub use envelope::{Envelope, NotAnObject};
pub use event::Event;
pub use event_name::EventName;
pub use other_event::OtherEvent;
pub use subject::Subject;

pub use apps::*;
pub use checks::*;
pub use code::*;
pub use deployments::*;
pub use discussions::*;
pub use issues::*;
pub use organizations::*;
pub use packages::*;
pub use projects::*;
pub use pull_requests::*;
pub use repositories::*;
pub use rules::*;
pub use security::*;
pub use shared::*;

// The words of both directions that the events show.
pub use hookstead_types::{
    CheckConclusion, CheckStatus, DeploymentState, HookContentType, InvalidRepoName, InvalidSha,
    MergeMethod, PullRequestState, RepoName, Sha, StatusState, Timestamp, User, UserType,
};
