use serde::Serialize;
use serde_json::Value;

use hookstead_types::{Decode, HookContentType, Timestamp};

use crate::event_name::EventName;

/// A webhook, as the event shows it: `ping` and `meta` do.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Hook {
    /// The hook's number.
    pub id: u64,
    /// What the hook belongs to.
    pub r#type: Option<HookType>,
    /// `web`.
    pub name: Option<String>,
    /// Whether it sends anything.
    #[serde(default)]
    pub active: bool,
    /// The events that it sends; `*` is all of them.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// Where and how it sends.
    pub config: Option<HookConfig>,
    /// The App it belongs to, for an App's hook.
    pub app_id: Option<u64>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When its settings changed last.
    pub updated_at: Option<Timestamp>,
    /// The hook in the REST API.
    pub url: Option<String>,
    /// The call that replays the latest push; repository hooks only.
    pub test_url: Option<String>,
    /// The call that sends a `ping`.
    pub ping_url: Option<String>,
    /// The hook's deliveries in the REST API.
    pub deliveries_url: Option<String>,
    /// What came of its last delivery; repository hooks only.
    pub last_response: Option<HookResponse>,
}

/// Where and how a [`Hook`] sends, as the event shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct HookConfig {
    /// The address that it posts to.
    pub url: Option<String>,
    /// How the body is encoded.
    pub content_type: Option<HookContentType>,
    /// `********` if the hook has a secret. GitHub never shows it.
    pub secret: Option<String>,
    /// `"0"` or `0` if GitHub verifies the receiver's certificate, `"1"` or `1` if it does not; see
    /// [`verifies_certificates`](Self::verifies_certificates).
    #[serde(deserialize_with = "crate::decode::json_value::optional_value")]
    pub insecure_ssl: Option<Value>,
}

impl HookConfig {
    /// Whether GitHub verifies the receiver's TLS certificate, as it does unless told otherwise.
    #[must_use]
    pub fn verifies_certificates(&self) -> bool {
        match &self.insecure_ssl {
            Some(Value::String(text)) => text != "1",
            Some(Value::Number(number)) => number.as_u64() != Some(1),
            _ => true,
        }
    }
}

/// What came of a [`Hook`]'s last delivery, as the event shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct HookResponse {
    /// The HTTP status that the receiver answered with.
    pub code: Option<u16>,
    /// `unused` before the first delivery, else what GitHub made of the answer.
    pub status: Option<String>,
    /// What went wrong.
    pub message: Option<String>,
}

hookstead_types::open_enum! {
    /// What a [`Hook`] belongs to.
    pub enum HookType {
        /// A repository.
        Repository = "Repository",
        /// An organization.
        Organization = "Organization",
        /// A GitHub App.
        App = "App",
    }
}
