use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Removes a folder that a build had, whatever it left there: also folders that nobody may read. Symbolic links are
/// removed and not followed. A folder that is not there is as good as removed.
///
/// It blocks: give it to a thread that may.
///
/// # Errors
///
/// Fails when something cannot be removed, such as what another user owns.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => {
            open(path)?;
            fs::remove_dir_all(path)
        }
    }
}

/// Makes all folders readable and writable for their owner. What cannot be opened shows when it is removed.
fn open(path: &Path) -> io::Result<()> {
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        if !fs::symlink_metadata(&folder)?.is_dir() {
            continue;
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_closed_is_removed_and_links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("kept");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "x").unwrap();
        let build = dir.path().join("build");
        fs::create_dir_all(build.join("a/b")).unwrap();
        fs::write(build.join("a/b/file"), "x").unwrap();
        std::os::unix::fs::symlink(&kept, build.join("a/link")).unwrap();
        fs::set_permissions(build.join("a/b"), fs::Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(build.join("a"), fs::Permissions::from_mode(0o500)).unwrap();
        remove_folder(&build).unwrap();
        assert!(!build.exists());
        assert!(kept.join("file").exists());
        remove_folder(&build).unwrap();
    }
}
