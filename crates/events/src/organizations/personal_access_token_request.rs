use std::collections::BTreeMap;

use serde::Serialize;

use hookstead_types::decode::entries;
use hookstead_types::{Decode, Timestamp, User};

use crate::apps::granted_repository::GrantedRepository;
use crate::shared::app::PermissionLevel;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `personal_access_token_request`: somebody asks to reach an organization with a fine-grained
/// personal access token, or got an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PersonalAccessTokenRequestEvent {
    /// What happened.
    pub action: PersonalAccessTokenRequestAction,
    /// The request.
    pub personal_access_token_request: Box<PersonalAccessTokenRequest>,
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
    /// What happened to a [`PersonalAccessTokenRequest`].
    pub enum PersonalAccessTokenRequestAction {
        /// It was allowed.
        Approved = "approved",
        /// Who asked took it back.
        Cancelled = "cancelled",
        /// It was made.
        Created = "created",
        /// It was refused.
        Denied = "denied",
    }
}

/// The request to reach an organization with a fine-grained personal access token.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct PersonalAccessTokenRequest {
    /// The request's number.
    pub id: u64,
    /// Who asks.
    pub owner: Option<User>,
    /// The permissions that are new.
    pub permissions_added: Option<TokenPermissions>,
    /// The permissions that go further than those of the request before.
    pub permissions_upgraded: Option<TokenPermissions>,
    /// All permissions that it asks for.
    pub permissions_result: Option<TokenPermissions>,
    /// Which repositories it asks for.
    pub repository_selection: Option<TokenRepositorySelection>,
    /// How many, if a subset.
    pub repository_count: Option<u64>,
    /// Which ones, if a subset.
    pub repositories: Option<Vec<GrantedRepository>>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The token's number; found also in the organization's audit log.
    pub token_id: Option<u64>,
    /// What the token's owner calls it.
    pub token_name: Option<String>,
    /// Whether the token is past its end.
    pub token_expired: Option<bool>,
    /// When the token ends.
    pub token_expires_at: Option<Timestamp>,
    /// When the token was used last.
    pub token_last_used_at: Option<Timestamp>,
}

/// What a token may do, by the permission's name.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct TokenPermissions {
    /// In the organization.
    #[serde(default, deserialize_with = "entries")]
    pub organization: BTreeMap<String, PermissionLevel>,
    /// In repositories.
    #[serde(default, deserialize_with = "entries")]
    pub repository: BTreeMap<String, PermissionLevel>,
    /// Elsewhere.
    #[serde(default, deserialize_with = "entries")]
    pub other: BTreeMap<String, PermissionLevel>,
}

hookstead_types::open_enum! {
    /// Which repositories a [`PersonalAccessTokenRequest`] asks for.
    pub enum TokenRepositorySelection {
        /// None.
        None = "none",
        /// All of them.
        All = "all",
        /// Some of them.
        Subset = "subset",
    }
}
