use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, User};

use crate::repositories::custom_property_value::{CustomPropertyValue, CustomPropertyValuesAction};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `organization_custom_property_values`: an organization got other values of its properties.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationCustomPropertyValuesEvent {
    /// What happened.
    pub action: CustomPropertyValuesAction,
    /// The values now.
    #[serde(default, deserialize_with = "items")]
    pub new_property_values: Vec<CustomPropertyValue>,
    /// The values before.
    #[serde(default, deserialize_with = "items")]
    pub old_property_values: Vec<CustomPropertyValue>,
    /// The repository, if any.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}
