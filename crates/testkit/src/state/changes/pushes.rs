use hookstead_types::Sha;

use crate::objects::pull_request::RecordedPullRequest;
use crate::state::occurrence::{Event, Push};
use crate::state::repository::{Branch, is_of_fork};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Adds a commit to a branch; a branch that is not there starts from the default branch.
    pub(crate) fn push(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        message: &str,
        author: &str,
    ) -> Sha {
        let sha = self.commit_on(at, branch, message, author);
        self.advance(at, branch, &sha, author);
        sha
    }

    /// Makes a commit on top of a branch, without moving the branch.
    fn commit_on(&mut self, at: RepositoryIndex, branch: &str, message: &str, author: &str) -> Sha {
        let (repository, mint) = self.parts(at);
        let parent =
            repository.branches.get(branch).map(|it| &it.head).or(repository.default_head());
        let parents = parent.cloned().into_iter().collect();
        repository.history.add(mint, parents, message, author)
    }

    /// Moves a branch to a commit, tells the hooks, and lets the pull requests follow: those from
    /// this branch are synchronized, those into it are merged if it now has their commits.
    pub(crate) fn advance(&mut self, at: RepositoryIndex, branch: &str, to: &Sha, pusher: &str) {
        let (repository, mint) = self.parts(at);
        let now = mint.now();
        let moved = Branch { head: to.clone(), conflicting: false };
        let before = repository.branches.insert(branch.to_owned(), moved).map(|it| it.head);
        // A push to a fork is the fork's event.
        if !is_of_fork(branch) {
            repository.pushed_at = now;
            let base = before.as_ref().or(repository.default_head()).cloned();
            let push = PushedRange { branch, before: before.as_ref(), after: Some(to), base };
            self.announce_push(at, &push, pusher);
        }
        self.synchronize_pull_requests(at, branch, to, pusher);
        self.merge_contained_pull_requests(at, branch, to, pusher);
    }

    /// Deletes a branch; open pull requests from it or into it are closed. `false`: there is none,
    /// or it is the default branch.
    pub(crate) fn delete_branch(&mut self, at: RepositoryIndex, branch: &str, by: &str) -> bool {
        let repository = self.repository_mut(at);
        if branch == repository.default_branch {
            return false;
        }
        let Some(deleted) = repository.branches.remove(branch) else {
            return false;
        };
        let of_it = |it: &&RecordedPullRequest| it.branch == branch || it.base_ref == branch;
        let orphans: Vec<u64> =
            repository.pull_requests.iter().filter(of_it).map(|it| it.number).collect();
        if !is_of_fork(branch) {
            let before = Some(&deleted.head);
            let push = PushedRange { branch, before, after: None, base: None };
            self.announce_push(at, &push, by);
        }
        for number in orphans {
            self.close_pull_request(at, number, by);
        }
        true
    }

    fn announce_push(&mut self, at: RepositoryIndex, push: &PushedRange<'_>, pusher: &str) {
        let repository = self.repository(at);
        let after = push.after;
        let commits = after.map(|after| repository.history.between(push.base.as_ref(), after));
        let commits = commits.unwrap_or_default().into_iter().cloned().collect();
        let head = after.and_then(|sha| repository.history.get(sha.as_str())).cloned();
        let push = Push {
            branch: push.branch.to_owned(),
            before: push.before.cloned(),
            after: push.after.cloned(),
            commits,
            head,
            pusher: pusher.to_owned(),
        };
        self.announce(at, pusher, Event::Push(Box::new(push)));
    }
}

/// What a push did to a branch.
struct PushedRange<'a> {
    branch: &'a str,
    before: Option<&'a Sha>,
    after: Option<&'a Sha>,
    /// The commits that were known before.
    base: Option<Sha>,
}
