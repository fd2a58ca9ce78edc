use serde::Serialize;

use hookstead_derive::Decode;

use crate::timestamp::Timestamp;

crate::open_enum! {
    /// What kind of account a [`User`] is.
    pub enum UserType {
        /// A person.
        User = "User",
        /// An organization.
        Organization = "Organization",
        /// A GitHub App's or Actions' own account.
        Bot = "Bot",
        /// A stand-in for an author whose account was not imported.
        Mannequin = "Mannequin",
    }
}

/// The links of a [`User`] that are left out on purpose: each is made from the login by a rule
/// that never changes, and together they are most of the object's bytes.
pub const OMITTED_USER_LINKS: &[&str] = &[
    "events_url",
    "followers_url",
    "following_url",
    "gists_url",
    "organizations_url",
    "received_events_url",
    "repos_url",
    "starred_url",
    "subscriptions_url",
];

/// An account as GitHub nests it into other objects: a sender, an owner, an author.
///
/// Only `login` and `id` are always there. A deleted account appears as `null` where a user is
/// expected, so nested users are `Option<User>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct User {
    /// The name that stands in URLs and mentions.
    pub login: String,
    /// The account's number; it survives a change of the login.
    pub id: u64,
    /// The account's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name that the person goes by; seen in `push` only.
    pub name: Option<String>,
    /// The public e-mail address; seen in `push` only.
    pub email: Option<String>,
    /// The picture.
    pub avatar_url: Option<String>,
    /// A Gravatar id, empty nowadays.
    pub gravatar_id: Option<String>,
    /// The account in the REST API.
    pub url: Option<String>,
    /// The account's page.
    pub html_url: Option<String>,
    /// What kind of account this is.
    pub r#type: Option<UserType>,
    /// Whether the account administers the whole GitHub instance.
    #[serde(default)]
    pub site_admin: bool,
    /// `public` or `private`: which view of the account this object is.
    pub user_view_type: Option<String>,
    /// When the account starred the repository; only in lists of stargazers.
    pub starred_at: Option<Timestamp>,
    /// Whether the account is deleted.
    pub deleted: Option<bool>,
}

impl User {
    /// An account with this login and id and nothing else, for tests and samples.
    #[must_use]
    pub fn new(login: impl Into<String>, id: u64) -> Self {
        Self {
            login: login.into(),
            id,
            node_id: None,
            name: None,
            email: None,
            avatar_url: None,
            gravatar_id: None,
            url: None,
            html_url: None,
            r#type: None,
            site_admin: false,
            user_view_type: None,
            starred_at: None,
            deleted: None,
        }
    }

    /// Whether this is the account of an App, such as `dependabot[bot]`. Nobody can register a login with
    /// brackets, so the login tells where the type is missing.
    ///
    /// Some programs use a person's account. That looks like any other person's.
    ///
    /// ```
    /// use hookstead_types::User;
    ///
    /// assert!(User::new("dependabot[bot]", 49_699_333).is_bot());
    /// assert!(!User::new("octocat", 583_231).is_bot());
    /// ```
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.r#type == Some(UserType::Bot) || self.login.ends_with("[bot]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_and_an_id_are_enough() {
        let user: User = serde_json::from_str(r#"{"login":"ghost","id":10137}"#).unwrap();
        assert_eq!(user, User::new("ghost", 10137));
    }

    #[test]
    fn a_bot_is_known_by_its_type_or_by_its_login() {
        let user = |json: &str| serde_json::from_str::<User>(json).unwrap();
        for json in [
            r#"{"login":"Copilot","id":1,"type":"Bot"}"#,
            r#"{"login":"renovate[bot]","id":1}"#,
            r#"{"login":"renovate[bot]","id":1,"type":"User"}"#,
        ] {
            assert!(user(json).is_bot(), "{json}");
        }
        for json in [
            r#"{"login":"bot","id":1}"#,
            r#"{"login":"robot","id":1,"type":"User"}"#,
            r#"{"login":"github","id":1,"type":"Organization"}"#,
            r#"{"login":"ghost","id":1,"type":"Mannequin"}"#,
        ] {
            assert!(!user(json).is_bot(), "{json}");
        }
    }

    #[test]
    fn unknown_fields_types_and_nulls_are_ordinary() {
        let json = r#"{"login":"x[bot]","id":9007199254740993,"type":"Robot","site_admin":null,
                       "node_id":null,"plan":{"name":"free"}}"#;
        let user: User = serde_json::from_str(json).unwrap();
        assert_eq!(user.id, 9_007_199_254_740_993);
        assert_eq!(user.r#type.unwrap(), "Robot");
    }
}
