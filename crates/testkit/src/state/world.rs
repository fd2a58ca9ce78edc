use std::collections::BTreeMap;
use std::sync::Arc;

use hookstead_types::RepoName;
use serde_json::{Value, json};

use super::hook::{Attempt, DeliveryLog, Occurrence};
use super::repository::Branch;
use super::{AppState, History, HookOwner, Mint, OrganizationState, Rate, RepositoryState};
use crate::payload::{self, Links};
use crate::traffic::fault::Faults;
use crate::{RecordedDelivery, RecordedRequest};

/// Everything that the fake knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) links: Links,
    pub(crate) mint: Mint,
    pub(crate) repositories: Vec<RepositoryState>,
    /// Finished attempts, the oldest first.
    pub(crate) deliveries: Vec<RecordedDelivery>,
    /// How the record of attempts is kept.
    pub(crate) delivery_log: DeliveryLog,
    /// How many attempts have been started and are not finished.
    pub(crate) pending_deliveries: usize,
    pub(crate) requests: Vec<RecordedRequest>,
    /// The App installation that payloads name; hooks of repositories have none.
    pub(crate) installation: Option<u64>,
    pub(crate) organizations: Vec<OrganizationState>,
    pub(crate) app: AppState,
    pub(crate) faults: Faults,
    /// `None` before the first request.
    pub(super) rate: Option<Rate>,
    outbox: Vec<Attempt>,
}

/// A repository's place in the world; repositories are never removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RepositoryIndex(usize);

impl World {
    pub(crate) fn new(links: Links, mint: Mint) -> Self {
        Self {
            links,
            mint,
            repositories: Vec::new(),
            deliveries: Vec::new(),
            delivery_log: DeliveryLog::default(),
            pending_deliveries: 0,
            requests: Vec::new(),
            installation: None,
            organizations: Vec::new(),
            app: AppState::default(),
            faults: Faults::default(),
            rate: None,
            outbox: Vec::new(),
        }
    }

    /// Adds a repository with one commit on its default branch.
    pub(crate) fn create_repository(
        &mut self,
        name: RepoName,
        default_branch: &str,
        of_organization: bool,
    ) -> RepositoryIndex {
        if of_organization {
            self.add_organization(name.owner());
        }
        let mut history = History::default();
        let head = history.add(&mut self.mint, Vec::new(), "Initial commit", name.owner());
        let branch = Branch { head, conflicting: false };
        self.repositories.push(RepositoryState {
            id: self.mint.id(),
            name,
            former_names: Vec::new(),
            of_organization,
            default_branch: default_branch.to_owned(),
            created_at: self.mint.now(),
            pushed_at: self.mint.now(),
            history,
            branches: BTreeMap::from([(default_branch.to_owned(), branch)]),
            pull_requests: Vec::new(),
            merge_requests: Vec::new(),
            statuses: Vec::new(),
            check_runs: Vec::new(),
            deployments: Vec::new(),
            deployment_statuses: Vec::new(),
            hooks: Vec::new(),
        });
        RepositoryIndex(self.repositories.len() - 1)
    }

    pub(crate) fn find_repository(&self, name: &RepoName) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.name == *name).map(RepositoryIndex)
    }

    /// The repository that had this name before. A repository that has it now comes first.
    pub(crate) fn find_former_repository(&self, name: &RepoName) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.former_names.contains(name)).map(RepositoryIndex)
    }

    pub(crate) fn find_repository_by_id(&self, id: u64) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.id == id).map(RepositoryIndex)
    }

    pub(crate) fn repository_indices(&self) -> impl Iterator<Item = RepositoryIndex> + use<> {
        (0..self.repositories.len()).map(RepositoryIndex)
    }

    /// Renames a repository. `false`: the name is taken.
    pub(crate) fn rename(&mut self, at: RepositoryIndex, name: RepoName, by: &str) -> bool {
        if self.find_repository(&name).is_some_and(|taken| taken != at) {
            return false;
        }
        let repository = self.repository_mut(at);
        let former = std::mem::replace(&mut repository.name, name);
        let changes = json!({ "repository": { "name": { "from": former.name() } } });
        repository.former_names.push(former);
        self.announce(at, "repository", by, json!({ "action": "renamed", "changes": changes }));
        true
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
        self.outbox.extend(attempts);
    }

    pub(crate) fn send(&mut self, attempt: Attempt) {
        self.outbox.push(attempt);
    }

    /// The attempts that are to be made now.
    pub(crate) fn take_outbox(&mut self) -> Vec<Attempt> {
        let attempts = std::mem::take(&mut self.outbox);
        self.pending_deliveries += attempts.len();
        attempts
    }
}
