use hookstead_types::Sha;

use crate::git::commit::FileChange;
use crate::objects::pull_request::RecordedPullRequest;
use crate::state::occurrence::{Event, Push, RefFacts};
use crate::state::repository::{Branch, is_of_fork};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// How many commits a push tells of at most, as GitHub does.
const LISTED_COMMITS: usize = 2048;

impl World {
    /// Adds a commit to a branch; a branch that is not there starts from the default branch.
    pub(crate) fn push(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        message: &str,
        author: &str,
    ) -> Sha {
        if self.has_git(at) {
            // A file of its own conflicts with no other branch's.
            let path = format!("changes/{}.txt", self.mint.letters(12));
            let content = format!("{message}\n").into_bytes();
            let file = FileChange::Written { path, content, executable: false };
            return self.commit_files(at, branch, &[file], message, author);
        }
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
            let reference = format!("refs/heads/{branch}");
            let (before, after) = (before.as_ref(), Some(to));
            let push = PushedRange { reference, before, after, commit: Some(to), base };
            self.announce_push(at, &push, pusher);
            if before.is_none() {
                let name = branch.to_owned();
                self.announce(at, pusher, Event::RefCreated(RefFacts { kind: "branch", name }));
            }
        }
        self.forget_test_merges(at, branch);
        self.synchronize_pull_requests(at, branch, to, pusher);
        self.merge_contained_pull_requests(at, branch, to, pusher);
        self.tell_original_of_push(at, branch, to, pusher);
        self.work_on_queue(at, branch);
    }

    /// Deletes a branch; open pull requests from it or into it are closed. `false`: there is none,
    /// or it is the default branch.
    pub(crate) fn delete_branch(&mut self, at: RepositoryIndex, branch: &str, by: &str) -> bool {
        let repository = self.repository_mut(at);
        if branch == repository.default_branch {
            return false;
        }
        if !repository.branches.contains_key(branch) {
            return false;
        }
        self.delete_git_branch(at, branch);
        self.forget_branch(at, branch, by);
        true
    }

    /// A branch is gone: tells the hooks, and closes the pull requests from it or into it.
    pub(in crate::state) fn forget_branch(&mut self, at: RepositoryIndex, branch: &str, by: &str) {
        let repository = self.repository_mut(at);
        let Some(deleted) = repository.branches.remove(branch) else {
            return;
        };
        let of_it = |it: &&RecordedPullRequest| it.branch == branch || it.base_ref == branch;
        let orphans: Vec<u64> =
            repository.pull_requests.iter().filter(of_it).map(|it| it.number).collect();
        if !is_of_fork(branch) {
            let reference = format!("refs/heads/{branch}");
            let before = Some(&deleted.head);
            let push = PushedRange { reference, before, after: None, commit: None, base: None };
            self.announce_push(at, &push, by);
            let name = branch.to_owned();
            self.announce(at, by, Event::RefDeleted(RefFacts { kind: "branch", name }));
        }
        for number in orphans {
            self.close_pull_request(at, number, by);
        }
        self.tell_original_of_deletion(at, branch, by);
    }

    /// Tells the hooks of a push, of a branch or of a tag.
    pub(in crate::state) fn announce_push(
        &mut self,
        at: RepositoryIndex,
        push: &PushedRange<'_>,
        pusher: &str,
    ) {
        let repository = self.repository(at);
        let history = &repository.history;
        let commits = push.commit.map(|commit| history.between(push.base.as_ref(), commit));
        let commits = commits.unwrap_or_default().into_iter().take(LISTED_COMMITS);
        let commits = commits.cloned().collect();
        let head = push.commit.and_then(|sha| history.get(sha.as_str())).cloned();
        let moved = push.before.zip(push.after);
        let has_other_name = |name: &str| push.reference.strip_prefix("refs/heads/") != Some(name);
        let base = repository.own_branches().find(|(name, branch)| {
            push.before.is_none() && push.commit == Some(&branch.head) && has_other_name(name)
        });
        let push = Push {
            reference: push.reference.clone(),
            before: push.before.cloned(),
            after: push.after.cloned(),
            forced: moved.is_some_and(|(before, after)| !history.contains(after, before)),
            base: base.map(|(name, _)| format!("refs/heads/{name}")),
            commits,
            head,
            pusher: pusher.to_owned(),
        };
        self.announce(at, pusher, Event::Push(Box::new(push)));
    }
}

/// What a push did to a branch or a tag.
pub(in crate::state) struct PushedRange<'a> {
    /// In full.
    pub(in crate::state) reference: String,
    pub(in crate::state) before: Option<&'a Sha>,
    pub(in crate::state) after: Option<&'a Sha>,
    /// The commit that `after` is, or that it is an annotated tag of.
    pub(in crate::state) commit: Option<&'a Sha>,
    /// The commits that were known before.
    pub(in crate::state) base: Option<Sha>,
}
