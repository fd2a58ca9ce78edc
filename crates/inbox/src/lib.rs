//! Accepts deliveries so that they survive a crash, and handles them afterwards.
//!
//! GitHub delivers once, waits ten seconds for the answer and never tries again by itself. So a
//! server puts every delivery into an [`Inbox`], answers at once, and works afterwards:
//!
//! * an [`Inbox`] keeps deliveries until they are handled: [`SqliteInbox`] in a file,
//!   `PostgresInbox` (feature `postgres`) in a database for many machines, [`MemoryInbox`] in
//!   memory, or a store of yours;
//! * a [`Worker`] takes them out, gives them to the handlers of a router, tries again what failed,
//!   and puts aside what cannot succeed: *dead letters*, which can be [revived](Inbox::revive).
//!
//! ```no_run
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use hookstead_events::AnyEvent;
//! use hookstead_handler::{Delivery, Router, handler_fn};
//! use hookstead_inbox::{Inbox, SqliteInbox, Worker};
//!
//! let router = Router::new().on::<AnyEvent>(handler_fn(async |event: AnyEvent, _: Delivery| {
//!     println!("{}", event.name());
//!     Ok(())
//! }));
//! let inbox: Arc<dyn Inbox> = Arc::new(SqliteInbox::open("inbox.db")?);
//! let worker = tokio::spawn(Worker::new(Arc::clone(&inbox), router).run(std::future::pending()));
//!
//! // Whatever this returned for is handled at least once, whatever happens next.
//! inbox.accept(Delivery::new("72d3162e".parse()?, "push".into(), "{}")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! How a delivery moves:
//!
//! ```text
//!              accept                 lease                 settle
//!  (new) ─────────────────▶ ready ─────────────▶ leased ─────────────▶ done, superseded
//!                             ▲ ▲                 │  │ │
//!                             │ └─ lease ended ───┘  │ └─────────────▶ dead
//!                             │                      │ retry            │
//!                             ├────── delayed ◀──────┘                  │
//!                             └─── accept again, revive ────────────────┘
//! ```
//!
//! While a delivery of a lane is leased, the others of that lane are *blocked*.
//!
//! With the feature `metrics` all this is counted; the crate `hookstead` lists the names.

#![cfg_attr(
    not(all(feature = "sqlite", feature = "testing")),
    allow(rustdoc::broken_intra_doc_links, reason = "the docs name what the features bring")
)]

mod accepting;
mod back_off;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod clock;
mod error;
mod health;
mod inbox;
mod listing;
mod log;
#[cfg(feature = "metrics")]
mod metrics;
mod names;
mod operations;
mod own_runtime;
mod packing;
mod placing;
mod pools;
mod registering;
mod revival;
mod room;
mod store;
mod stores;
mod submit;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod timed;
mod work;
mod worker;

pub use back_off::BackOff;
pub use error::InboxError;
pub use health::{Health, HeldPool, OldestReady};
pub use inbox::Inbox;
pub use listing::Listing;
pub use operations::{ChangedTask, Selection};
pub use own_runtime::own_runtime;
pub use revival::{Revival, Revived};
pub use store::{
    AcceptAnswer, Accepted, Because, Candidate, Change, Changed, Claim, Depth, Entry, Filter,
    HandedOver, HandlerId, LeaseRequest, LeaseToken, Leased, Leases, Marks, NameDepth, NewDelivery,
    NewTask, Numbers, Packed, Probe, Process, Purge, Purged, Rank, Registered, Renewal, Settled,
    Settlement, Store, TakerId, TakerShare, TaskId, TaskLane, TaskState, Unplaced, share_out,
};
pub use stores::MemoryStore;
#[cfg(feature = "sqlite")]
pub use stores::{SqliteOptions, SqliteStore};
pub use submit::Submitted;
pub use work::{Work, WorkError};
pub use worker::Worker;
