use std::path::Path;

use hookstead_types::Sha;

use crate::fail::fail;
use crate::objects::commit::FakeCommit;
use crate::repository::FakeRepository;

/// Git. It needs the program `git`, version 2.40 or later; a repository without git needs none.
///
/// Clients of git clone, fetch and push at [`clone_url`](Self::clone_url). Everybody may read a public repository.
/// To read a private one and to push takes a token, as for the API, by basic authentication: as the password of any
/// user, `x-access-token` for instance. A push sends what it sends at GitHub: `push`, `create`, `delete` and
/// `pull_request` (`synchronize`). Any commit can be fetched by its sha. `refs/pull/N/head` is there for each pull
/// request, and `refs/pull/N/merge` while one is open and can be merged.
impl FakeRepository {
    /// Puts git behind a repository that was just made: commits, branches and merges are real from now on, and its
    /// first commit has a `README.md`.
    ///
    /// ```
    /// use hookstead_testkit::{FakeCommit, FakeGitHub};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// let repository = github.create_repository("octocat/hello-world").with_git();
    /// let sha = repository.commit("main", FakeCommit::new("Add a flag").file("flag.txt", "on"));
    /// assert_eq!(repository.head("main"), sha);
    /// // Let the program under test clone `repository.clone_url()` here.
    /// # assert!(repository.clone_url().ends_with("/octocat/hello-world.git"));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the program `git` is missing, or something has happened in the repository already.
    #[must_use = "it is the same repository"]
    #[track_caller]
    pub fn with_git(self) -> Self {
        self.back_by_git(None)
    }

    /// Puts git behind a repository that was just made, with the branches, the tags and the default branch of a
    /// repository on this machine, bare or not. That is copied, and stays as it is.
    ///
    /// # Panics
    ///
    /// Panics as [`with_git`](Self::with_git) does, and if there is no repository at the path, or no commit on its
    /// default branch.
    #[must_use = "it is the same repository"]
    #[track_caller]
    pub fn with_git_of(self, path: impl AsRef<Path>) -> Self {
        self.back_by_git(Some(path.as_ref()))
    }

    #[track_caller]
    fn back_by_git(self, source: Option<&Path>) -> Self {
        let at = self.index();
        let done = self.github().shared().update(|world| world.back_by_git(at, source));
        if let Err(error) = done {
            fail(&format!("{self}: {error}"));
        }
        self
    }

    /// The address for clients of git.
    #[must_use]
    pub fn clone_url(&self) -> String {
        let settings = &self.github().shared().settings;
        let web = settings.api_url.strip_suffix(&settings.prefix).unwrap_or(&settings.api_url);
        format!("{web}/{}.git", self.name())
    }

    /// Commits files to a branch, pushes it, and returns the commit's sha. A branch that is not there starts from
    /// the default branch. Sends what [`push`](Self::push) sends.
    ///
    /// # Panics
    ///
    /// If there is no git behind the repository, or git refuses the branch or a path.
    #[track_caller]
    pub fn commit(&self, branch: &str, commit: FakeCommit) -> Sha {
        let FakeCommit { message, author, files } = commit;
        let author = author.unwrap_or_else(|| self.owner());
        let at = self.index();
        let shared = self.github().shared();
        shared.update(|world| world.commit_files(at, branch, &files, &message, &author))
    }

    /// Moves a branch to a commit, whatever it had before, or makes it there. Sends `push`, which is `forced` if the
    /// branch loses a commit by it, and `pull_request` (`synchronize`) for every open pull request from this branch.
    ///
    /// # Panics
    ///
    /// If there is no git behind the repository, or no such commit.
    #[track_caller]
    pub fn force_push(&self, branch: &str, to: &Sha) {
        let (at, owner) = (self.index(), self.owner());
        let shared = self.github().shared();
        if !shared.update(|world| world.force_push(at, branch, to, &owner)) {
            fail(&format!("{self} has no commit {to}"));
        }
    }

    /// Makes a tag, or moves it. Sends `push` and, if the tag is new, `create`.
    ///
    /// # Panics
    ///
    /// If there is no git behind the repository, or no such commit.
    #[track_caller]
    pub fn push_tag(&self, tag: &str, to: &Sha) {
        let (at, owner) = (self.index(), self.owner());
        let shared = self.github().shared();
        if !shared.update(|world| world.push_tag(at, tag, to, &owner)) {
            fail(&format!("{self} has no commit {to}"));
        }
    }

    /// The fork that this account has, a repository of the same name. It is made if it is not there, and then
    /// `fork` is sent. [Pull requests from a fork](crate::FakePullRequest::from_fork) come from it, and follow what
    /// is pushed to it.
    ///
    /// # Panics
    ///
    /// If there is no git behind the repository, or the account has another repository of this name.
    #[track_caller]
    #[must_use]
    pub fn fork(&self, owner: &str) -> FakeRepository {
        let at = self.index();
        let fork = self.github().shared().update(|world| world.fork(at, owner));
        FakeRepository::new(self.github().clone(), fork)
    }

    /// What a file says in a commit, which a branch, a tag or a full sha names; `None` if there is no such file,
    /// as always without git.
    ///
    /// # Panics
    ///
    /// If there is no such commit.
    #[track_caller]
    #[must_use]
    pub fn file(&self, reference: &str, path: &str) -> Option<Vec<u8>> {
        let commit = self.commit_named(reference);
        let at = self.index();
        self.github().shared().read(|world| world.repository(at).git_file(&commit, path))
    }

    /// The paths of the files in a commit, which a branch, a tag or a full sha names. Without git there are none.
    ///
    /// # Panics
    ///
    /// If there is no such commit.
    #[track_caller]
    #[must_use]
    pub fn files(&self, reference: &str) -> Vec<String> {
        let commit = self.commit_named(reference);
        let at = self.index();
        let files = self.github().shared().read(|world| world.repository(at).git_files(&commit));
        files.into_iter().map(|file| file.path).collect()
    }

    #[track_caller]
    fn commit_named(&self, reference: &str) -> Sha {
        let at = self.index();
        let found = self.github().shared().read(|world| world.repository(at).resolve(reference));
        let Some(found) = found else {
            fail(&format!("{self} has neither a branch, a tag nor a commit `{reference}`"));
        };
        found.sha
    }

    /// Makes the repository private: who clones it needs a token. Sends `repository` (`privatized`).
    pub fn make_private(&self) {
        let (at, owner) = (self.index(), self.owner());
        self.github().shared().update(|world| world.make_private(at, &owner));
    }
}
