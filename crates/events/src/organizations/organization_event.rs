use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `organization`: an organization was renamed or deleted, or its members changed.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationEvent {
    /// What happened.
    pub action: OrganizationAction,
    /// The membership; on all but `member_invited`.
    pub membership: Option<Box<OrganizationMembership>>,
    /// The invitation; on `member_invited`.
    pub invitation: Option<Box<OrganizationInvitation>>,
    /// Who was invited, if that is an account and not an address; on `member_invited`.
    pub user: Option<User>,
    /// The name, as it was before; on `renamed`.
    pub changes: Option<OrganizationChanges>,
    /// The repository, where the event belongs to one.
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

hookstead_types::open_enum! {
    /// What happened to an organization.
    pub enum OrganizationAction {
        /// It was deleted.
        Deleted = "deleted",
        /// Somebody accepted an invitation.
        MemberAdded = "member_added",
        /// Somebody was invited.
        MemberInvited = "member_invited",
        /// Somebody left.
        MemberRemoved = "member_removed",
        /// It got another name.
        Renamed = "renamed",
    }
}

/// How an organization was called before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationChanges {
    /// The login.
    pub login: Option<Change<String>>,
}

/// How somebody stands to an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationMembership {
    /// Who it is.
    pub user: Option<User>,
    /// Their role: `member`, `admin`, ...
    pub role: Option<String>,
    /// Whether they are in: `active`, `pending` or `inactive`.
    pub state: Option<String>,
    /// Whether they are a member themselves, not only by a team of the enterprise.
    pub direct_membership: Option<bool>,
    /// The teams of the enterprise that make them a member; at most 100.
    pub enterprise_teams_providing_indirect_membership: Option<Vec<String>>,
    /// The membership in the REST API.
    pub url: Option<String>,
    /// The organization in the REST API.
    pub organization_url: Option<String>,
}

/// An invitation to join an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct OrganizationInvitation {
    /// The invitation's number.
    pub id: u64,
    /// The invitation's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The account that was invited, if it is one.
    pub login: Option<String>,
    /// The address that was invited, if it is one.
    pub email: Option<String>,
    /// The role to come: `direct_member`, `admin`, ...
    pub role: Option<String>,
    /// Who invited.
    pub inviter: Option<User>,
    /// Where the invitation comes from.
    pub invitation_source: Option<String>,
    /// How many teams come with it.
    pub team_count: Option<u64>,
    /// Those teams in the REST API.
    pub invitation_teams_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// Why it failed.
    pub failed_reason: Option<String>,
}
