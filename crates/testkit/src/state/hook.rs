use std::sync::Arc;

use hookstead_events::EventName;
use hookstead_signature::WebhookSecret;
use hookstead_types::Timestamp;
use serde_json::{Value, json};

use super::{RepositoryIndex, World};
use crate::payload;
use crate::{NewHook, RecordedDelivery};

/// A webhook of a repository.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) settings: NewHook,
    pub(crate) created_at: Timestamp,
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
pub(super) struct Occurrence {
    /// Shared by all hooks that hear of it.
    pub(super) guid: String,
    pub(super) event: &'static str,
    pub(super) payload: Arc<Value>,
}

impl Occurrence {
    pub(super) fn attempt(&self, repository: RepositoryIndex, hook: &Hook) -> Attempt {
        Attempt {
            repository,
            hook: hook.id,
            url: hook.settings.url.clone(),
            secret: hook.settings.secret.clone(),
            form: hook.settings.form,
            guid: self.guid.clone(),
            event: EventName::from(self.event),
            payload: Arc::clone(&self.payload),
            redelivery: false,
        }
    }
}

/// One webhook request that is to be sent.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) repository: RepositoryIndex,
    pub(crate) hook: u64,
    pub(crate) url: String,
    pub(crate) secret: Option<WebhookSecret>,
    pub(crate) form: bool,
    pub(crate) guid: String,
    pub(crate) event: EventName,
    pub(crate) payload: Arc<Value>,
    pub(crate) redelivery: bool,
}

impl World {
    /// Adds a hook and pings it, as GitHub does.
    pub(crate) fn create_hook(&mut self, at: RepositoryIndex, settings: NewHook) -> u64 {
        let id = self.mint.id();
        let created_at = self.mint.now();
        let hook = Hook { id, settings, created_at, last_response: None };
        self.repository_mut(at).hooks.push(hook);
        self.ping(at, id);
        id
    }

    /// Pings one hook. `false`: there is no such hook.
    pub(crate) fn ping(&mut self, at: RepositoryIndex, id: u64) -> bool {
        let Some(hook) = self.repository(at).hooks.iter().find(|hook| hook.id == id) else {
            return false;
        };
        let hook = hook.clone();
        let repository = self.repository(at);
        let mut payload = json!({
            "zen": "Keep it logically awesome.",
            "hook_id": id,
            "hook": payload::hook(&self.links, repository, &hook),
        });
        let sender = repository.name.owner().to_owned();
        payload::add_common_keys(self, at, &sender, &mut payload);
        let occurrence =
            Occurrence { guid: self.mint.guid(), event: "ping", payload: Arc::new(payload) };
        self.send(occurrence.attempt(at, &hook));
        true
    }

    /// Sends a recorded delivery once more: to the same hook as it is now, with the same GUID.
    /// `false`: there is no such delivery, or its hook is gone.
    pub(crate) fn redeliver(&mut self, delivery: u64) -> bool {
        let Some(delivery) = self.deliveries.iter().find(|it| it.id == delivery) else {
            return false;
        };
        let at = delivery.repository;
        let Some(hook) = self.repository(at).hooks.iter().find(|it| it.id == delivery.hook_id)
        else {
            return false;
        };
        let attempt = Attempt {
            repository: at,
            hook: hook.id,
            url: hook.settings.url.clone(),
            secret: hook.settings.secret.clone(),
            form: hook.settings.form,
            guid: delivery.guid.clone(),
            event: delivery.event.clone(),
            payload: Arc::clone(&delivery.payload),
            redelivery: true,
        };
        self.send(attempt);
        true
    }

    /// Keeps the outcome of an attempt.
    pub(crate) fn record_delivery(&mut self, delivery: RecordedDelivery) {
        self.pending_deliveries -= 1;
        let hooks = &mut self.repository_mut(delivery.repository).hooks;
        if let Some(hook) = hooks.iter_mut().find(|hook| hook.id == delivery.hook_id) {
            hook.last_response = Some((delivery.status_code, delivery.status.clone()));
        }
        self.deliveries.push(delivery);
    }
}
