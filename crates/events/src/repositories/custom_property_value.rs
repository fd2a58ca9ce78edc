use serde::Serialize;
use serde_json::Value;

use hookstead_types::Decode;

hookstead_types::open_enum! {
    /// What happened to the values of a repository's or an organization's properties.
    pub enum CustomPropertyValuesAction {
        /// They were changed.
        Updated = "updated",
    }
}

/// A repository's or an organization's value of a property.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CustomPropertyValue {
    /// The property's name.
    pub property_name: String,
    /// The value: a string, a list of strings, or `null` for none.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub value: Value,
}
