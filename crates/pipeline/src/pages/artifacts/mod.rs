//! What builds made and kept: the list on a build's page, and the files themselves.
//!
//! A build is hostile, so nothing of a file is believed: it comes as an attachment of no kind, and its path is followed
//! folder by folder without following a link, by handles, so that nothing can change between looking and opening.

// What each leans on, never the other way:
//
//   listing, sending -> folder, names
mod folder;
mod listing;
mod names;
mod sending;

pub(super) use listing::{list, section};
pub(super) use sending::send;
