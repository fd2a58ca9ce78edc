use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::organizations::team::Team;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `membership`: somebody joined or left a team.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MembershipEvent {
    /// What happened.
    pub action: MembershipAction,
    /// What they are a member of.
    pub scope: Option<MembershipScope>,
    /// Who it is.
    pub member: Option<User>,
    /// The team; when it was deleted, little more than its number and name.
    pub team: Option<Box<Team>>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the team belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to somebody's membership.
    pub enum MembershipAction {
        /// They joined.
        Added = "added",
        /// They left.
        Removed = "removed",
    }
}

hookstead_types::open_enum! {
    /// What somebody is a member of.
    pub enum MembershipScope {
        /// A team.
        Team = "team",
        /// An organization. GitHub documents the word and does not use it so far.
        Organization = "organization",
    }
}
