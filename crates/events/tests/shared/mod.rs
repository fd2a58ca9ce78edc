//! What the tests and the report of coverage share: reading folders of payloads, and finding what
//! the types drop.

#![allow(dead_code, reason = "not all of them need all of it")]

pub(crate) mod folder;
pub(crate) mod paths;
