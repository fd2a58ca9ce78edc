//! Writes deliveries down so that they survive a crash, and has them handled afterwards.
//!
//! GitHub delivers once, waits ten seconds for the answer and never tries again by itself. So a
//! server puts every delivery into an [`Inbox`], answers at once, and works afterwards:
//!
//! * a [`Store`] keeps what there is: [`SqliteStore`] in a file, `PostgresStore` (feature `postgres`) in a
//!   database for many machines, [`MemoryStore`] in memory, or one of yours;
//! * an [`Inbox`] stands in front of it, for the handlers of one router. It writes a *task* for each
//!   handler that takes a delivery, logs, counts, gives every call a deadline, and forgets what is old. What
//!   is there can be listed, [canceled](Inbox::cancel), done [once more](Inbox::rerun), and
//!   [revived](Inbox::revive) when it is dead;
//! * a [`Worker`] leases the tasks of its own handlers, tries again what failed, and puts aside what cannot
//!   succeed.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! use hookstead_events::AnyEvent;
//! use hookstead_handler::{Attempt, Delivery, Router, handler_fn};
//! use hookstead_inbox::{Inbox, MemoryStore, Worker};
//!
//! let (handled, mut all_handled) = tokio::sync::mpsc::unbounded_channel();
//! let router = Router::new().program("echo").on::<AnyEvent>(handler_fn(
//!     move |event: AnyEvent, attempt: Attempt| {
//!         println!("{} for {}", event.name(), attempt.handler());
//!         let handled = handled.clone();
//!         async move { Ok(handled.send(attempt.delivery().id.clone())?) }
//!     },
//! ));
//! let inbox = Inbox::new(MemoryStore::new(), router);
//!
//! // Whatever this returned for is handled at least once, whatever happens next.
//! inbox.accept(Delivery::new("72d3162e".parse()?, "from_the_future".into(), "{}")).await?;
//!
//! Worker::new(inbox).run(async { assert!(all_handled.recv().await.is_some()) }).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! How a task moves:
//!
//! ```text
//!           accept, submit           lease                 settle
//!  (new) ─────────────────▶ ready ─────────────▶ leased ─────────────▶ done
//!                           ▲ ▲ ▲                 │  │ │
//!                           │ │ └─ lease ended ───┘  │ └─────────────▶ dead, superseded, canceled
//!                           │ │                      │ again            │
//!                           │ └───── delayed ◀───────┘                  │
//!                           └─── accept again, rerun, revive ───────────┘
//! ```
//!
//! While a task of a lane is leased, the others of that lane are *blocked*. A task that did not end well is
//! settled once its handler was told, by [`ended`](hookstead_handler::Handler::ended). What is accepted
//! while a worker of the same process has a free slot is leased as it is written, and handed over in memory.
//!
//! Several programs, and several versions of one, may share a store: a task belongs to the full name of its
//! handler, `program.name`, and only a process that has it leases it. See [`Inbox`].
//!
//! With the feature `metrics` all this is counted; the crate `hookstead` lists the names.

// On docs.rs, what needs a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(feature = "sqlite", feature = "testing")),
    allow(rustdoc::broken_intra_doc_links, reason = "the docs name what the features bring")
)]

mod about;
mod accepting;
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
mod pool_slots;
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

pub use error::InboxError;
pub use health::{Health, HeldPool, OldestReady};
pub use hookstead_types::BackOff;
pub use inbox::Inbox;
pub use listing::Listing;
pub use operations::{ChangedTask, Selection};
pub use own_runtime::own_runtime;
pub use revival::{Revival, Revived};
pub use store::{
    AcceptAnswer, Accepted, Because, Candidate, Changed, Claim, Depth, Entry, Filter, HandedOver,
    HandlerId, LeaseRequest, LeaseToken, Leased, Leases, Marks, NameDepth, NewDelivery, NewTask,
    Numbers, Packed, Probe, Process, Purge, Purged, Rank, RegisteredName, Renewal, Settled,
    Settlement, Store, TakerId, TakerShare, TaskChange, TaskId, TaskLane, TaskState, Unplaced,
    share_out,
};
pub use stores::{MemoryStore, StorePlace};
#[cfg(feature = "postgres")]
pub use stores::{PostgresConnection, PostgresOptions, PostgresStore};
#[cfg(feature = "sqlite")]
pub use stores::{SqliteOptions, SqliteStore, SqliteWriteTurn};
pub use submit::Submitted;
pub use work::{Work, WorkError};
pub use worker::Worker;
