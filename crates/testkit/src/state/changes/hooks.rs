use crate::objects::hook::FakeHook;
use crate::state::hook::{Hook, HookOwner};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Adds a hook to a repository and pings it, as GitHub does.
    pub(crate) fn create_hook(&mut self, at: RepositoryIndex, settings: FakeHook) -> u64 {
        self.add_hook(HookOwner::Repository(at), settings)
    }

    /// Adds a hook, an App's in place of the one before, and pings it.
    pub(crate) fn add_hook(&mut self, owner: HookOwner, settings: FakeHook) -> u64 {
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
        self.tell(owner, &hook, false);
        true
    }

    /// Deletes a hook, which is told if it asked for that. `false`: there is no such hook.
    pub(crate) fn delete_hook(&mut self, owner: HookOwner, id: u64) -> bool {
        let Some(hook) = self.hook(owner, id).cloned() else {
            return false;
        };
        if hook.wants("meta") {
            self.tell(owner, &hook, true);
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
}
