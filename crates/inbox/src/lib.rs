//! Accepts deliveries so that they survive a crash, and handles them afterwards.

mod error;
mod inbox;

pub use error::InboxError;
pub use inbox::{
    Accepted, Depth, Entry, EntryState, Filter, Inbox, LeaseRequest, LeaseToken, Leased, Settlement,
};
