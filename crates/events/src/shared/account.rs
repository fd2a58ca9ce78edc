use serde::{Deserialize, Serialize};

use hookstead_types::{Decode, Timestamp, User, UserType};

use crate::shared::enterprise::Enterprise;

/// An account of any kind: who owns an App, or where it is installed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Either")]
// Writing needs no tag: the object itself is written. Reading buffers nothing; see `Either`.
#[serde(untagged)]
#[non_exhaustive]
pub enum Account {
    /// A person or an organization.
    User(Box<User>),
    /// An enterprise.
    Enterprise(Box<Enterprise>),
}

impl Account {
    /// The account's number.
    #[must_use]
    pub fn id(&self) -> u64 {
        match self {
            Self::User(user) => user.id,
            Self::Enterprise(enterprise) => enterprise.id,
        }
    }

    /// The person or organization, if it is one.
    #[must_use]
    pub fn as_user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Enterprise(_) => None,
        }
    }

    /// The enterprise, if it is one.
    #[must_use]
    pub fn as_enterprise(&self) -> Option<&Enterprise> {
        match self {
            Self::User(_) => None,
            Self::Enterprise(enterprise) => Some(enterprise),
        }
    }
}

/// All fields of both, since nothing in the JSON tells them apart before the object is read: a
/// person or an organization has a login, an enterprise has none.
#[derive(Decode)]
struct Either {
    id: u64,
    login: Option<String>,
    node_id: Option<String>,
    name: Option<String>,
    avatar_url: Option<String>,
    html_url: Option<String>,
    // A person's or an organization's.
    email: Option<String>,
    gravatar_id: Option<String>,
    url: Option<String>,
    r#type: Option<UserType>,
    site_admin: Option<bool>,
    user_view_type: Option<String>,
    starred_at: Option<Timestamp>,
    deleted: Option<bool>,
    // An enterprise's.
    slug: Option<String>,
    description: Option<String>,
    website_url: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl From<Either> for Account {
    fn from(either: Either) -> Self {
        let Some(login) = either.login else {
            return Self::Enterprise(Box::new(Enterprise {
                id: either.id,
                slug: either.slug,
                name: either.name,
                node_id: either.node_id,
                avatar_url: either.avatar_url,
                description: either.description,
                website_url: either.website_url,
                html_url: either.html_url,
                created_at: either.created_at,
                updated_at: either.updated_at,
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
