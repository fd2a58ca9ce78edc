use std::cell::Cell;
use std::path::{Path, PathBuf};

use rusqlite::ffi;

/// The file and the two beside it, as they were when they were opened. A process that has a file open
/// goes on writing to it after it was deleted, or moved and another one put into its place: what it
/// writes then, nobody finds again.
///
/// They are told apart by device and inode, which a look costs a few microseconds. Where a system has
/// no such numbers (Windows, which lets nobody delete a file that is open), nothing is checked.
pub(super) struct Files {
    known: Vec<(PathBuf, Identity)>,
    are_gone: Cell<bool>,
}

/// What tells one file from all others for as long as somebody has it open.
type Identity = (u64, u64);

impl Files {
    /// Those that are there now: the database is open, so it cannot be without them.
    pub(super) fn of(file: &Path) -> Self {
        let paths = [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")];
        let with_identity = |path: PathBuf| identity(&path).map(|identity| (path, identity));
        let known = paths.into_iter().filter_map(with_identity).collect();
        Self { known, are_gone: Cell::new(false) }
    }

    /// Fails if one of them is another file now, or none.
    pub(super) fn check(&self) -> rusqlite::Result<()> {
        let gone = self.known.iter().find(|(path, known)| identity(path) != Some(*known));
        let Some((path, _)) = gone else {
            if self.are_gone.replace(false) {
                tracing::info!("the inbox's file is in its place again");
            }
            return Ok(());
        };
        if !self.are_gone.replace(true) {
            let path = path.display();
            tracing::error!(%path, "the inbox accepts nothing: its file was moved or deleted");
        }
        let problem = format!(
            "{} is not the file that was opened: it was deleted, moved or replaced",
            path.display()
        );
        Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED),
            Some(problem),
        ))
    }
}

/// The file beside this one, whose name has this end.
pub(super) fn beside(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    PathBuf::from(path)
}

#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;

    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<Identity> {
    None
}
