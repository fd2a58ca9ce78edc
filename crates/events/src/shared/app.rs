use std::collections::BTreeMap;

use serde::Serialize;

use hookstead_types::decode::entries;
use hookstead_types::{Decode, Timestamp};

use crate::event_name::EventName;
use crate::shared::account::Account;

/// A GitHub App, as it appears beside what it made.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct App {
    /// The App's number; zero where GitHub gives none, as its schema of `issues` allows.
    #[serde(default)]
    pub id: u64,
    /// The name in its URLs; missing in old payloads.
    pub slug: Option<String>,
    /// The App's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What identifies the App when it signs in.
    pub client_id: Option<String>,
    /// The account that the App belongs to: a person, an organization or an enterprise.
    pub owner: Option<Account>,
    /// The name for people.
    pub name: Option<String>,
    /// What the App says about itself.
    pub description: Option<String>,
    /// The App's own site.
    pub external_url: Option<String>,
    /// The App's page on GitHub.
    pub html_url: Option<String>,
    /// When the App was registered.
    pub created_at: Option<Timestamp>,
    /// When the registration changed last.
    pub updated_at: Option<Timestamp>,
    /// What the App may do, by the permission's name: `checks`, `contents`, `metadata`, ...
    #[serde(default, deserialize_with = "entries")]
    pub permissions: BTreeMap<String, PermissionLevel>,
    /// The events that the App is subscribed to.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// How many installations the App has, where GitHub says.
    pub installations_count: Option<u64>,
}

hookstead_types::open_enum! {
    /// How far a permission goes: an [`App`]'s, a token's, a collaborator's.
    pub enum PermissionLevel {
        /// Reading.
        Read = "read",
        /// Reading and writing.
        Write = "write",
        /// Everything.
        Admin = "admin",
    }
}
