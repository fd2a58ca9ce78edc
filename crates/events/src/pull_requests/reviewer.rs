use serde::{Deserialize, Serialize};

use hookstead_types::{Decode, Timestamp, User, UserType};

use crate::organizations::team::{Team, TeamPrivacy, TeamType};
use crate::shared::repository::RepositoryPermissions;

/// Whose review is wanted: a person's or a team's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Either")]
// Writing needs no tag: the object itself is written. Reading buffers nothing; see `Either`.
#[serde(untagged)]
#[non_exhaustive]
pub enum Reviewer {
    /// A person, or a bot.
    User(Box<User>),
    /// A team.
    Team(Box<Team>),
}

impl Reviewer {
    /// The person, if it is one.
    #[must_use]
    pub fn as_user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Team(_) => None,
        }
    }

    /// The team, if it is one.
    #[must_use]
    pub fn as_team(&self) -> Option<&Team> {
        match self {
            Self::User(_) => None,
            Self::Team(team) => Some(team),
        }
    }
}

impl From<User> for Reviewer {
    fn from(user: User) -> Self {
        Self::User(Box::new(user))
    }
}

impl From<Team> for Reviewer {
    fn from(team: Team) -> Self {
        Self::Team(Box::new(team))
    }
}

/// All fields of both, since nothing in the JSON tells them apart before the object is read: a
/// person has a login, a team has none.
#[derive(Decode)]
struct Either {
    id: u64,
    login: Option<String>,
    node_id: Option<String>,
    name: Option<String>,
    url: Option<String>,
    html_url: Option<String>,
    deleted: Option<bool>,
    // A person's.
    email: Option<String>,
    avatar_url: Option<String>,
    gravatar_id: Option<String>,
    /// Of either, in words of their own.
    r#type: Option<UserType>,
    site_admin: Option<bool>,
    user_view_type: Option<String>,
    starred_at: Option<Timestamp>,
    // A team's.
    slug: Option<String>,
    description: Option<String>,
    privacy: Option<TeamPrivacy>,
    notification_setting: Option<String>,
    permission: Option<String>,
    permissions: Option<RepositoryPermissions>,
    access_source: Option<String>,
    ldap_dn: Option<String>,
    organization_id: Option<u64>,
    enterprise_id: Option<u64>,
    members_url: Option<String>,
    repositories_url: Option<String>,
    parent: Option<Box<Team>>,
}

impl From<Either> for Reviewer {
    fn from(either: Either) -> Self {
        let Some(login) = either.login else {
            return Self::Team(Box::new(Team {
                id: either.id,
                name: either.name.unwrap_or_default(),
                node_id: either.node_id,
                slug: either.slug,
                description: either.description,
                privacy: either.privacy,
                notification_setting: either.notification_setting,
                permission: either.permission,
                permissions: either.permissions,
                access_source: either.access_source,
                ldap_dn: either.ldap_dn,
                r#type: either.r#type.map(|kind| TeamType::from(kind.as_str())),
                organization_id: either.organization_id,
                enterprise_id: either.enterprise_id,
                url: either.url,
                html_url: either.html_url,
                members_url: either.members_url,
                repositories_url: either.repositories_url,
                parent: either.parent,
                deleted: either.deleted,
            }));
        };
        let mut user = Box::new(User::new(login, either.id));
        user.node_id = either.node_id;
        user.name = either.name;
        user.email = either.email;
        user.avatar_url = either.avatar_url;
        user.gravatar_id = either.gravatar_id;
        user.url = either.url;
        user.html_url = either.html_url;
        user.r#type = either.r#type;
        user.site_admin = either.site_admin.unwrap_or_default();
        user.user_view_type = either.user_view_type;
        user.starred_at = either.starred_at;
        user.deleted = either.deleted;
        Self::User(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_makes_a_person() {
        let person = r#"{"id": 7, "login": "octocat", "type": "User", "site_admin": true}"#;
        let person: Reviewer = serde_json::from_str(person).unwrap();
        assert_eq!(person.as_user().unwrap().login, "octocat");
        assert!(person.as_user().unwrap().site_admin && person.as_team().is_none());

        let team = r#"{"name": "justice", "id": 7, "parent": {"id": 6, "name": "all"}}"#;
        let team: Reviewer = serde_json::from_str(team).unwrap();
        assert_eq!(team.as_team().unwrap().parent.as_ref().unwrap().name, "all");
        assert!(team.as_user().is_none());

        for reviewer in [person, team] {
            let json = serde_json::to_string(&reviewer).unwrap();
            assert_eq!(serde_json::from_str::<Reviewer>(&json).unwrap(), reviewer);
        }
    }
}
