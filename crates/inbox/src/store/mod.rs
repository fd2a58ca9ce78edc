//! The contract between the [`Inbox`](crate::Inbox), which knows the rules, and a store, which keeps
//! the rows.
//!
//! A store does what a database does: it writes rows, finds them and changes them, each call in one
//! transaction. It logs nothing, counts nothing for metrics, packs nothing and knows no policy (how
//! often, how long, what an error means): that is decided once, in front of it.

pub(crate) mod accept;
pub(crate) mod change;
pub(crate) mod contract;
pub(crate) mod entry;
pub(crate) mod lease;
pub(crate) mod packed;
pub(crate) mod purge;
pub(crate) mod rank;
pub(crate) mod registry;
pub(crate) mod settlement;
mod shared;
pub(crate) mod task_id;

pub use accept::{AcceptAnswer, Accepted, HandedOver, NewDelivery, NewTask, TaskLane, Unplaced};
pub use change::{Changed, TaskChange};
pub use contract::Store;
pub use entry::{Depth, Entry, Filter, NameDepth, Probe, TaskState};
pub use lease::{LeaseRequest, LeaseToken, Leased, Leases, Marks, Renewal, TakerShare};
pub use packed::Packed;
pub use purge::{Purge, Purged};
pub use rank::{Candidate, Rank, share_out};
pub use registry::{Claim, HandlerId, Numbers, Process, RegisteredName, TakerId};
pub use settlement::{Because, Settled, Settlement};
pub use task_id::TaskId;
