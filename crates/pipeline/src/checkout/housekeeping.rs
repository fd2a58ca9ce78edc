//! Keeps the mirrors small.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hookstead::types::RepoName;
use tokio::task::spawn_blocking;

use super::checkouts::Checkouts;
use super::error::CheckoutError;
use super::git::{Asks, Call};
use super::mirror::Mirror;
use super::removing::remove_folder;

/// What stands behind the name of a folder that is being removed. No repository's name has it.
const REMOVED: &str = "~";

/// What was done to a mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Tidied {
    /// Somebody is at it, so nothing was done.
    pub is_busy: bool,
    /// It was removed: nobody wants it any more.
    pub is_removed: bool,
    /// So many damaged ones were removed, which it had replaced.
    pub replaced: usize,
    /// What was fetched in many pieces was put together.
    pub is_packed: bool,
}

impl Checkouts {
    /// 14 days without a checkout until the mirror of a repository is removed that nobody wants any more: a project
    /// that somebody took out of the config by mistake is back before.
    pub const DEFAULT_KEEP_UNUSED: Duration = Duration::from_secs(14 * 24 * 60 * 60);

    /// 20 packs, or 2,000 loose objects, until a mirror is packed anew. Each fetch leaves a pack, or fewer than 100 loose
    /// objects, and git looks into each pack for an object that it does not find.
    pub const DEFAULT_MOST_PACKS: usize = 20;

    /// So many loose objects stand for one pack: git makes a pack of a fetch from so many on.
    const LOOSE_OF_A_PACK: usize = 100;

    /// 10 min for packing: a repository of 2 GiB takes two. Builds of the repository wait for it.
    pub const DEFAULT_PACKING_DEADLINE: Duration = Duration::from_secs(10 * 60);

    /// How long a mirror is kept that nobody wants and nobody uses. The default is
    /// [`DEFAULT_KEEP_UNUSED`](Self::DEFAULT_KEEP_UNUSED).
    #[must_use]
    pub fn keep_unused(mut self, span: Duration) -> Self {
        self.keep_unused = span;
        self
    }

    /// From how many packs on a mirror is packed anew. The default is
    /// [`DEFAULT_MOST_PACKS`](Self::DEFAULT_MOST_PACKS).
    #[must_use]
    pub fn most_packs(mut self, packs: usize) -> Self {
        self.most_packs = packs;
        self
    }

    /// How long packing may take. The default is [`DEFAULT_PACKING_DEADLINE`](Self::DEFAULT_PACKING_DEADLINE).
    #[must_use]
    pub fn packing_deadline(mut self, deadline: Duration) -> Self {
        self.packing_deadline = deadline;
        self
    }

    /// The repositories that have a mirror here. It blocks for some reads of the disk.
    ///
    /// # Errors
    ///
    /// Fails when the folder cannot be read.
    pub fn mirrored(&self) -> io::Result<Vec<RepoName>> {
        let mut names = Vec::new();
        for owner in folders(&self.mirrors)? {
            for name in folders(&self.mirrors.join(&owner))? {
                // What is none was not made here.
                let name = name.strip_suffix(REMOVED).unwrap_or(&name);
                names.extend(RepoName::new(&owner, name).ok());
            }
        }
        names.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        names.dedup();
        Ok(names)
    }

    /// Keeps house in the mirror of a repository, unless somebody is at it. What is wanted is packed, and mirrors are
    /// removed that it has replaced. What is not wanted is removed once nobody has used it for
    /// [a while](Self::keep_unused).
    ///
    /// Builds borrow from the mirror as long as they run. So it is asked whether none does, while no other can begin.
    ///
    /// # Errors
    ///
    /// Fails when something cannot be removed, and when git fails.
    pub async fn tidy(
        &self,
        repo: &RepoName,
        is_wanted: bool,
        is_idle: impl AsyncFnOnce() -> bool,
    ) -> Result<Tidied, CheckoutError> {
        let mirrors = std::path::absolute(&self.mirrors)
            .map_err(|error| CheckoutError::io("find a folder", error))?;
        let busy = Tidied { is_busy: true, ..Tidied::default() };
        let Some(mirror) = Mirror::lock_if_free(&mirrors, repo)? else { return Ok(busy) };
        if !is_idle().await {
            return Ok(busy);
        }
        let removing = |error| CheckoutError::io("remove a mirror", error);
        if !is_wanted {
            let since = mirror.used_at().map_err(removing)?;
            let unused = SystemTime::now().duration_since(since).unwrap_or_default();
            let mut tidied = Tidied::default();
            if unused >= self.keep_unused {
                let removed = spawn_blocking(move || remove(&mirror)).await;
                removed.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(removing)?;
                tidied.is_removed = true;
            }
            return Ok(tidied);
        }
        let old = mirror.replaced().map_err(removing)?;
        let replaced = old.len();
        let removed =
            spawn_blocking(move || old.iter().try_for_each(|path| remove_folder(path))).await;
        removed.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(removing)?;
        let is_packed = self.pieces(&mirror)? >= self.most_packs;
        if is_packed {
            self.pack(&mirror).await?;
        }
        Ok(Tidied { replaced, is_packed, ..Tidied::default() })
    }

    /// How many packs there are, and what stands for packs.
    fn pieces(&self, mirror: &Mirror) -> Result<usize, CheckoutError> {
        let reading = |error| CheckoutError::io("look into a mirror", error);
        let count = |folder: &str, fits: fn(&str) -> bool| {
            let entries = match fs::read_dir(mirror.path.join("objects").join(folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error),
            };
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            Ok(names.filter(|name| fits(name)).count())
        };
        let packs = count("pack", |name| name.ends_with(".pack")).map_err(reading)?;
        let mut loose = 0;
        for first in 0..=u8::MAX {
            loose += count(&format!("{first:02x}"), |_| true).map_err(reading)?;
        }
        Ok(packs + loose / Self::LOOSE_OF_A_PACK)
    }

    /// What no ref reaches stays for two weeks: workspaces of builds that failed are kept, and borrow it.
    async fn pack(&self, mirror: &Mirror) -> Result<(), CheckoutError> {
        mirror.make_ready().map_err(|error| CheckoutError::io("make a mirror ready", error))?;
        let call = Call {
            git_dir: &mirror.path,
            work_tree: None,
            deadline: self.packing_deadline,
            asks: Asks::Nobody,
            lock: Some(&mirror.lock),
        };
        self.git.run(call, &["gc", "--quiet", "--prune=2.weeks.ago"]).await.map(drop)
    }
}

/// Removes a repository's mirrors. Others may wait for the lock: they begin in a new folder.
fn remove(mirror: &Mirror) -> io::Result<()> {
    let mut removed = mirror.folder().to_owned().into_os_string();
    removed.push(REMOVED);
    let removed = PathBuf::from(removed);
    // What an earlier removal left that was cut off.
    remove_folder(&removed)?;
    fs::rename(mirror.folder(), &removed)?;
    remove_folder(&removed)
}

/// The names of the folders in a folder; none where there is no such folder.
fn folders(path: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    Ok(names)
}
