use std::collections::BTreeMap;
use std::sync::Arc;

use hookstead_types::RepoName;
use serde_json::Value;

use super::hook::{Attempt, Occurrence};
use super::repository::Branch;
use super::{History, Mint, RepositoryState};
use crate::payload::{self, Links};
use crate::{RecordedDelivery, RecordedRequest};

/// Everything that the fake knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) links: Links,
    pub(crate) mint: Mint,
    pub(crate) repositories: Vec<RepositoryState>,
    /// Finished attempts, the oldest first.
    pub(crate) deliveries: Vec<RecordedDelivery>,
    /// How many attempts have been started and are not finished.
    pub(crate) pending_deliveries: usize,
    pub(crate) requests: Vec<RecordedRequest>,
    /// The App installation that payloads name; hooks of repositories have none.
    pub(crate) installation: Option<u64>,
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
            pending_deliveries: 0,
            requests: Vec::new(),
            installation: None,
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
        let mut history = History::default();
        let head = history.add(&mut self.mint, Vec::new(), "Initial commit", name.owner());
        let branch = Branch { head, conflicting: false };
        self.repositories.push(RepositoryState {
            id: self.mint.id(),
            name,
            of_organization,
            default_branch: default_branch.to_owned(),
            created_at: self.mint.now(),
            pushed_at: self.mint.now(),
            history,
            branches: BTreeMap::from([(default_branch.to_owned(), branch)]),
            pull_requests: Vec::new(),
            statuses: Vec::new(),
            deployments: Vec::new(),
            deployment_statuses: Vec::new(),
            hooks: Vec::new(),
        });
        RepositoryIndex(self.repositories.len() - 1)
    }

    pub(crate) fn find_repository(&self, name: &RepoName) -> Option<RepositoryIndex> {
        self.repositories.iter().position(|it| it.name == *name).map(RepositoryIndex)
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

    /// Something happened: every hook of the repository that asked for it will be told.
    pub(crate) fn announce(
        &mut self,
        at: RepositoryIndex,
        event: &'static str,
        sender: &str,
        mut payload: Value,
    ) {
        payload::add_common_keys(self, at, sender, &mut payload);
        let payload = Arc::new(payload);
        let occurrence = Occurrence { guid: self.mint.guid(), event, payload };
        let attempts: Vec<Attempt> = self
            .repository(at)
            .hooks
            .iter()
            .filter(|hook| hook.wants(event))
            .map(|hook| occurrence.attempt(at, hook))
            .collect();
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
