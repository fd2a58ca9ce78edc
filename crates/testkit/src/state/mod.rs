//! What the fake GitHub knows, and what happens in it. Everything here is synchronous: a change moves the
//! [`World`] on and leaves in its outbox what hooks are to be told. There is no I/O but for repositories with git:
//! a change of these runs git for some milliseconds.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod changes;
mod contents;
pub(crate) mod facts;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod hook;
pub(crate) mod issues;
pub(crate) mod links;
pub(crate) mod merge;
pub(crate) mod merge_queue;
pub(crate) mod merge_request;
pub(crate) mod mint;
pub(crate) mod occurrence;
pub(crate) mod organization;
pub(crate) mod rate;
pub(crate) mod repository;
pub(crate) mod repository_index;
mod requirements;
mod rights;
pub(crate) mod rules;
mod suites;
mod views;
pub(crate) mod world;
