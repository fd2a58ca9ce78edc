use std::sync::Arc;

use serde_json::Value;

use crate::payload;
use crate::state::hook::{Attempt, HookOwner, Occurrence};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Something happened: every hook that asked for it will be told, those of the repository, of
    /// its organization and of the App that is installed there.
    pub(crate) fn announce(
        &mut self,
        at: RepositoryIndex,
        event: &'static str,
        sender: &str,
        mut payload: Value,
    ) {
        payload::add_common_keys(self, at, sender, &mut payload);
        let guid = self.mint.guid();
        let payload = Arc::new(payload);
        let mut occurrence =
            Occurrence { guid, event, repository: Some(at), installation: None, payload };
        let repository = self.repository(at);
        let organization = repository.of_organization.then_some(repository.name.owner());
        let organization = organization.and_then(|login| self.find_organization(login));
        let organization = organization.map(HookOwner::Organization);
        let mut attempts: Vec<Attempt> = Vec::new();
        for owner in [HookOwner::Repository(at)].into_iter().chain(organization) {
            let hooks = self.hooks(owner).iter().filter(|hook| hook.wants(event));
            attempts.extend(hooks.map(|hook| self.attempt(owner, hook, &occurrence)));
        }
        if let Some(installation) = self.installation_of(at) {
            occurrence.installation = Some(installation.id);
            let mut payload = Value::clone(&occurrence.payload);
            payload["installation"] = payload::installation::reference(installation.id);
            occurrence.payload = Arc::new(payload);
            let hooks = self.hooks(HookOwner::App).iter().filter(|hook| hook.wants(event));
            attempts.extend(hooks.map(|hook| self.attempt(HookOwner::App, hook, &occurrence)));
        }
        attempts.into_iter().for_each(|attempt| self.send(attempt));
    }
}
