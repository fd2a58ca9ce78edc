//! A mirror: what was fetched of a repository, for the builds to borrow.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hookstead::types::RepoName;
use tokio::time::{Instant, sleep};

use super::error::{CheckoutError, CheckoutErrorKind};
use super::removing::remove_folder;

/// A mirror's whole configuration. Nothing of it is kept from one use to the next.
const CONFIG: &str = "[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[maintenance]
\tauto = false
";

/// What makes git run something, look elsewhere or take one object for another. A mirror needs none of it.
const REMOVED: [&str; 11] = [
    "hooks",
    "info",
    "commondir",
    "gitdir",
    "config.worktree",
    "worktrees",
    "shallow",
    "objects/info/alternates",
    "objects/info/http-alternates",
    "refs/replace",
    "packed-refs.new",
];

/// The file that is locked. Its time is that of the last use.
const LOCK: &str = "lock";

/// How often a process looks whether the mirror is free.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The mirror of a repository. One who holds this is alone at it, in all processes of the machine.
#[derive(Debug)]
pub(super) struct Mirror {
    pub(super) path: PathBuf,
    pub(super) lock: File,
    folder: PathBuf,
    generation: u32,
}

impl Mirror {
    /// Waits until nobody is at the repository's mirror, and makes it ready; makes one if there is none.
    pub(super) async fn lock(
        mirrors: &Path,
        repo: &RepoName,
        deadline: Duration,
    ) -> Result<Self, CheckoutError> {
        let until = Instant::now() + deadline;
        loop {
            match Self::lock_if_free(mirrors, repo)? {
                Some(mirror) => return Ok(mirror),
                None if Instant::now() < until => sleep(LOOK_AGAIN).await,
                None => {
                    let what = format!("another process was at the mirror of {repo} for too long");
                    return Err(CheckoutError::new(CheckoutErrorKind::Git, what));
                }
            }
        }
    }

    /// The same, if nobody is at it now.
    pub(super) fn lock_if_free(
        mirrors: &Path,
        repo: &RepoName,
    ) -> Result<Option<Self>, CheckoutError> {
        let folder = Self::folder_of(mirrors, repo);
        Self::lock_folder(folder).map_err(|error| CheckoutError::io("make a mirror", error))
    }

    /// The folder of all mirrors of a repository.
    pub(super) fn folder_of(mirrors: &Path, repo: &RepoName) -> PathBuf {
        // GitHub compares names without regard to case.
        let [owner, name] = [repo.owner(), repo.name()].map(str::to_ascii_lowercase);
        mirrors.join(owner).join(name)
    }

    fn lock_folder(folder: PathBuf) -> io::Result<Option<Self>> {
        fs::create_dir_all(&folder)?;
        let path = folder.join(LOCK);
        let lock = match File::options().create(true).truncate(false).write(true).open(&path) {
            Ok(lock) => lock,
            // Somebody removes the mirror.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Somebody may have removed the mirror since, with the file that is locked now.
        let (own, there) = (lock.metadata()?, fs::symlink_metadata(&path));
        if !there.is_ok_and(|there| (there.dev(), there.ino()) == (own.dev(), own.ino())) {
            return Ok(None);
        }
        let generation = newest(&folder)?;
        let path = path_of(&folder, generation);
        let mirror = Self { path, lock, folder, generation };
        mirror.make_ready()?;
        Ok(Some(mirror))
    }

    /// The folder of all mirrors of the repository, of which one is in use.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes down that it is used now.
    pub(super) fn is_used(&self) -> io::Result<()> {
        self.lock.set_modified(SystemTime::now())
    }

    /// When it was used last.
    pub(super) fn used_at(&self) -> io::Result<SystemTime> {
        self.lock.metadata()?.modified()
    }

    /// The mirrors that this one has replaced.
    pub(super) fn replaced(&self) -> io::Result<Vec<PathBuf>> {
        let mut replaced = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(number_of);
            if number.is_some_and(|number| number < self.generation) {
                replaced.push(self.folder.join(name));
            }
        }
        Ok(replaced)
    }

    /// Writes what git reads before anything else. To be called before each use: a build may have had its hands here.
    pub(super) fn make_ready(&self) -> io::Result<()> {
        for folder in ["objects/pack", "objects/info", "refs/hookstead"] {
            fs::create_dir_all(self.path.join(folder))?;
        }
        for name in REMOVED {
            let path = self.path.join(name);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => remove_folder(&path)?,
                Ok(_) => fs::remove_file(&path)?,
                Err(_) => {}
            }
        }
        self.remove_unfinished()?;
        for (name, text) in [("config", CONFIG), ("HEAD", "ref: refs/heads/none\n")] {
            let path = self.path.join(name);
            let is_right = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file())
                && fs::read_to_string(&path).is_ok_and(|found| found == text);
            if !is_right {
                // By another name, so that a link of a build's is replaced and not followed.
                let new = self.path.join(format!("{name}.new"));
                match fs::remove_file(&new) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
                fs::write(&new, text)?;
                fs::rename(&new, &path)?;
            }
        }
        Ok(())
    }

    /// Removes what a git that was killed has left: nobody else is at the mirror.
    fn remove_unfinished(&self) -> io::Result<()> {
        for (folder, is_left) in [
            ("", (|name: &str| name.ends_with(".lock")) as fn(&str) -> bool),
            ("refs/hookstead", |name| name.ends_with(".lock")),
            ("objects/pack", |name| name.starts_with("tmp_") || name.starts_with(".tmp-")),
        ] {
            for entry in fs::read_dir(self.path.join(folder))? {
                let entry = entry?;
                if entry.file_name().to_str().is_some_and(is_left) && entry.file_type()?.is_file() {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Begins a new mirror in the place of this one, which is damaged. The builds that borrow from it keep it.
    pub(super) fn replace(&mut self) -> io::Result<()> {
        self.generation = self.generation.saturating_add(1);
        self.path = path_of(&self.folder, self.generation);
        self.make_ready()
    }

    /// Where what is on a ref is kept. The name is made of the ref's, in a form that is no folder of another one's.
    pub(super) fn own_ref(name: &str) -> String {
        // FNV-1a: two refs with the same one would only forget which was fetched before.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("refs/hookstead/{hash:016x}")
    }
}

fn path_of(folder: &Path, generation: u32) -> PathBuf {
    folder.join(format!("{generation}.git"))
}

/// The number in the name of a mirror.
fn number_of(name: &str) -> Option<u32> {
    name.strip_suffix(".git")?.parse().ok()
}

/// The number of the mirror that was begun last.
fn newest(folder: &Path) -> io::Result<u32> {
    let mut newest = 1;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(number_of);
        newest = newest.max(number.unwrap_or(1));
    }
    Ok(newest)
}
