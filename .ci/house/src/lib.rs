//! Checks of this repository over its own sources.
//!
//! Each check is a function from a [`House`] (or from what `cargo metadata` prints) to a list of
//! [`Finding`]s. What does not hold yet stands in a list under `known/`, which may only shrink.

pub mod arrows;
pub mod circles;
pub mod duplicates;
pub mod english;
pub mod finding;
pub mod foreign;
pub mod licences;
pub mod manifest;
pub mod markdown;
pub mod metadata;
pub mod names;
pub mod package;
pub mod public;
pub mod resolve;
pub mod scan;
pub mod source;
pub mod unused;
pub mod verbs;

pub use finding::Finding;
pub use source::House;
