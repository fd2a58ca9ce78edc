use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::repositories::custom_property::CustomProperty;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `organization_custom_property`: a property that organizations may have was defined, changed or
/// deleted.
///
/// Only the hooks of enterprises get this event.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationCustomPropertyEvent {
    /// What happened.
    pub action: OrganizationCustomPropertyAction,
    /// The property; on `deleted`, its name and little else.
    pub definition: Box<CustomProperty>,
    /// The repository, if any.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization, if any.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that defines it.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a property of organizations.
    pub enum OrganizationCustomPropertyAction {
        /// It was defined.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// Its definition was changed.
        Updated = "updated",
    }
}
