//! Checks of this repository over its own sources.
//!
//! Each check is a function from a [`House`] to a list of
//! [`Finding`]s. What does not hold yet stands in a list under `known/`, which may only shrink.

pub mod arrows;
pub mod circles;
pub mod english;
pub mod finding;
pub mod foreign;
pub mod manifest;
pub mod markdown;
pub mod names;
pub mod public;
pub mod resolve;
pub mod scan;
pub mod source;
pub mod verbs;

pub use finding::Finding;
pub use source::House;
