use hookstead_types::Timestamp;

use super::repository_index::RepositoryIndex;
use crate::objects::hook::FakeHook;

/// Whom a hook belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookOwner {
    Repository(RepositoryIndex),
    /// By its place in [`World::organizations`].
    Organization(usize),
    App,
}

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) settings: FakeHook,
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
