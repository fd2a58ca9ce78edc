use std::collections::{BTreeMap, BTreeSet};

use hookstead_types::RepoName;

use crate::state::files::Files;
use crate::state::history::History;
use crate::state::issues::Issues;
use crate::state::merge_queue::MergeQueue;
use crate::state::occurrence::Event;
use crate::state::organization::OrganizationState;
use crate::state::repository::{Branch, RepositoryState};
use crate::state::repository_index::RepositoryIndex;
use crate::state::rules::Rules;
use crate::state::world::World;

impl World {
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
            private: false,
            deleted: false,
            original: None,
            git: None,
            created_at: self.mint.now(),
            pushed_at: self.mint.now(),
            history,
            branches: BTreeMap::from([(default_branch.to_owned(), branch)]),
            tags: BTreeMap::new(),
            pull_requests: Vec::new(),
            merge_requests: Vec::new(),
            merge_queue: MergeQueue::default(),
            statuses: Vec::new(),
            check_runs: Vec::new(),
            requeued_suites: BTreeSet::new(),
            deployments: Vec::new(),
            deployment_statuses: Vec::new(),
            hooks: Vec::new(),
            issues: Issues::default(),
            files: Files::default(),
            rules: Rules::default(),
        });
        RepositoryIndex(self.repositories.len() - 1)
    }

    /// Adds an organization, unless there is one of that login.
    pub(crate) fn add_organization(&mut self, login: &str) -> usize {
        self.find_organization(login).unwrap_or_else(|| {
            let login = login.to_owned();
            self.organizations.push(OrganizationState { login, hooks: Vec::new() });
            self.organizations.len() - 1
        })
    }

    /// Makes a repository private.
    pub(crate) fn make_private(&mut self, at: RepositoryIndex, by: &str) {
        self.repository_mut(at).private = true;
        self.announce(at, by, Event::Privatized);
    }

    /// Renames a repository. `false`: the name is taken.
    pub(crate) fn rename(&mut self, at: RepositoryIndex, name: RepoName, by: &str) -> bool {
        if self.find_repository(&name).is_some_and(|taken| taken != at) {
            return false;
        }
        let repository = self.repository_mut(at);
        let former = std::mem::replace(&mut repository.name, name);
        let former_name = former.name().to_owned();
        repository.former_names.push(former);
        self.announce(at, by, Event::Renamed(former_name));
        true
    }
}
