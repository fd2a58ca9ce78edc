use serde::Serialize;
use serde_json::Value;

use hookstead_types::decode::items;
use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `custom_property_values`: a repository got other values of its properties.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CustomPropertyValuesEvent {
    /// What happened.
    pub action: CustomPropertyValuesAction,
    /// The values now.
    #[serde(default, deserialize_with = "items")]
    pub new_property_values: Vec<CustomPropertyValue>,
    /// The values before.
    #[serde(default, deserialize_with = "items")]
    pub old_property_values: Vec<CustomPropertyValue>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

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
