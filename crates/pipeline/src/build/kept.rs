use std::io;
use std::path::{Path, PathBuf};

use super::pipeline::Current;
use crate::checkout::remove_folder;
use crate::record::Build;

/// Where the workspaces of builds that failed are kept, to look into.
pub(super) struct KeptFailed {
    folder: PathBuf,
    number: i64,
    /// So many of its job are.
    most: usize,
}

impl KeptFailed {
    /// For this build; nothing, if its job keeps none.
    pub(super) fn of(current: &Current, build: &Build) -> Option<Self> {
        let what = &build.what;
        let job = current.config.project(&what.project)?.job(&what.job)?;
        let name = format!("{}.{}", what.project, what.job);
        let folder = current.config.work.join("failed").join(name);
        let most = job.keep_failed as usize;
        (most > 0).then_some(Self { folder, number: build.number, most })
    }

    /// Moves a workspace there, and removes the oldest of them.
    pub(super) fn keep(&self, workspace: &Path) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let to = self.folder.join(self.number.to_string());
        remove_folder(&to)?;
        std::fs::rename(workspace, &to)?;
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            numbers.extend(name.to_str().and_then(|name| name.parse::<i64>().ok()));
        }
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        for old in numbers.into_iter().skip(self.most) {
            remove_folder(&self.folder.join(old.to_string()))?;
        }
        Ok(())
    }
}
