use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::error::GitError;
use super::folder::Folder;
use super::program::{self, Places};

/// Any commit may be fetched by its sha, as GitHub lets one; nobody may push to the refs of pull requests. Nothing
/// runs in the background, there are no hooks, and nobody waits for a disk. Who meets a lock waits 30 s for it, for
/// on a busy machine the other may be slow.
const CONFIG: &str = "[core]
\trepositoryformatversion = 0
\tbare = true
\thooksPath = /dev/null
\tfsync = none
\tfilesRefLockTimeout = 30000
\tpackedRefsTimeout = 30000
[gc]
\tauto = 0
[maintenance]
\tauto = false
[receive]
\tautogc = false
\thideRefs = refs/pull
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[commit]
\tgpgSign = false
";

/// A bare repository in a temporary folder. It is removed when nobody needs it any more.
#[derive(Debug)]
pub(crate) struct GitRepository {
    folder: Folder,
    dir: PathBuf,
    /// Where its objects are: those of a fork are where the original has its own, so each has the other's.
    objects: PathBuf,
    /// Keeps them.
    _original: Option<Arc<GitRepository>>,
}

impl GitRepository {
    /// An empty repository.
    pub(crate) fn create(default_branch: &str) -> Result<Self, GitError> {
        let folder = Folder::create()?;
        let dir = folder.path().join("repository.git");
        let objects = dir.join("objects");
        for path in [dir.join("refs").join("heads"), objects.clone(), folder.path().join("home")] {
            fs::create_dir_all(path)?;
        }
        fs::write(dir.join("config"), CONFIG)?;
        fs::write(dir.join("HEAD"), format!("ref: refs/heads/{default_branch}\n"))?;
        Ok(Self { folder, dir, objects, _original: None })
    }

    /// A copy of the branches and tags of a repository on this machine, bare or not; and its default branch.
    pub(crate) fn copy(path: &Path) -> Result<(Self, String), GitError> {
        let path = fs::canonicalize(path)
            .map_err(|error| GitError::new(format!("{}: {error}", path.display())))?;
        let empty = Self::create("main")?;
        let arguments: [&OsStr; 5] = [
            "ls-remote".as_ref(),
            "--symref".as_ref(),
            "--end-of-options".as_ref(),
            path.as_os_str(),
            "HEAD".as_ref(),
        ];
        let head = String::from_utf8_lossy(&empty.run(&arguments, b"")?).into_owned();
        let head = head.lines().find_map(|line| line.strip_prefix("ref: refs/heads/"));
        let branch = head.and_then(|line| line.split('\t').next()).unwrap_or("main").to_owned();
        let arguments: [&OsStr; 9] = [
            "fetch".as_ref(),
            "--quiet".as_ref(),
            "--no-write-fetch-head".as_ref(),
            "--no-tags".as_ref(),
            "--update-shallow".as_ref(),
            "--end-of-options".as_ref(),
            path.as_os_str(),
            "+refs/heads/*:refs/heads/*".as_ref(),
            "+refs/tags/*:refs/tags/*".as_ref(),
        ];
        // Nothing is checked out here, so the branch of HEAD may be written.
        fs::write(empty.dir.join("HEAD"), "ref: refs/heads/.none\n")?;
        let fetched = empty.run(&arguments, b"");
        fs::write(empty.dir.join("HEAD"), format!("ref: refs/heads/{branch}\n"))?;
        fetched.map(|_| (empty, branch))
    }

    /// A fork, as yet without branches. It shares the objects, as GitHub's forks do.
    pub(crate) fn fork(self: &Arc<Self>, default_branch: &str) -> Result<Self, GitError> {
        let empty = Self::create(default_branch)?;
        // Where the history of a copy of a shallow repository ends.
        let shallow = self.dir.join("shallow");
        if shallow.exists() {
            fs::copy(shallow, empty.dir.join("shallow"))?;
        }
        Ok(Self { objects: self.objects.clone(), _original: Some(Arc::clone(self)), ..empty })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The program, made ready for this repository.
    pub(super) fn command(&self) -> Command {
        program::command(self.places(&self.folder.path().join("home")))
    }

    /// Runs git to its end and gives what it wrote.
    pub(super) fn run<A: AsRef<OsStr>>(
        &self,
        arguments: &[A],
        input: &[u8],
    ) -> Result<Vec<u8>, GitError> {
        program::run(self.places(&self.folder.path().join("home")), arguments, input)
    }

    fn places<'a>(&'a self, home: &'a Path) -> Places<'a> {
        Places { dir: &self.dir, objects: &self.objects, home }
    }
}
