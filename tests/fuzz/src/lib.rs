//! What must hold of every parser that strangers reach, whatever they send.
//!
//! Each target is a function from any bytes to nothing that panics when a rule is broken. It is
//! written once and called twice: by this package's test, which runs it over the corpus and over
//! some seconds of mutations, on stable Rust; and by `cargo fuzz`, see `.fuzz/README.md`.
//!
//! The targets go through the public interfaces: a request to a `Receiver`, an answer to a
//! `Client` by a transport of its own, neither with a socket. So they hold what a user gets, need no
//! door into the crates, and outlive their insides being rewritten.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a broken rule ends a target by a panic")]

mod answers;
mod corpus;
mod events;
mod mutation;
mod receiving;
mod words;

pub use corpus::seeds;
pub use mutation::Mutator;

/// A parser's rules: does nothing, or panics.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its folder in the corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("base_url", answers::base_url),
    ("delivery_id", words::delivery_id),
    ("envelope", events::envelope),
    ("error_body", answers::error_body),
    ("event", events::event),
    ("form", receiving::form),
    ("head", receiving::head),
    ("limits", answers::limits),
    ("link", answers::link),
    ("repo_name", words::repo_name),
    ("sha", words::sha),
    ("signature", words::signature),
    ("timestamp", words::timestamp),
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

/// Runs the target of this name over one input.
///
/// # Panics
///
/// When a rule is broken, or no target has this name.
pub fn run(name: &str, input: &[u8]) {
    target(name).unwrap()(input);
}
