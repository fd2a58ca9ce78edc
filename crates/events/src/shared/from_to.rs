use serde::Serialize;

use hookstead_types::Decode;

/// What an edited field was before and is now, in an event's `changes`. Most events show only what
/// it was: [`Change`](crate::Change).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct FromTo<T> {
    /// The value before; nothing where the field was empty.
    pub from: Option<T>,
    /// The value now; nothing where the field is empty.
    pub to: Option<T>,
}
