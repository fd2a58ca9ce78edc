use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The file in a folder that its server has locked.
const FILE: &str = "server.lock";

/// A server's hold on a folder: no other one on this machine works in it.
///
/// The kernel lets go of it when the process ends, however it ends. Programs that the server starts do not inherit
/// it, so runs that outlive a server do not keep the next one out.
#[derive(Debug)]
#[must_use = "the folder is free again once it is dropped"]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder that the config has by this key. It is there.
    ///
    /// # Errors
    ///
    /// Fails when another server has it, and when the lock's file cannot be opened. The text says what to do.
    pub(super) fn take(key: &str, folder: &Path) -> Result<Self, String> {
        let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
        let (shown, path) = (folder.display(), folder.join(FILE));
        let failed = |error: io::Error| format!("cannot lock {}: {error}", path.display());
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another server runs with the folder {shown}, which is `{key}` in the config; stop that one first, \
                 or give this one a folder of its own"
            )),
            // Some network's file systems lock nothing: they are no reason to serve nobody.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!(%error, "nothing keeps a second server out of the folder {shown}");
                Ok(Self { _file: file })
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::take("data", folder.path()).unwrap();
        let error = FolderLock::take("data", folder.path()).unwrap_err();
        assert!(error.contains(&folder.path().display().to_string()), "{error}");
        assert!(error.contains("`data`") && error.contains("stop that one first"), "{error}");
        // What it starts does not keep it.
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        drop(held);
        let again = FolderLock::take("data", folder.path());
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = again.unwrap();
    }
}
