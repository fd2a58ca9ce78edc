use std::sync::Arc;
use std::time::Duration;

use hookstead_events::EventName;
use serde_json::{Value, json};

use crate::objects::hook::NewHook;
use crate::payload;
use crate::state::hook::{Attempt, Hook, HookOwner, Occurrence};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;
use crate::state::{account, app};
use crate::traffic::delivery::RecordedDelivery;

impl World {
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

    pub(in crate::state) fn attempt(
        &self,
        owner: HookOwner,
        hook: &Hook,
        what: &Occurrence,
    ) -> Attempt {
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
            HookOwner::App => ("integration", app::ID),
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
