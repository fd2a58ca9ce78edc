//! The journal: what is written down of builds, in the inbox's own database.
//!
//! Builds, what was decided and why, states, logs. A build and the work for it are written in one transaction, so
//! there is never one without the other, whatever crashes. There is no journal for an inbox in memory.
//!
//! One [`Journal`] is opened for each process; it opens the inbox's store as well:
//!
//! ```no_run
//! use hookstead::Router;
//! use hookstead_pipeline::journal::Journal;
//!
//! # async fn open() -> Result<(), Box<dyn std::error::Error>> {
//! let journal = Journal::open("pipeline.db").await?; // or postgres://...
//! // The handlers get the journal; then the inbox is made of their router.
//! let router = Router::new().program("pipeline");
//! let inbox = journal.inbox(router);
//! // `journal.submit(&inbox, ...)` writes down builds and their work.
//! # Ok(())
//! # }
//! ```
//!
//! # How a build moves
//!
//! ```text
//!  waiting ── approve ──▶ queued ── begin ──▶ running ── finish ──▶ passed, failed, error, ...
//!     │                    │  ▲                 │ │ ▲
//!     │                    │  └──── release ────┘ └─┘ begin: another attempt takes over
//!     └────── settle ──────┴──────▶ passed, error, canceled, superseded
//! ```
//!
//! What has ended stays as it is; to build again is another build, with a number of its own. Whoever begins a build gets a
//! [`BuildHold`], and only the latest counts: what an attempt writes that has lost its lease, changes nothing.
//!
//! Each change of state writes an [entry](JournalEntry) of its own. Callers write those of deliveries, decisions, reports and
//! people, by [`submit`](Journal::submit) or [`enter`](Journal::enter).

mod announcing;
mod build_row;
mod build_work;
mod changing;
mod database;
mod disk_room;
mod entries;
mod error;
mod heads;
mod history;
#[expect(clippy::module_inception, reason = "the room's front has the room's name")]
mod journal;
mod keeping;
mod lines;
mod listing;
mod logs;
mod machines;
mod options;
mod repositories;
mod sessions;
mod submit;
mod watching;
mod writes;

#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod plans;
#[cfg(test)]
pub(crate) mod trying;

pub use announcing::{Announcement, Announcer};
pub use build_work::BuildWork;
pub use changing::{BeginMode, Begun, BuildChange, BuildHold};
pub use disk_room::{DiskRoom, DiskSpace};
pub use entries::{EntryFilter, EntryKind, JournalEntry, NewEntry};
pub use error::JournalError;
pub use history::{BuildPage, BuildQuery, PastBuild};
pub use journal::Journal;
pub use keeping::{ForgottenLogs, Retention};
pub use listing::{BuildFilter, WaitingPosition};
pub use logs::{LogPart, LogWrite};
pub use machines::{Machine, RunningBuild};
pub use options::JournalOptions;
pub use submit::{SubmittedBuild, SubmittedHow, WantedBuild};
pub use watching::{BuildNews, BuildWatch, LogFollower};
