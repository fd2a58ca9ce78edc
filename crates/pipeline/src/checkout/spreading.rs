use std::fs;
use std::io;
use std::path::Path;

/// Makes a folder in which each new folder gets a part of the disk of its own, where the file system is ext4.
///
/// It is for folders that are made and removed again all the time, such as workspaces. In an ordinary folder a new one
/// gets the place of those removed before, and that is slow: before ext4 makes a file, it looks at each that was deleted
/// in that place during the last minutes. With them 500 files take it 0.2 to 0.4 s, without them 0.03 s.
///
/// # Errors
///
/// Fails when the folder cannot be made.
pub(crate) fn make_spreading_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // A file system that knows no such mark needs none.
    #[cfg(target_os = "linux")]
    let _ = mark(folder);
    Ok(())
}

/// Marks it as the top of what lies in it; that is what a file system goes by when it spreads folders.
#[cfg(target_os = "linux")]
fn mark(folder: &Path) -> io::Result<()> {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};

    let folder = fs::File::open(folder)?;
    let flags = ioctl_getflags(&folder)?;
    if !flags.contains(IFlags::TOPDIR) {
        ioctl_setflags(&folder, flags | IFlags::TOPDIR)?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::fs::{IFlags, ioctl_getflags};

    use super::*;

    #[test]
    fn a_folder_is_made_and_marked_where_it_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let can_be_marked = mark(dir.path()).is_ok();
        let made = dir.path().join("work/builds");
        // The second time it is there.
        for _ in 0..2 {
            make_spreading_folder(&made).unwrap();
            let flags = ioctl_getflags(fs::File::open(&made).unwrap());
            assert_eq!(flags.is_ok_and(|it| it.contains(IFlags::TOPDIR)), can_be_marked);
        }
        // What lies in it stays together.
        let inner = made.join("17-1");
        fs::create_dir(&inner).unwrap();
        let flags = ioctl_getflags(fs::File::open(&inner).unwrap());
        assert!(flags.is_err() || !flags.unwrap().contains(IFlags::TOPDIR));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(make_spreading_folder(&file.path().join("builds")).is_err());
    }
}
