use hookstead_types::Sha;
use serde_json::{Value, json};

use crate::objects::pull_request::RecordedPullRequest;
use crate::payload;
use crate::state::account;
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
        let links = &self.links;
        let zeros = "0".repeat(40);
        let before = push.before.map_or(zeros.as_str(), Sha::as_str);
        let after = push.after.map_or(zeros.as_str(), Sha::as_str);
        let commits: Vec<Value> = push
            .after
            .map(|after| repository.history.between(push.base.as_ref(), after))
            .unwrap_or_default()
            .into_iter()
            .map(|commit| payload::commit::pushed(links, repository, commit))
            .collect();
        let head = push.after.and_then(|sha| repository.history.get(sha.as_str()));
        let head = head.map(|commit| payload::commit::pushed(links, repository, commit));
        let web = links.web_repository(&repository.name);
        let compare = match (push.before, push.after) {
            (None, _) => format!("{web}/compare/{}", push.branch),
            (Some(before), Some(after)) => {
                format!("{web}/compare/{}...{}", short(before), short(after))
            }
            (Some(before), None) => format!("{web}/compare/{}^...000000000000", short(before)),
        };
        let payload = json!({
            "ref": format!("refs/heads/{}", push.branch),
            "before": before,
            "after": after,
            "created": push.before.is_none(),
            "deleted": push.after.is_none(),
            "forced": false,
            "base_ref": null,
            "compare": compare,
            "commits": commits,
            "head_commit": head,
            "pusher": { "name": pusher, "email": account::email(pusher) },
            "repository": payload::repository::pushed(links, repository),
        });
        self.announce(at, "push", pusher, payload);
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

fn short(sha: &Sha) -> &str {
    sha.as_str().get(..12).unwrap_or_default()
}
