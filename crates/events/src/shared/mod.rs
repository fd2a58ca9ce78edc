//! The objects and the small words that events of several families show.
//!
//! What would have two families lean on each other stands here: the repository, the organization, the
//! enterprise, the App, the deployment. Nothing here leans on a family.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod author_association;
pub(crate) mod change;
pub(crate) mod deployment;
pub(crate) mod enterprise;
pub(crate) mod from_to;
pub(crate) mod installation_reference;
pub(crate) mod link;
pub(crate) mod omitted_links;
pub(crate) mod organization;
pub(crate) mod reactions;
pub(crate) mod repository;
pub(crate) mod security_and_analysis;

pub use account::Account;
pub use app::{App, PermissionLevel};
pub use author_association::AuthorAssociation;
pub use change::Change;
pub use deployment::{Deployment, MinimalDeployment};
pub use enterprise::Enterprise;
pub use from_to::FromTo;
pub use installation_reference::InstallationReference;
pub use link::Link;
pub use omitted_links::OMITTED_LINKS;
pub use organization::Organization;
pub use reactions::Reactions;
pub use repository::{
    CodeOfConduct, CodeSearchIndexStatus, License, MinimalRepository, PullRequestCreationPolicy,
    Repository, RepositoryOrganization, RepositoryPermissions, RepositoryVisibility,
};
pub use security_and_analysis::{
    DelegatedBypassMode, DelegatedBypassOptions, DelegatedBypassReviewer,
    DelegatedBypassReviewerType, SecurityAndAnalysis, SecurityFeature, SecurityFeatureStatus,
};
