use std::sync::Arc;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_signature::WebhookSecret;
use hookstead_types::Timestamp;
use serde_json::Value;

use super::repository_index::RepositoryIndex;
use crate::objects::hook::NewHook;

/// Whom a hook belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookOwner {
    Repository(RepositoryIndex),
    /// By its place in [`World::organizations`].
    Organization(usize),
    App,
}

/// How long attempts can be delivered again, and in which order they are listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryLog {
    pub(crate) retention: Duration,
    pub(crate) oldest_first: bool,
}

impl Default for DeliveryLog {
    fn default() -> Self {
        Self { retention: Duration::from_secs(3 * 24 * 60 * 60), oldest_first: false }
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) settings: NewHook,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_response: Option<(Option<u16>, String)>,
}

impl Hook {
    pub(crate) fn wants(&self, event: &str) -> bool {
        // A ping is about the hook itself, so no hook has to ask for it.
        self.settings.active && (event == "ping" || self.subscribes(event))
    }

    fn subscribes(&self, event: &str) -> bool {
        self.settings.events.iter().any(|wanted| wanted == "*" || wanted == event)
    }
}

/// Something that happened, as hooks are told.
#[derive(Debug)]
pub(in crate::state) struct Occurrence {
    /// Shared by all hooks that hear of it.
    pub(in crate::state) guid: String,
    pub(in crate::state) event: &'static str,
    pub(in crate::state) repository: Option<RepositoryIndex>,
    pub(in crate::state) installation: Option<u64>,
    pub(in crate::state) payload: Arc<Value>,
}

/// One webhook request that is to be sent.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) hook: u64,
    /// What kind of thing the hook's owner is, and its number.
    pub(crate) target: (&'static str, u64),
    /// Where it happened, if it was in a repository.
    pub(crate) repository: Option<RepositoryIndex>,
    pub(crate) installation: Option<u64>,
    pub(crate) url: String,
    pub(crate) secret: Option<WebhookSecret>,
    pub(crate) form: bool,
    pub(crate) guid: String,
    pub(crate) event: EventName,
    pub(crate) payload: Arc<Value>,
    pub(crate) redelivery: bool,
}
