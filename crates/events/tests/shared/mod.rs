//! What the tests and the report of coverage share: reading folders of payloads, and finding what
//! the types drop.

pub(crate) mod folder;
pub(crate) mod paths;
