use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::repositories::custom_property::CustomProperty;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `custom_property`: a property that repositories may have was defined, changed or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CustomPropertyEvent {
    /// What happened.
    pub action: CustomPropertyAction,
    /// The property; on `deleted`, its name and little else.
    pub definition: Box<CustomProperty>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that defines it.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that defines it, or that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a [`CustomProperty`].
    pub enum CustomPropertyAction {
        /// It was defined.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It is the enterprise's now.
        PromoteToEnterprise = "promote_to_enterprise",
        /// Its definition was changed.
        Updated = "updated",
    }
}
