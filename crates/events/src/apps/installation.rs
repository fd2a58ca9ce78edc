use std::collections::BTreeMap;

use serde::Serialize;

use hookstead_types::decode::{empty_as_none, entries};
use hookstead_types::{Decode, Timestamp, User};

use crate::event_name::EventName;
use crate::shared::account::Account;
use crate::shared::app::PermissionLevel;

/// An App's installation, as the event shows it: an account that the App may work for.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Installation {
    /// The installation's number: what an installation token is asked for with.
    pub id: u64,
    /// The installation's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The account that the App is installed on.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub account: Option<Account>,
    /// The App's number.
    pub app_id: Option<u64>,
    /// The name in the App's URLs; missing in old payloads.
    pub app_slug: Option<String>,
    /// What identifies the App when it signs in.
    pub client_id: Option<String>,
    /// The account's number.
    pub target_id: Option<u64>,
    /// What kind of account it is.
    pub target_type: Option<InstallationTargetType>,
    /// Which of the account's repositories the App sees.
    pub repository_selection: Option<RepositorySelection>,
    /// What the App may do there, by the permission's name: `checks`, `contents`, `metadata`, ...
    #[serde(default, deserialize_with = "entries")]
    pub permissions: BTreeMap<String, PermissionLevel>,
    /// The events that the App gets from there.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// When the App was installed. GitHub sometimes writes this as epoch seconds.
    pub created_at: Option<Timestamp>,
    /// When the installation changed last. GitHub sometimes writes this as epoch seconds.
    pub updated_at: Option<Timestamp>,
    /// Since when it is suspended.
    pub suspended_at: Option<Timestamp>,
    /// Who suspended it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub suspended_by: Option<User>,
    /// The one file that the App may see, if it has that permission.
    pub single_file_name: Option<String>,
    /// Whether there are several such files.
    pub has_multiple_single_files: Option<bool>,
    /// All of them.
    pub single_file_paths: Option<Vec<String>>,
    /// Whom to write to about it.
    pub contact_email: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// The call that makes an installation token.
    pub access_tokens_url: Option<String>,
    /// The repositories that the App sees, in the REST API.
    pub repositories_url: Option<String>,
}

hookstead_types::open_enum! {
    /// What kind of account an App is installed on.
    pub enum InstallationTargetType {
        /// A person.
        User = "User",
        /// An organization.
        Organization = "Organization",
        /// An enterprise.
        Enterprise = "Enterprise",
    }
}

hookstead_types::open_enum! {
    /// Which of an account's repositories an App sees.
    pub enum RepositorySelection {
        /// All of them, those to come as well.
        All = "all",
        /// Those that were picked.
        Selected = "selected",
    }
}

// What every event tells of its installation, this one tells of the installation that it is about.
