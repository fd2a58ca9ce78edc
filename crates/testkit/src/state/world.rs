use hookstead_types::RepoName;

use super::app::AppState;
use super::hook::{Hook, HookOwner};
use super::links::Links;
use super::mint::Mint;
use super::occurrence::Notice;
use super::organization::OrganizationState;
use super::rate::RateWindow;
use super::repository::RepositoryState;
use super::repository_index::RepositoryIndex;

/// Everything that the fake knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) links: Links,
    pub(crate) mint: Mint,
    pub(crate) repositories: Vec<RepositoryState>,
    /// The installation that every payload names, as those of samples do; hooks of repositories name none.
    pub(crate) installation: Option<u64>,
    pub(crate) organizations: Vec<OrganizationState>,
    pub(crate) app: AppState,
    pub(crate) rate: RateWindow,
    outbox: Vec<Notice>,
}

impl World {
    pub(crate) fn new(links: Links, mint: Mint) -> Self {
        Self {
            links,
            mint,
            repositories: Vec::new(),
            installation: None,
            organizations: Vec::new(),
            app: AppState::default(),
            rate: RateWindow::default(),
            outbox: Vec::new(),
        }
    }

    pub(crate) fn find_repository(&self, name: &RepoName) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.name == *name && !it.deleted).map(RepositoryIndex)
    }

    /// The repository that had this name before. A repository that has it now comes first.
    pub(crate) fn find_former_repository(&self, name: &RepoName) -> Option<RepositoryIndex> {
        self.repositories
            .iter()
            .position(|it| it.former_names.contains(name) && !it.deleted)
            .map(RepositoryIndex)
    }

    pub(crate) fn find_repository_by_id(&self, id: u64) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.id == id && !it.deleted).map(RepositoryIndex)
    }

    pub(crate) fn repository_indices(&self) -> impl Iterator<Item = RepositoryIndex> + use<> {
        (0..self.repositories.len()).map(RepositoryIndex)
    }

    // Indexing cannot fail here: indices are made by pushing, and nothing is removed.
    pub(crate) fn repository(&self, at: RepositoryIndex) -> &RepositoryState {
        &self.repositories[at.0]
    }

    pub(crate) fn repository_mut(&mut self, at: RepositoryIndex) -> &mut RepositoryState {
        &mut self.repositories[at.0]
    }

    /// The repository together with the mint, for those who need both at once.
    pub(crate) fn parts(&mut self, at: RepositoryIndex) -> (&mut RepositoryState, &mut Mint) {
        (&mut self.repositories[at.0], &mut self.mint)
    }

    pub(in crate::state) fn queue(&mut self, notice: Notice) {
        self.outbox.push(notice);
    }

    /// What hooks are to be told now, in the order in which it happened.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.outbox)
    }

    /// The place of an organization in the world; logins are compared without regard to case.
    pub(crate) fn find_organization(&self, login: &str) -> Option<usize> {
        self.organizations.iter().position(|it| it.login.eq_ignore_ascii_case(login))
    }

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

    /// A hook, whomever it belongs to.
    pub(crate) fn hook_by_id(&mut self, id: u64) -> Option<&mut Hook> {
        let owner = self.owner_of(id)?;
        self.hook_mut(owner, id)
    }

    /// Whom a hook belongs to: its number is no other's.
    pub(in crate::state) fn owner_of(&self, id: u64) -> Option<HookOwner> {
        let repositories = self.repository_indices().map(HookOwner::Repository);
        let organizations = (0..self.organizations.len()).map(HookOwner::Organization);
        let mut all = repositories.chain(organizations).chain([HookOwner::App]);
        all.find(|owner| self.hook(*owner, id).is_some())
    }
}
