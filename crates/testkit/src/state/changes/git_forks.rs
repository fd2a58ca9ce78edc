use std::sync::Arc;

use hookstead_types::{RepoName, Sha};

use super::git_repositories::or_fail;
use crate::fail::fail;
use crate::git::refs::RefChange;
use crate::state::occurrence::Event;
use crate::state::repository::Branch;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// The fork of somebody's; it is made if it is not there. Git is behind it, as behind the original.
    pub(crate) fn fork(&mut self, at: RepositoryIndex, owner: &str) -> RepositoryIndex {
        let git = self.git(at);
        let repository = self.repository(at);
        let Ok(name) = RepoName::new(owner, repository.name.name()) else {
            fail(&format!("{owner:?} is no login"));
        };
        if let Some(found) = self.find_repository(&name) {
            if self.repository(found).original == Some(at) {
                return found;
            }
            fail(&format!("{name} is no fork of {}", repository.name));
        }
        let (default_branch, history) =
            (repository.default_branch.clone(), repository.history.clone());
        let branches = repository.own_branches();
        let branches: Vec<(String, Branch)> =
            branches.map(|(name, branch)| (name.to_owned(), branch.clone())).collect();
        let (tags, private) = (repository.tags.clone(), repository.private);
        let copy = or_fail(git.fork(&default_branch));
        let heads = branches.iter().map(|(name, it)| (format!("refs/heads/{name}"), &it.head));
        let all =
            heads.chain(tags.iter().map(|(name, it)| (format!("refs/tags/{name}"), &it.object)));
        let refs: Vec<(String, &Sha)> = all.collect();
        let changes = refs.iter().map(|(name, to)| RefChange { name, to: Some(to), from: None });
        or_fail(copy.change_refs(&changes.collect::<Vec<_>>()));
        let of_organization = self.find_organization(owner).is_some();
        let fork = self.create_repository(name, &default_branch, of_organization);
        let state = self.repository_mut(fork);
        state.history = history;
        state.tags = tags;
        state.private = private;
        state.original = Some(at);
        state.git = Some(Arc::new(copy));
        for (name, branch) in branches {
            let seen = self.seen_by_original(fork, &name);
            self.repository_mut(fork).branches.insert(name, branch.clone());
            self.repository_mut(at).branches.insert(seen, branch);
        }
        let forkee = Box::new(self.facts(fork));
        self.announce(at, owner, Event::Forked(forkee));
        fork
    }

    /// The number of the fork that a pull request comes from, if git is behind the repository.
    pub(in crate::state) fn fork_for_pull_request(
        &mut self,
        at: RepositoryIndex,
        owner: &str,
    ) -> Option<u64> {
        self.has_git(at).then(|| {
            let fork = self.fork(at, owner);
            self.repository(fork).id
        })
    }

    /// Deletes the fork of a pull request. `false`: there is none.
    pub(crate) fn delete_fork_of(&mut self, at: RepositoryIndex, number: u64) -> bool {
        let pull_request = self.repository_mut(at).pull_request_mut(number);
        let Some(fork) = pull_request.and_then(|it| it.fork.as_mut()) else {
            return false;
        };
        fork.deleted = true;
        let id = fork.id;
        if let Some(found) = self.find_repository_by_id(id) {
            self.repository_mut(found).deleted = true;
        }
        true
    }

    /// A push to a fork reaches the pull requests from it.
    pub(in crate::state) fn tell_original_of_push(
        &mut self,
        fork: RepositoryIndex,
        branch: &str,
        to: &Sha,
        by: &str,
    ) {
        if let Some(original) = self.repository(fork).original {
            let seen = self.seen_by_original(fork, branch);
            self.import_commits(original, std::slice::from_ref(to));
            self.advance(original, &seen, to, by);
        }
    }

    pub(in crate::state) fn tell_original_of_deletion(
        &mut self,
        fork: RepositoryIndex,
        branch: &str,
        by: &str,
    ) {
        if let Some(original) = self.repository(fork).original {
            let seen = self.seen_by_original(fork, branch);
            self.forget_branch(original, &seen, by);
        }
    }

    /// A fork's branch, as the original's state has it.
    fn seen_by_original(&self, fork: RepositoryIndex, branch: &str) -> String {
        format!("{}:{branch}", self.repository(fork).name.owner())
    }
}
