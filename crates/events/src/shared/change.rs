use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use hookstead_types::Decode;
use hookstead_types::decode::List;

/// What an edited field was before, in an event's `changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Change<T> {
    /// The value before; nothing where the field was empty.
    pub from: Option<T>,
}

/// Reads what a list was before, so that the list counts.
pub(crate) fn of_list<'de, D, T>(deserializer: D) -> Result<Option<Change<Vec<T>>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let change: Option<Change<List<T>>> = Option::deserialize(deserializer)?;
    Ok(change.map(|Change { from }| Change { from: from.map(|List(items)| items) }))
}
