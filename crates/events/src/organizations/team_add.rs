use serde::Serialize;

use hookstead_types::Decode;

use crate::{Enterprise, InstallationReference, Organization, Repository, Team, User};

/// `team_add`: a team was let in to a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TeamAddEvent {
    /// The team.
    pub team: Box<Team>,
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
