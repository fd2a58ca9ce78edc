//! Git behind a repository: what stands in the [`World`] follows it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hookstead_types::Sha;

use crate::fail::fail;
use crate::git::changes::ChangedFile;
use crate::git::commit::{FileChange, NewCommit};
use crate::git::error::GitError;
use crate::git::files::TreeFile;
use crate::git::person::{Person, Signature};
use crate::git::repository::GitRepository;
use crate::state::account;
use crate::state::history::{Commit, History};
use crate::state::repository::{Branch, RepositoryState, Tag};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    pub(in crate::state) fn has_git(&self, at: RepositoryIndex) -> bool {
        self.repository(at).git.is_some()
    }

    /// The repository's git, for those who know that it has one.
    pub(in crate::state) fn git(&self, at: RepositoryIndex) -> Arc<GitRepository> {
        let repository = self.repository(at);
        match &repository.git {
            Some(git) => Arc::clone(git),
            None => fail(&format!("{} has no git: it was not made `with_git`", repository.name)),
        }
    }

    /// Puts git behind a repository in which nothing has happened yet: one commit of its own, or the branches and
    /// tags of a repository on this machine.
    pub(crate) fn back_by_git(
        &mut self,
        at: RepositoryIndex,
        source: Option<&Path>,
    ) -> Result<(), GitError> {
        let repository = self.repository(at);
        if !is_fresh(repository) {
            return Err(GitError::new("git comes first: something has happened here already"));
        }
        let (owner, name) = (repository.name.owner().to_owned(), repository.name.name().to_owned());
        let (git, default_branch) = match source {
            Some(path) => GitRepository::copy(path)?,
            None => {
                let branch = repository.default_branch.clone();
                let git = GitRepository::create(&branch)?;
                let path = "README.md".to_owned();
                let content = format!("# {name}\n").into_bytes();
                let signature = self.signature(&owner);
                git.commit(&NewCommit {
                    branch: &branch,
                    parent: None,
                    files: &[FileChange::Written { path, content, executable: false }],
                    message: "Initial commit",
                    author: &signature,
                    committer: &signature,
                })?;
                (git, branch)
            }
        };
        let refs = git.refs()?;
        let tips: Vec<Sha> = refs.iter().filter_map(|it| it.commit.clone()).collect();
        let mut history = History::default();
        git.short_log(&tips)?.into_iter().for_each(|commit| history.add_logged(commit));
        let (mut branches, mut tags) = (BTreeMap::new(), BTreeMap::new());
        for it in refs {
            if let Some(name) = it.name.strip_prefix("refs/heads/") {
                branches.insert(name.to_owned(), Branch { head: it.object, conflicting: false });
            } else if let Some(name) = it.name.strip_prefix("refs/tags/") {
                tags.insert(name.to_owned(), Tag { object: it.object, commit: it.commit });
            }
        }
        if !branches.contains_key(&default_branch) {
            let message = format!("there is no commit on the default branch `{default_branch}`");
            return Err(GitError::new(message));
        }
        let repository = self.repository_mut(at);
        repository.history = history;
        repository.branches = branches;
        repository.tags = tags;
        repository.default_branch = default_branch;
        repository.git = Some(Arc::new(git));
        Ok(())
    }

    /// Takes in the commits that these have and the repository does not know yet.
    pub(in crate::state) fn import_commits(&mut self, at: RepositoryIndex, tips: &[Sha]) {
        let git = self.git(at);
        let repository = self.repository_mut(at);
        let known = |sha: &Sha| repository.history.get(sha.as_str()).is_some();
        let new: Vec<Sha> = tips.iter().filter(|sha| !known(sha)).cloned().collect();
        let branches = repository.branches.values().map(|branch| branch.head.clone());
        let pulls = repository.pull_requests.iter().map(|it| it.head_sha.clone());
        let mut old: Vec<Sha> = branches.chain(pulls).filter(known).collect();
        old.sort();
        old.dedup();
        let commits = or_fail(git.log(&new, &old));
        commits.into_iter().for_each(|commit| repository.history.add_logged(commit));
    }

    /// Somebody, now.
    pub(in crate::state) fn signature(&self, login: &str) -> Signature {
        let person = Person::new(login, &account::email(login));
        Signature { person, date: self.mint.now() }
    }
}

impl RepositoryState {
    /// The files that a commit changes, against its first parent; `None` without git.
    pub(crate) fn changes_of(&self, commit: &Commit) -> Option<Vec<ChangedFile>> {
        let git = self.git.as_ref()?;
        Some(or_fail(git.changes(commit.parents.first(), &commit.sha)))
    }

    /// The files that a commit has changed since it left another's branch; `None` without git.
    pub(crate) fn changes_between(&self, base: &Sha, head: &Sha) -> Option<Vec<ChangedFile>> {
        Some(or_fail(self.git.as_ref()?.changes_since_fork(base, head)))
    }

    /// What a file says in a commit. Without git there is none.
    pub(crate) fn git_file(&self, commit: &Sha, path: &str) -> Option<Vec<u8>> {
        or_fail(self.git.as_ref()?.file(commit, path))
    }

    /// The files of a commit. Without git there are none.
    pub(crate) fn git_files(&self, commit: &Sha) -> Vec<TreeFile> {
        self.git.as_ref().map(|git| or_fail(git.files(commit))).unwrap_or_default()
    }
}

fn is_fresh(repository: &RepositoryState) -> bool {
    repository.git.is_none()
        && repository.history.len() == 1
        && repository.statuses.is_empty()
        && repository.check_runs.is_empty()
        && repository.deployments.is_empty()
}

/// What git did. That it cannot is the machine's fault or the test's, so the test ends.
#[track_caller]
pub(in crate::state) fn or_fail<T>(result: Result<T, GitError>) -> T {
    result.unwrap_or_else(|error| fail(&error.to_string()))
}
