//! Where the files are: on a real disk, or syncing would cost nothing.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder that is removed at the end.
pub(crate) fn make() -> TempDir {
    let chosen = std::env::var_os("HOOKSTEAD_BENCH_DIRECTORY").map(PathBuf::from);
    let parent = chosen.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    tempfile::Builder::new().prefix("hookstead-bench-").tempdir_in(parent).unwrap()
}

/// Its path, and what kind of file system that is, where the system tells.
pub(crate) fn describe(directory: &TempDir) -> String {
    let path = directory.path().canonicalize().unwrap();
    match file_system(&path).as_deref() {
        Some("tmpfs" | "ramfs") => {
            format!("{}: MEMORY, NO DISK; the figures mean nothing", path.display())
        }
        Some(kind) => format!("{} ({kind})", path.display()),
        None => path.display().to_string(),
    }
}

/// What Linux says of the innermost mount around this.
fn file_system(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let around = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let mounted = Path::new(words.next()?);
        path.starts_with(mounted).then_some((mounted.components().count(), words.next()?))
    });
    around.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind.to_owned())
}
