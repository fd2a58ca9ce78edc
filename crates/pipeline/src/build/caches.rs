//! Where the caches of builds lie, so that strangers' code puts nothing into one that others take out of it.
//!
//! Below `caches`, `trusted/PROJECT/JOB` is for code of one's own. Forks' builds have `forks/TARGET/PROJECT/JOB`: each pull
//! request has its own, which goes when it is not used any more. So a stranger harms nobody's build but their own.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::pipeline::Pipeline;
use crate::checkout::remove_folder;
use crate::record::{BuildTarget, NewBuild};

/// A week: who comes back to a pull request later can wait for one build without a cache.
pub(super) const FORKS_UNUSED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Where the caches of a build lie.
pub(super) fn folder_of(work: &Path, what: &NewBuild) -> PathBuf {
    let folder = match what.is_fork {
        false => work.join("caches/trusted"),
        true => forks(work).join(target_of(what)),
    };
    folder.join(&what.project).join(&what.job)
}

/// Says that the caches of a fork are in use now.
pub(super) fn touch(work: &Path, what: &NewBuild) -> io::Result<()> {
    if !what.is_fork {
        return Ok(());
    }
    let folder = forks(work).join(target_of(what));
    fs::create_dir_all(&folder)?;
    File::open(folder)?.set_modified(SystemTime::now())
}

fn forks(work: &Path) -> PathBuf {
    work.join("caches/forks")
}

/// A folder's name for what a fork's build is for: the sha, where it is no pull request.
fn target_of(what: &NewBuild) -> String {
    let repo = what.repo.to_string().to_lowercase().replace('/', "@");
    match what.target {
        BuildTarget::PullRequest(number) => format!("{repo}@{number}"),
        _ => format!("{repo}@{}", what.sha),
    }
}

/// Removes the caches of forks that were not used for so long. Returns how many there were.
fn remove_unused(work: &Path, unused: Duration) -> io::Result<usize> {
    let entries = match fs::read_dir(forks(work)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let now = SystemTime::now();
    let mut removed = 0;
    for entry in entries.flatten() {
        let used_at = entry.metadata().and_then(|it| it.modified());
        let is_old = |at| now.duration_since(at).is_ok_and(|age| age > unused);
        if used_at.is_ok_and(is_old) {
            remove_folder(&entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

impl Pipeline {
    /// Removes the caches of pull requests from forks that have had no build for a week, on this machine. Returns
    /// how many there were.
    ///
    /// # Errors
    ///
    /// Fails when one cannot be removed.
    pub async fn remove_unused_caches(&self) -> io::Result<usize> {
        let work = self.current().config.work.clone();
        let removing = tokio::task::spawn_blocking(move || remove_unused(&work, FORKS_UNUSED));
        removing.await.map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::trying::new_build;

    fn of_fork(number: u64) -> NewBuild {
        let target = BuildTarget::PullRequest(number);
        NewBuild { is_fork: true, target, ..new_build() }
    }

    #[test]
    fn forks_share_with_nobody() {
        let work = Path::new("/work");
        let trusted = new_build();
        let branch = NewBuild { target: BuildTarget::Branch("main".to_owned()), ..new_build() };
        let commit = NewBuild { target: BuildTarget::Commit("x".to_owned()), ..of_fork(5) };
        let folder = |what: &NewBuild| folder_of(work, what);
        assert_eq!(folder(&trusted), Path::new("/work/caches/trusted/lib/test"));
        assert_eq!(folder(&trusted), folder(&branch));
        let all = [trusted, of_fork(5), of_fork(6), commit];
        for (index, one) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                let (one, other) = (folder(one), folder(other));
                assert!(!one.starts_with(&other) && !other.starts_with(&one), "{one:?} {other:?}");
            }
        }
        assert_eq!(folder(&of_fork(5)), folder(&of_fork(5)), "it has its own again");
    }

    #[test]
    fn those_that_nobody_uses_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path();
        assert_eq!(remove_unused(work, FORKS_UNUSED).unwrap(), 0);
        for what in [new_build(), of_fork(5), of_fork(6)] {
            fs::create_dir_all(folder_of(work, &what)).unwrap();
            touch(work, &what).unwrap();
        }
        let long_ago = SystemTime::now() - FORKS_UNUSED - Duration::from_secs(60);
        for path in [forks(work).join(target_of(&of_fork(5))), work.join("caches/trusted")] {
            File::open(path).unwrap().set_modified(long_ago).unwrap();
        }
        assert_eq!(remove_unused(work, FORKS_UNUSED).unwrap(), 1);
        let is_there = |what: &NewBuild| folder_of(work, what).exists();
        assert!(!is_there(&of_fork(5)));
        assert!(is_there(&of_fork(6)) && is_there(&new_build()));
    }
}
