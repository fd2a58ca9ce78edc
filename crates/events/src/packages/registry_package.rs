use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::packages::package::Package;
use crate::packages::package_action::PackageAction;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `registry_package`: a version of a package was published or updated. GitHub recommends `package`
/// instead; Apps get this one only.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RegistryPackageEvent {
    /// What happened.
    pub action: PackageAction,
    /// The package.
    pub registry_package: Box<Package>,
    /// The repository that the package belongs to.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}
