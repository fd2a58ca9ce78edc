use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookstead::types::{RepoName, Sha};
use tokio::task::spawn_blocking;

use super::error::{CheckoutError, CheckoutErrorKind};
use super::git::{Asks, Call, Git};
use super::mirror::Mirror;
use super::removing::remove_folder;
use super::source::{Revision, Source};

/// Makes checkouts, out of mirrors that it keeps in a folder. See [the module](super).
///
/// Several may work in one folder, in one process or in many of one machine.
#[derive(Debug, Clone)]
pub struct Checkouts {
    pub(super) mirrors: PathBuf,
    pub(super) git: Git,
    fetch_deadline: Duration,
    checkout_deadline: Duration,
    pub(super) keep_unused: Duration,
    pub(super) most_packs: usize,
    pub(super) packing_deadline: Duration,
}

/// A checkout that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedOut {
    /// The commit that is checked out: of a pull request as merged another one than its head.
    pub commit: Sha,
    /// Its tree: the key for "was exactly this tested?".
    pub tree: Sha,
    /// What is not there, in sentences for the build's log: submodules, files of Git LFS.
    pub left_out: Vec<&'static str>,
}

impl Checkouts {
    /// 15 min: the first fetch of a repository of 2 GiB at 3 MiB/s takes eleven.
    pub const DEFAULT_FETCH_DEADLINE: Duration = Duration::from_secs(15 * 60);

    /// 5 min for everything that only this machine's disk takes part in.
    pub const DEFAULT_CHECKOUT_DEADLINE: Duration = Duration::from_secs(5 * 60);

    /// Keeps its mirrors in this folder, which is made when it is needed.
    #[must_use]
    pub fn new(mirrors: impl Into<PathBuf>) -> Self {
        Self {
            mirrors: mirrors.into(),
            git: Git { program: "git".into(), allows_plain_http: false },
            fetch_deadline: Self::DEFAULT_FETCH_DEADLINE,
            checkout_deadline: Self::DEFAULT_CHECKOUT_DEADLINE,
            keep_unused: Self::DEFAULT_KEEP_UNUSED,
            most_packs: Self::DEFAULT_MOST_PACKS,
            packing_deadline: Self::DEFAULT_PACKING_DEADLINE,
        }
    }

    /// The program; by default the `git` of `PATH`.
    #[must_use]
    pub fn program(mut self, git: impl Into<PathBuf>) -> Self {
        self.git.program = git.into();
        self
    }

    /// Fetches by `http://` too: for servers on this machine, and for tests. By default only `https://` is allowed, also
    /// after a redirect.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.git.allows_plain_http = allow;
        self
    }

    /// How long fetching may take, and waiting for another who fetches from the same repository. The default is
    /// [`DEFAULT_FETCH_DEADLINE`](Self::DEFAULT_FETCH_DEADLINE).
    #[must_use]
    pub fn fetch_deadline(mut self, deadline: Duration) -> Self {
        self.fetch_deadline = deadline;
        self
    }

    /// How long each of the other calls of git may take. The default is
    /// [`DEFAULT_CHECKOUT_DEADLINE`](Self::DEFAULT_CHECKOUT_DEADLINE).
    #[must_use]
    pub fn checkout_deadline(mut self, deadline: Duration) -> Self {
        self.checkout_deadline = deadline;
        self
    }

    /// The folder in which the mirrors of a repository lie: what its checkouts borrow from.
    #[must_use]
    pub fn mirrors_of(&self, repo: &RepoName) -> PathBuf {
        Mirror::folder_of(&self.mirrors, repo)
    }

    /// Checks out a revision into this folder. What was there is removed first: an attempt that was cut off leaves
    /// something. When it fails or is dropped, what it left may be there.
    ///
    /// # Errors
    ///
    /// See [`CheckoutErrorKind`].
    pub async fn check_out(
        &self,
        source: &Source,
        folder: impl AsRef<Path>,
    ) -> Result<CheckedOut, CheckoutError> {
        source.check()?;
        // Git is run in other folders than this process is in.
        let absolute = |path: &Path| {
            std::path::absolute(path).map_err(|error| CheckoutError::io("find a folder", error))
        };
        let (mirrors, folder) = (absolute(&self.mirrors)?, absolute(folder.as_ref())?);
        let folder = folder.as_path();
        let mut mirror = Mirror::lock(&mirrors, &source.repo, self.fetch_deadline).await?;
        mirror.is_used().map_err(|error| CheckoutError::io("use a mirror", error))?;
        let made = self.through(&mirror, source, folder).await;
        match made {
            // Whatever else git finds wrong here may be wrong with the mirror.
            Err(error) if error.kind() == CheckoutErrorKind::Git => {
                tracing::warn!(repo = %source.repo, %error, "making a new mirror, the old one may be damaged");
                mirror.replace().map_err(|error| CheckoutError::io("make a mirror", error))?;
                self.through(&mirror, source, folder).await
            }
            made => made,
        }
    }

    async fn through(
        &self,
        mirror: &Mirror,
        source: &Source,
        folder: &Path,
    ) -> Result<CheckedOut, CheckoutError> {
        let (commit, tree) = self.fetch(mirror, source).await?;
        self.fill(mirror, source, &commit, folder).await?;
        Ok(CheckedOut { commit, tree, left_out: left_out(folder) })
    }

    /// Has the commit in the mirror, and says which it is, and its tree.
    async fn fetch(&self, mirror: &Mirror, source: &Source) -> Result<(Sha, Sha), CheckoutError> {
        match &source.revision {
            Revision::Commit(sha) => {
                if let Some(tree) = self.tree_of(mirror, sha).await?
                    && self.is_whole(mirror, sha).await?
                {
                    return Ok((sha.clone(), tree));
                }
                let on = source.fallback.as_deref().unwrap_or(sha.as_str());
                let own = Mirror::own_ref(on);
                let fetched = self.fetch_one(mirror, source, sha.as_str(), &own).await;
                match (fetched, &source.fallback) {
                    (Err(error), Some(on)) if error.kind() == CheckoutErrorKind::NoSuchCommit => {
                        // What it says is of the ref; the commit is what was asked for.
                        if self.fetch_one(mirror, source, on, &own).await.is_err() {
                            return Err(error);
                        }
                    }
                    (fetched, _) => fetched?,
                }
                let tree = self.tree_of(mirror, sha).await?.ok_or_else(|| {
                    no_such_commit(format!("there is no commit {sha} in {}", source.repo))
                })?;
                Ok((sha.clone(), tree))
            }
            Revision::Merge { number, head } => {
                let own = Mirror::own_ref(&format!("refs/pull/{number}/merge"));
                let name_there = format!("refs/pull/{number}/merge");
                self.fetch_one(mirror, source, &name_there, &own).await?;
                let merged = self.named(mirror, &format!("{own}^2")).await?;
                if merged != *head {
                    let (merged, head) = (merged.short(), head.short());
                    return Err(no_such_commit(format!("{name_there} has {merged}, not {head}")));
                }
                let commit = self.named(mirror, &own).await?;
                let tree = self.named(mirror, &format!("{commit}^{{tree}}")).await?;
                Ok((commit, tree))
            }
        }
    }

    /// The tree of a commit, if the mirror has it.
    async fn tree_of(&self, mirror: &Mirror, sha: &Sha) -> Result<Option<Sha>, CheckoutError> {
        match self.named(mirror, &format!("{sha}^{{commit}}^{{tree}}")).await {
            Ok(tree) => Ok(Some(tree)),
            Err(error) if error.kind() == CheckoutErrorKind::Git => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the mirror has all that a commit leads to. What a ref leads to was fetched to the end; of what none does,
    /// a fetch that was killed may have left the commit without its files.
    async fn is_whole(&self, mirror: &Mirror, sha: &Sha) -> Result<bool, CheckoutError> {
        ready(mirror)?;
        let arguments = ["rev-list", "--objects", "--quiet", sha.as_str(), "--not", "--all"];
        match self.git.run(self.look_into(mirror), &arguments).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == CheckoutErrorKind::Git => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn look_into<'m>(&self, mirror: &'m Mirror) -> Call<'m> {
        Call {
            git_dir: &mirror.path,
            work_tree: None,
            deadline: self.checkout_deadline,
            asks: Asks::Nobody,
            lock: Some(&mirror.lock),
        }
    }

    /// The object in the mirror that this expression names.
    async fn named(&self, mirror: &Mirror, expression: &str) -> Result<Sha, CheckoutError> {
        ready(mirror)?;
        let arguments = ["rev-parse", "--verify", "--end-of-options", expression];
        let said = self.git.run(self.look_into(mirror), &arguments).await?;
        let unreadable = |_| CheckoutError::new(CheckoutErrorKind::Git, "git named no object");
        said.trim().parse().map_err(unreadable)
    }

    async fn fetch_one(
        &self,
        mirror: &Mirror,
        source: &Source,
        what: &str,
        own: &str,
    ) -> Result<(), CheckoutError> {
        ready(mirror)?;
        let call = Call {
            git_dir: &mirror.path,
            work_tree: None,
            deadline: self.fetch_deadline,
            asks: Asks::Server(source.credential.as_ref()),
            lock: Some(&mirror.lock),
        };
        let refspec = format!("+{what}:{own}");
        let arguments = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--end-of-options",
            &source.url,
            &refspec,
        ];
        self.git.run(call, &arguments).await.map(drop)
    }

    /// Makes a repository of its own, which borrows the mirror's objects, and checks the commit out in it. That is
    /// what `git clone --shared --no-checkout` makes, without reading the mirror's refs.
    async fn fill(
        &self,
        mirror: &Mirror,
        source: &Source,
        commit: &Sha,
        folder: &Path,
    ) -> Result<(), CheckoutError> {
        let (path, objects) = (folder.to_owned(), mirror.path.join("objects"));
        let (url, head) = (source.url.clone(), format!("{commit}\n"));
        let made = spawn_blocking(move || {
            remove_folder(&path)?;
            let git_dir = path.join(".git");
            for name in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
                fs::create_dir_all(git_dir.join(name))?;
            }
            let mut alternates = objects.into_os_string().into_encoded_bytes();
            alternates.push(b'\n');
            fs::write(git_dir.join("objects/info/alternates"), alternates)?;
            fs::write(git_dir.join("HEAD"), head)?;
            fs::write(git_dir.join("config"), config_of(&url))
        });
        let made = made.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        made.map_err(|error| CheckoutError::io("make a checkout", error))?;
        let call = Call {
            git_dir: &folder.join(".git"),
            work_tree: Some(folder),
            deadline: self.checkout_deadline,
            asks: Asks::Nobody,
            // A git that outlives its server is waited for: it writes into the folder.
            lock: Some(&mirror.lock),
        };
        // Not `git checkout`: that succeeds also where it could not read a file.
        let arguments = ["read-tree", "-m", "-u", "HEAD"];
        self.git.run(call, &arguments).await.map(drop)
    }
}

fn ready(mirror: &Mirror) -> Result<(), CheckoutError> {
    mirror.make_ready().map_err(|error| CheckoutError::io("make a mirror ready", error))
}

fn no_such_commit(what: String) -> CheckoutError {
    CheckoutError::new(CheckoutErrorKind::NoSuchCommit, what)
}

/// For the build's own use: `git fetch origin` works where the repository is public.
fn config_of(url: &str) -> String {
    let url = url.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "");
    format!(
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
         [remote \"origin\"]\n\turl = \"{url}\"\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    )
}

/// What the checkout lacks, as far as its first folder tells.
fn left_out(folder: &Path) -> Vec<&'static str> {
    /// Longer ones are not read.
    const LONGEST: u64 = 1024 * 1024;
    let read = |name: &str| {
        let path = folder.join(name);
        // A link may lead anywhere.
        let found = fs::symlink_metadata(&path).ok()?;
        let is_short = found.is_file() && found.len() <= LONGEST;
        is_short.then(|| fs::read(&path).ok()).flatten()
    };
    let mut sentences = Vec::new();
    if read(".gitmodules").is_some_and(|text| !text.is_empty()) {
        sentences.push("Submodules are not fetched.");
    }
    let lfs = b"filter=lfs";
    if read(".gitattributes").is_some_and(|text| text.windows(lfs.len()).any(|it| it == lfs)) {
        sentences.push("Files of Git LFS are not fetched: their pointers are there.");
    }
    sentences
}
