use serde::Serialize;

use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `page_build`: the repository's site on GitHub Pages was built, or could not be.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PageBuildEvent {
    /// The build's number.
    pub id: u64,
    /// The build.
    pub build: Box<PageBuild>,
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

/// A build of a site on GitHub Pages.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PageBuild {
    /// How it stands.
    pub status: Option<PageBuildStatus>,
    /// What went wrong, if anything.
    pub error: Option<PageBuildError>,
    /// Who pushed what was built.
    pub pusher: Option<User>,
    /// The commit that was built.
    pub commit: Option<Sha>,
    /// How long it took, in milliseconds.
    pub duration: Option<u64>,
    /// When it started.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The build in the REST API.
    pub url: Option<String>,
}

/// What went wrong in a [`PageBuild`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct PageBuildError {
    /// The error, for people; nothing if nothing went wrong.
    pub message: Option<String>,
}

hookstead_types::open_enum! {
    /// How a [`PageBuild`] stands. GitHub lists no values for this event; these are its REST API's.
    pub enum PageBuildStatus {
        /// It is going on.
        Building = "building",
        /// It went well.
        Built = "built",
        /// It failed.
        Errored = "errored",
    }
}
