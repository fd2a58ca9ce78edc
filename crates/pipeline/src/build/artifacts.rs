//! Keeps what a build made: files and folders of its checkout that the job names.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What was kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// How many files.
    pub(super) files: u64,
    /// How many bytes.
    pub(super) bytes: u64,
    /// What was left out, in sentences.
    pub(super) left_out: Vec<String>,
}

/// So many sentences say what was left out.
const MOST_SENTENCES: usize = 20;

/// Copies these paths of a checkout into a folder, as far as this many bytes go. Symbolic links are left out, and
/// nothing beyond one is looked at: a build may point anywhere. What the folder held before is replaced. It is to be
/// called when no process of the build is left.
pub(super) fn keep(
    checkout: &Path,
    paths: &[PathBuf],
    into: &Path,
    most_bytes: u64,
) -> io::Result<Kept> {
    crate::checkout::remove_folder(into)?;
    let mut keeping = Keeping { most_bytes, kept: Kept::default() };
    for path in paths {
        let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below {
            keeping.leave_out(path, "is not below the checkout");
            continue;
        }
        match way_to(checkout, path) {
            Some(true) => keeping.copy(checkout, path, into)?,
            Some(false) => keeping.leave_out(path, "lies beyond a symbolic link"),
            None => keeping.leave_out(path, "is not there"),
        }
    }
    Ok(keeping.kept)
}

/// Whether the way to a path leads through folders only; `None` if there is no such path.
fn way_to(checkout: &Path, path: &Path) -> Option<bool> {
    let mut at = checkout.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        at.push(part);
        if !fs::symlink_metadata(&at).ok()?.is_dir() {
            return Some(false);
        }
    }
    fs::symlink_metadata(checkout.join(path)).ok().map(|_| true)
}

struct Keeping {
    most_bytes: u64,
    kept: Kept,
}

impl Keeping {
    fn copy(&mut self, checkout: &Path, path: &Path, into: &Path) -> io::Result<()> {
        let mut paths = vec![path.to_owned()];
        while let Some(path) = paths.pop() {
            let (from, to) = (checkout.join(&path), into.join(&path));
            let found = fs::symlink_metadata(&from)?;
            if found.is_dir() {
                // A folder that nobody may read holds nothing for anybody.
                let Ok(entries) = fs::read_dir(&from) else {
                    self.leave_out(&path, "cannot be read");
                    continue;
                };
                fs::create_dir_all(&to)?;
                for entry in entries {
                    paths.push(path.join(entry?.file_name()));
                }
            } else if !found.is_file() {
                self.leave_out(&path, "is neither a file nor a folder");
            } else if found.len() > self.most_bytes.saturating_sub(self.kept.bytes) {
                self.leave_out(&path, "is too large for what the job's artefacts may be together");
            } else {
                fs::create_dir_all(to.parent().unwrap_or(into))?;
                match fs::copy(&from, &to) {
                    Ok(bytes) => {
                        self.kept.bytes += bytes;
                        self.kept.files += 1;
                    }
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                        self.leave_out(&path, "cannot be read");
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, path: &Path, why: &str) {
        if self.kept.left_out.len() < MOST_SENTENCES {
            self.kept.left_out.push(format!("the artefact {} {why}", path.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_beyond_a_link_is_kept_and_no_more_than_is_allowed() {
        let dir = tempfile::tempdir().unwrap();
        let (checkout, into) = (dir.path().join("checkout"), dir.path().join("kept"));
        let outside = dir.path().join("outside");
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("secret"), "secret").unwrap();
        fs::create_dir_all(checkout.join("out/sub")).unwrap();
        fs::write(checkout.join("out/sub/a.txt"), "12345").unwrap();
        fs::write(checkout.join("out/large"), "x".repeat(100)).unwrap();
        fs::write(checkout.join("report.txt"), "fine").unwrap();
        symlink(outside.join("secret"), checkout.join("out/link")).unwrap();
        symlink(&outside, checkout.join("door")).unwrap();
        let paths = ["out", "report.txt", "door", "door/secret", "../outside", "/etc", "missing"];
        let paths = paths.map(PathBuf::from);
        fs::create_dir_all(into.join("old")).unwrap();
        let kept = keep(&checkout, &paths, &into, 20).unwrap();
        assert_eq!((kept.files, kept.bytes), (2, 9), "{kept:?}");
        assert_eq!(fs::read_to_string(into.join("out/sub/a.txt")).unwrap(), "12345");
        assert_eq!(fs::read_to_string(into.join("report.txt")).unwrap(), "fine");
        for name in ["old", "out/link", "out/large", "door", "etc"] {
            assert!(fs::symlink_metadata(into.join(name)).is_err(), "{name}");
        }
        assert_eq!(kept.left_out.len(), 7, "{kept:?}");
    }
}
