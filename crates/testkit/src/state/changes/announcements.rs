//! Who hears of what happened: this queues a notice for each hook.

use std::sync::Arc;

use crate::state::facts::RepositoryFacts;
use crate::state::hook::{Hook, HookOwner};
use crate::state::occurrence::{Event, Notice, Occurrence, What};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;
use crate::state::{account, app};

impl World {
    /// Something happened in a repository: every hook that asked for it will be told, those of the
    /// repository, of its organization and of the App that is installed there.
    pub(in crate::state) fn announce(&mut self, at: RepositoryIndex, sender: &str, event: Event) {
        let repository = self.facts(at);
        let organization = organization_of(&repository);
        let what = What::InRepository(Box::new(repository), event);
        let occurrence = self.occurrence(what, organization, Some(sender));
        for (owner, installation) in self.listeners(at) {
            self.notify(owner, installation, &occurrence);
        }
    }

    /// Whether a hook asked for what happens in a repository by this name.
    pub(in crate::state) fn is_heard(&self, at: RepositoryIndex, event: &str) -> bool {
        let wants = |owner| self.hooks(owner).iter().any(|hook| hook.wants(event));
        self.listeners(at).into_iter().any(|(owner, _)| wants(owner))
    }

    /// Whose hooks hear of what happens in a repository, and as which installation.
    fn listeners(&self, at: RepositoryIndex) -> Vec<(HookOwner, Option<u64>)> {
        let organization = organization_of(&self.facts(at));
        let organization = organization.and_then(|login| self.find_organization(&login));
        let installation = self.installation_of(at).map(|it| it.id);
        let owners = [
            Some((HookOwner::Repository(at), None)),
            organization.map(|index| (HookOwner::Organization(index), None)),
            installation.map(|id| (HookOwner::App, Some(id))),
        ];
        owners.into_iter().flatten().collect()
    }

    /// Something happened that concerns the App alone, if it is installed there.
    pub(in crate::state) fn announce_to_installed_app(
        &mut self,
        at: RepositoryIndex,
        sender: &str,
        event: Event,
    ) {
        let Some(installation) = self.installation_of(at).map(|it| it.id) else {
            return;
        };
        let repository = self.facts(at);
        let organization = organization_of(&repository);
        let what = What::InRepository(Box::new(repository), event);
        let occurrence = self.occurrence(what, organization, Some(sender));
        self.notify(HookOwner::App, Some(installation), &occurrence);
    }

    /// Something happened to an installation: the App's hook is told, whether it asked for that or not.
    pub(super) fn announce_to_app(&mut self, installation: u64, sender: &str, what: What) {
        let occurrence = self.occurrence(what, None, Some(sender));
        let notice = self.app.hook.as_ref().filter(|hook| hook.settings.active);
        let notice =
            notice.map(|hook| self.notice(HookOwner::App, hook, Some(installation), &occurrence));
        notice.into_iter().for_each(|notice| self.queue(notice));
    }

    /// One hook is told of something that is about itself.
    pub(super) fn tell(&mut self, owner: HookOwner, hook: &Hook, deleted: bool) {
        let about = Box::new(self.hook_facts(owner, hook));
        let (mut repository, mut organization, mut sender) = (None, None, None);
        match owner {
            HookOwner::Repository(at) => {
                let facts = self.facts(at);
                organization = organization_of(&facts);
                sender = Some(facts.name.owner().to_owned());
                repository = Some(Box::new(facts));
            }
            HookOwner::Organization(index) => {
                organization = self.organizations.get(index).map(|it| it.login.clone());
                sender.clone_from(&organization);
            }
            HookOwner::App => {}
        }
        let what = if deleted {
            What::HookDeleted(about, repository)
        } else {
            What::Ping(about, repository)
        };
        let occurrence = self.occurrence(what, organization, sender.as_deref());
        self.queue(self.notice(owner, hook, None, &occurrence));
    }

    /// A hook is told of something once more: as the hook is now, with the same GUID. `false`: the hook
    /// is gone.
    pub(crate) fn tell_again(
        &mut self,
        hook: u64,
        installation: Option<u64>,
        occurrence: &Arc<Occurrence>,
    ) -> bool {
        let owner = self.owner_of(hook);
        let notice = owner.and_then(|owner| {
            let hook = self.hook(owner, hook)?;
            let notice = self.notice(owner, hook, installation, occurrence);
            Some(Notice { redelivery: true, ..notice })
        });
        let found = notice.is_some();
        notice.into_iter().for_each(|notice| self.queue(notice));
        found
    }

    fn occurrence(
        &mut self,
        what: What,
        organization: Option<String>,
        sender: Option<&str>,
    ) -> Arc<Occurrence> {
        let (guid, sender) = (self.mint.guid(), sender.map(str::to_owned));
        Arc::new(Occurrence { guid, what, organization, sender, installation: self.installation })
    }

    /// Tells those of an owner's hooks that asked for it.
    fn notify(
        &mut self,
        owner: HookOwner,
        installation: Option<u64>,
        occurrence: &Arc<Occurrence>,
    ) {
        let event = occurrence.what.event();
        let hooks = self.hooks(owner).iter().filter(|hook| hook.wants(event));
        let notices: Vec<Notice> =
            hooks.map(|hook| self.notice(owner, hook, installation, occurrence)).collect();
        notices.into_iter().for_each(|notice| self.queue(notice));
    }

    fn notice(
        &self,
        owner: HookOwner,
        hook: &Hook,
        installation: Option<u64>,
        occurrence: &Arc<Occurrence>,
    ) -> Notice {
        Notice {
            hook: hook.id,
            target: self.target(owner),
            url: hook.settings.url.clone(),
            secret: hook.settings.secret.clone(),
            form: hook.settings.form,
            installation,
            redelivery: false,
            occurrence: Arc::clone(occurrence),
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
}

fn organization_of(repository: &RepositoryFacts) -> Option<String> {
    repository.of_organization.then(|| repository.name.owner().to_owned())
}
