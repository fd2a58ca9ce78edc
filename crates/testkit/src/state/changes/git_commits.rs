use hookstead_types::Sha;

use super::git_repositories::or_fail;
use crate::fail::fail;
use crate::git::commit::{FileChange, NewCommit};
use crate::git::refs::{RefChange, is_branch_name};
use crate::state::repository::{Tag, is_of_fork};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Commits files to a branch of git's and pushes it. A branch that is not there starts from the default
    /// branch. A branch `owner:name` is a fork's.
    pub(crate) fn commit_files(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        files: &[FileChange],
        message: &str,
        author: &str,
    ) -> Sha {
        if let Some((owner, name)) = branch.split_once(':') {
            let fork = self.fork(at, owner);
            return self.commit_files(fork, name, files, message, author);
        }
        let git = self.git(at);
        let repository = self.repository(at);
        if !is_branch_name(branch) {
            fail(&format!("git allows no branch `{}`", branch.escape_debug()));
        }
        let parent =
            repository.branches.get(branch).map(|it| &it.head).or(repository.default_head());
        let signature = self.signature(author);
        let (author, committer) = (&signature, &signature);
        let new = NewCommit { branch, parent, files, message, author, committer };
        let sha = or_fail(git.commit(&new));
        self.import_commits(at, std::slice::from_ref(&sha));
        self.advance(at, branch, &sha, &signature.person.name);
        sha
    }

    /// Moves a branch to a commit, or makes it there, whatever it had before. `false`: there is no such commit.
    pub(crate) fn force_push(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        to: &Sha,
        by: &str,
    ) -> bool {
        if self.repository(at).history.get(to.as_str()).is_none() {
            return false;
        }
        let name = format!("refs/heads/{branch}");
        self.write_ref(at, &name, is_branch_name(branch), to);
        self.advance(at, branch, to, by);
        true
    }

    /// Makes a tag, or moves it. `false`: there is no such commit.
    pub(crate) fn push_tag(&mut self, at: RepositoryIndex, tag: &str, to: &Sha, by: &str) -> bool {
        if self.repository(at).history.get(to.as_str()).is_none() {
            return false;
        }
        self.write_ref(at, &format!("refs/tags/{tag}"), is_branch_name(tag), to);
        self.set_tag(at, tag, Tag { object: to.clone(), commit: Some(to.clone()) }, by);
        true
    }

    fn write_ref(&self, at: RepositoryIndex, name: &str, is_name: bool, to: &Sha) {
        if !is_name {
            fail(&format!("git allows no `{}`", name.escape_debug()));
        }
        or_fail(self.git(at).change_refs(&[RefChange { name, to: Some(to), from: None }]));
    }

    /// Deletes a branch from git, if there is git.
    pub(in crate::state) fn delete_git_branch(&self, at: RepositoryIndex, branch: &str) {
        if self.has_git(at) && !is_of_fork(branch) {
            let name = &format!("refs/heads/{branch}");
            or_fail(self.git(at).change_refs(&[RefChange { name, to: None, from: None }]));
        }
    }
}
