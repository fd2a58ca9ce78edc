use serde::Serialize;

use hookstead_types::Decode;

/// What an edited field was before, in an event's `changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Change<T> {
    /// The value before; nothing where the field was empty.
    pub from: Option<T>,
}
