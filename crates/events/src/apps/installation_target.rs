use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User, UserType};

use crate::apps::installation::InstallationTargetType;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `installation_target`: an account that an App is installed on got another name. Every App gets
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationTargetEvent {
    /// What happened.
    pub action: InstallationTargetAction,
    /// The account, as it is now.
    pub account: Box<InstallationTargetAccount>,
    /// The name, as it was before.
    pub changes: Option<InstallationTargetChanges>,
    /// What kind of account it is.
    pub target_type: Option<InstallationTargetType>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization, where it is one.
    pub organization: Option<Organization>,
    /// The App's installation.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to an account that an App is installed on.
    pub enum InstallationTargetAction {
        /// It got another name.
        Renamed = "renamed",
    }
}

/// How an account was called before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationTargetChanges {
    /// The login, of a person or an organization.
    pub login: Option<Change<String>>,
    /// The name in its URLs, of an enterprise.
    pub slug: Option<Change<String>>,
}

/// An account that an App is installed on: a person, an organization or an enterprise.
///
/// Its links that are made from the name by rule are left out; see
/// [`OMITTED_LINKS`](crate::OMITTED_LINKS).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct InstallationTargetAccount {
    /// The account's number.
    pub id: u64,
    /// The account's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name in URLs and mentions, of a person or an organization.
    pub login: Option<String>,
    /// The name in URLs, of an enterprise.
    pub slug: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// What kind of account it is.
    pub r#type: Option<UserType>,
    /// What it says about itself.
    pub description: Option<String>,
    /// The picture.
    pub avatar_url: Option<String>,
    /// A Gravatar id, empty nowadays.
    pub gravatar_id: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// The account in the REST API.
    pub url: Option<String>,
    /// Its own site.
    pub website_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// How many follow it.
    pub followers: Option<u64>,
    /// How many it follows.
    pub following: Option<u64>,
    /// How many public repositories it has.
    pub public_repos: Option<u64>,
    /// How many public gists it has.
    pub public_gists: Option<u64>,
    /// Whether it has projects.
    pub has_organization_projects: Option<bool>,
    /// Whether its repositories may have projects.
    pub has_repository_projects: Option<bool>,
    /// Whether GitHub verified who it is.
    pub is_verified: Option<bool>,
    /// Whether it administers the whole GitHub instance.
    pub site_admin: Option<bool>,
    /// `public` or `private`: which view of the account this object is.
    pub user_view_type: Option<String>,
}
