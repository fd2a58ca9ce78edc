use std::sync::Arc;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_signature::WebhookSecret;
use hookstead_types::Timestamp;
use serde_json::{Value, json};

use super::{RepositoryIndex, World};
use crate::payload;
use crate::state::account;
use crate::{NewHook, RecordedDelivery};

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
pub(super) struct Occurrence {
    /// Shared by all hooks that hear of it.
    pub(super) guid: String,
    pub(super) event: &'static str,
    pub(super) repository: Option<RepositoryIndex>,
    pub(super) installation: Option<u64>,
    pub(super) payload: Arc<Value>,
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

impl World {
    /// The hooks of an owner; an App has one at most.
    pub(crate) fn hooks(&self, owner: HookOwner) -> &[Hook] {
        match owner {
            HookOwner::Repository(at) => &self.repository(at).hooks,
            HookOwner::Organization(index) => {
                self.organizations.get(index).map(|it| it.hooks.as_slice()).unwrap_or_default()
            }
            HookOwner::App => self.app.hook.as_slice(),
        }
    }

    pub(crate) fn hook(&self, owner: HookOwner, id: u64) -> Option<&Hook> {
        self.hooks(owner).iter().find(|hook| hook.id == id)
    }

    pub(crate) fn hook_mut(&mut self, owner: HookOwner, id: u64) -> Option<&mut Hook> {
        let hooks = match owner {
            HookOwner::Repository(at) => self.repository_mut(at).hooks.as_mut_slice(),
            HookOwner::Organization(index) => {
                self.organizations.get_mut(index)?.hooks.as_mut_slice()
            }
            HookOwner::App => self.app.hook.as_mut_slice(),
        };
        hooks.iter_mut().find(|hook| hook.id == id)
    }

    /// Whom a hook belongs to: its number is no other's.
    fn owner_of(&self, id: u64) -> Option<HookOwner> {
        let repositories = self.repository_indices().map(HookOwner::Repository);
        let organizations = (0..self.organizations.len()).map(HookOwner::Organization);
        let mut all = repositories.chain(organizations).chain([HookOwner::App]);
        all.find(|owner| self.hook(*owner, id).is_some())
    }

    /// Adds a hook to a repository and pings it, as GitHub does.
    pub(crate) fn create_hook(&mut self, at: RepositoryIndex, settings: NewHook) -> u64 {
        self.add_hook(HookOwner::Repository(at), settings)
    }

    /// Adds a hook, an App's in place of the one before, and pings it.
    pub(crate) fn add_hook(&mut self, owner: HookOwner, settings: NewHook) -> u64 {
        let id = self.mint.id();
        let now = self.mint.now();
        let hook =
            Hook { id, settings, created_at: now.clone(), updated_at: now, last_response: None };
        match owner {
            HookOwner::Repository(at) => self.repository_mut(at).hooks.push(hook),
            HookOwner::Organization(index) => {
                if let Some(organization) = self.organizations.get_mut(index) {
                    organization.hooks.push(hook);
                }
            }
            HookOwner::App => self.app.hook = Some(hook),
        }
        self.ping(owner, id);
        id
    }

    /// Pings one hook. `false`: there is no such hook.
    pub(crate) fn ping(&mut self, owner: HookOwner, id: u64) -> bool {
        let Some(hook) = self.hook(owner, id).cloned() else {
            return false;
        };
        let about = json!({
            "zen": "Keep it logically awesome.",
            "hook_id": id,
            "hook": payload::hook_of(self, owner, &hook),
        });
        self.tell(owner, &hook, "ping", about);
        true
    }

    /// Deletes a hook, which is told if it asked for that. `false`: there is no such hook.
    pub(crate) fn delete_hook(&mut self, owner: HookOwner, id: u64) -> bool {
        let Some(hook) = self.hook(owner, id).cloned() else {
            return false;
        };
        if hook.wants("meta") {
            let gone = payload::hook_of(self, owner, &hook);
            let about = json!({ "action": "deleted", "hook_id": id, "hook": gone });
            self.tell(owner, &hook, "meta", about);
        }
        match owner {
            HookOwner::Repository(at) => self.repository_mut(at).hooks.retain(|it| it.id != id),
            HookOwner::Organization(index) => {
                if let Some(organization) = self.organizations.get_mut(index) {
                    organization.hooks.retain(|it| it.id != id);
                }
            }
            HookOwner::App => self.app.hook = None,
        }
        true
    }

    /// Tells one hook of something that is about it.
    fn tell(&mut self, owner: HookOwner, hook: &Hook, event: &'static str, mut payload: Value) {
        let repository = match owner {
            HookOwner::Repository(at) => {
                let sender = self.repository(at).name.owner().to_owned();
                payload::add_common_keys(self, at, &sender, &mut payload);
                Some(at)
            }
            HookOwner::Organization(index) => {
                if let Some(organization) = self.organizations.get(index) {
                    let login = &organization.login;
                    payload["organization"] =
                        payload::organization::organization(&self.links, login);
                    payload["sender"] = payload::user::user(&self.links, login);
                }
                None
            }
            HookOwner::App => None,
        };
        let guid = self.mint.guid();
        let payload = Arc::new(payload);
        let occurrence = Occurrence { guid, event, repository, installation: None, payload };
        self.send(self.attempt(owner, hook, &occurrence));
    }

    pub(super) fn attempt(&self, owner: HookOwner, hook: &Hook, what: &Occurrence) -> Attempt {
        Attempt {
            hook: hook.id,
            target: self.target(owner),
            repository: what.repository,
            installation: what.installation,
            url: hook.settings.url.clone(),
            secret: hook.settings.secret.clone(),
            form: hook.settings.form,
            guid: what.guid.clone(),
            event: EventName::from(what.event),
            payload: Arc::clone(&what.payload),
            redelivery: false,
        }
    }

    /// What the headers `X-GitHub-Hook-Installation-Target-Type` and `-ID` say.
    fn target(&self, owner: HookOwner) -> (&'static str, u64) {
        match owner {
            HookOwner::Repository(at) => ("repository", self.repository(at).id),
            HookOwner::Organization(index) => {
                let login = self.organizations.get(index).map(|it| it.login.as_str());
                ("organization", account::id(login.unwrap_or_default()))
            }
            HookOwner::App => ("integration", super::app::ID),
        }
    }

    /// Sends a recorded delivery once more: to the same hook as it is now, with the same GUID.
    /// `false`: there is no such delivery, or its hook is gone.
    pub(crate) fn redeliver(&mut self, delivery: u64) -> bool {
        let attempt = self.deliveries.iter().find(|it| it.id == delivery).and_then(|delivery| {
            let owner = self.owner_of(delivery.hook_id)?;
            let hook = self.hook(owner, delivery.hook_id)?;
            Some(Attempt {
                hook: hook.id,
                target: self.target(owner),
                repository: delivery.repository,
                installation: delivery.installation,
                url: hook.settings.url.clone(),
                secret: hook.settings.secret.clone(),
                form: hook.settings.form,
                guid: delivery.guid.clone(),
                event: delivery.event.clone(),
                payload: Arc::clone(&delivery.payload),
                redelivery: true,
            })
        });
        let found = attempt.is_some();
        attempt.into_iter().for_each(|attempt| self.send(attempt));
        found
    }

    /// Whether the delivery was so long ago that it cannot be repeated.
    pub(crate) fn is_past_retention(&self, delivery: &RecordedDelivery) -> bool {
        let now = self.mint.now().instant();
        let age =
            now.zip(delivery.delivered_at.instant()).map(|(now, then)| now.duration_since(then));
        let age = age.and_then(|age| Duration::try_from(age).ok());
        age.is_some_and(|age| age > self.delivery_log.retention)
    }

    /// Keeps the outcome of an attempt.
    pub(crate) fn record_delivery(&mut self, delivery: RecordedDelivery) {
        self.pending_deliveries -= 1;
        let owner = self.owner_of(delivery.hook_id);
        if let Some(hook) = owner.and_then(|owner| self.hook_mut(owner, delivery.hook_id)) {
            hook.last_response = Some((delivery.status_code, delivery.status.clone()));
        }
        self.deliveries.push(delivery);
    }
}
