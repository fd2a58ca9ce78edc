use serde::Serialize;

use hookstead_types::Decode;

use crate::shared::repository::RepositoryPermissions;

/// A team of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Team {
    /// The team's number.
    pub id: u64,
    /// The name for people.
    pub name: String,
    /// The team's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name in URLs and mentions.
    pub slug: Option<String>,
    /// What the team is for.
    pub description: Option<String>,
    /// Who sees the team.
    pub privacy: Option<TeamPrivacy>,
    /// Whether a mention of the team notifies its members: `notifications_enabled` or
    /// `notifications_disabled`.
    pub notification_setting: Option<String>,
    /// What the team may do with new repositories: `pull`, `push`, `admin`, ...
    pub permission: Option<String>,
    /// The same, level by level; where a repository's advisory shows the team.
    pub permissions: Option<RepositoryPermissions>,
    /// Where that comes from: `direct`, `organization` or `enterprise`.
    pub access_source: Option<String>,
    /// What kind of account the team belongs to; missing in old payloads.
    pub r#type: Option<TeamType>,
    /// The number of the organization that it belongs to.
    pub organization_id: Option<u64>,
    /// The number of the enterprise that it belongs to.
    pub enterprise_id: Option<u64>,
    /// The name of the team's group in LDAP; on GitHub Enterprise Server only.
    pub ldap_dn: Option<String>,
    /// The team in the REST API.
    pub url: Option<String>,
    /// The team's page.
    pub html_url: Option<String>,
    /// The team's members in the REST API, as a URI template.
    pub members_url: Option<String>,
    /// The team's repositories in the REST API.
    pub repositories_url: Option<String>,
    /// The team that this one is a part of.
    pub parent: Option<Box<Team>>,
    /// Whether the team is deleted.
    pub deleted: Option<bool>,
}

impl Team {
    /// A team with this name and number and nothing else, for tests and samples.
    #[must_use]
    pub fn new(name: impl Into<String>, id: u64) -> Self {
        Self {
            id,
            name: name.into(),
            node_id: None,
            slug: None,
            description: None,
            privacy: None,
            notification_setting: None,
            permission: None,
            permissions: None,
            access_source: None,
            r#type: None,
            organization_id: None,
            enterprise_id: None,
            ldap_dn: None,
            url: None,
            html_url: None,
            members_url: None,
            repositories_url: None,
            parent: None,
            deleted: None,
        }
    }
}

hookstead_types::open_enum! {
    /// Who sees a [`Team`].
    pub enum TeamPrivacy {
        /// Everybody. GitHub's schema has the word; no team has it any more.
        Open = "open",
        /// Every member of the organization. (GitHub's word for it is misleading.)
        Closed = "closed",
        /// The team's own members and the organization's owners.
        Secret = "secret",
    }
}

hookstead_types::open_enum! {
    /// What kind of account a [`Team`] belongs to.
    pub enum TeamType {
        /// An organization.
        Organization = "organization",
        /// An enterprise.
        Enterprise = "enterprise",
    }
}
