use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

/// So many files are listed. Who makes more packs them, or names their folder.
pub(super) const MOST_LISTED: usize = 1_000;

/// So many names are looked at for that, so that no build makes its page slow.
const MOST_LOOKED_AT: usize = 20_000;

/// So many folders are looked into.
const MOST_LOOKED_INTO: usize = 2_000;

/// So deep folders are looked into.
const DEEPEST: usize = 64;

/// A file that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its path below the folder, as bytes: names need be no text.
    pub(super) path: Vec<u8>,
    pub(super) size: u64,
}

/// The files in a folder, in the order of their paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) files: Vec<Kept>,
    /// Whether there are more than are listed.
    pub(super) are_more: bool,
}

/// What is in a folder. `None`: there is no such folder.
pub(super) fn look(folder: &Path) -> io::Result<Option<Found>> {
    let top = match open_folder(CWD, folder) {
        Ok(top) => top,
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (mut found, mut looked_at, mut looked_into) = (Found::default(), 0, 0);
    // By name, as a build may make more folders than can be open at once.
    let mut folders: Vec<Vec<Vec<u8>>> = vec![Vec::new()];
    while let Some(way) = folders.pop() {
        looked_into += 1;
        if looked_into > MOST_LOOKED_INTO {
            found.are_more = true;
            break;
        }
        // What cannot be opened has nothing to show.
        let Ok(at) = walk(&top, &way) else { continue };
        for entry in Dir::read_from(&at)? {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            looked_at += 1;
            if looked_at > MOST_LOOKED_AT {
                found.are_more = true;
                folders.clear();
                break;
            }
            let Ok(told) = statat(&at, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let mut below = way.clone();
            below.push(name.to_bytes().to_vec());
            match FileType::from_raw_mode(told.st_mode) {
                FileType::RegularFile => {
                    let size = u64::try_from(told.st_size).unwrap_or_default();
                    found.files.push(Kept { path: below.join(&b'/'), size });
                }
                FileType::Directory if below.len() <= DEEPEST => folders.push(below),
                FileType::Directory => found.are_more = true,
                _ => {}
            }
        }
    }
    found.files.sort_by(|one, other| one.path.cmp(&other.path));
    if found.files.len() > MOST_LISTED {
        found.files.truncate(MOST_LISTED);
        found.are_more = true;
    }
    Ok(Some(found))
}

/// Opens a regular file below a folder by the names on the way to it. `None`: there is none, or a link is on the way.
pub(super) fn open(folder: &Path, names: &[Vec<u8>]) -> io::Result<Option<(File, u64)>> {
    let Some((last, way)) = names.split_last() else { return Ok(None) };
    if names.iter().any(|name| !is_name(name)) {
        return Ok(None);
    }
    let opened = || -> rustix::io::Result<OwnedFd> {
        let at = walk(&open_folder(CWD, folder)?, way)?;
        // A pipe would keep whoever opens it waiting.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(&at, last.as_slice(), flags, Mode::empty())
    };
    let file = match opened() {
        Ok(file) => File::from(file),
        Err(error) if is_absent(error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let told = file.metadata()?;
    Ok(told.is_file().then_some((file, told.len())))
}

/// The folder to which these names lead, none of which is a link.
fn walk(top: &OwnedFd, names: &[Vec<u8>]) -> rustix::io::Result<OwnedFd> {
    let mut at = open_folder(top, Path::new("."))?;
    for name in names {
        at = open_folder(&at, Path::new(OsStr::from_bytes(name)))?;
    }
    Ok(at)
}

fn open_folder(at: impl std::os::fd::AsFd, name: &Path) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty())
}

/// Whether a path's part is the name of a file, and no way to somewhere else.
fn is_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.iter().any(|byte| matches!(byte, b'/' | 0))
}

fn is_absent(error: rustix::io::Errno) -> bool {
    use rustix::io::Errno;

    // `LOOP`: it is a link. `NXIO`: it is a socket.
    matches!(
        error,
        Errno::NOENT
            | Errno::NOTDIR
            | Errno::LOOP
            | Errno::NAMETOOLONG
            | Errno::NXIO
            | Errno::INVAL
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(path: &str) -> Vec<Vec<u8>> {
        path.split('/').map(|name| name.as_bytes().to_vec()).collect()
    }

    #[test]
    fn only_what_lies_in_the_folder_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("17");
        fs::create_dir_all(folder.join("out/sub")).unwrap();
        fs::write(folder.join("out/sub/a"), "12345").unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        symlink(dir.path().join("secret"), folder.join("out/link")).unwrap();
        symlink(dir.path(), folder.join("out/door")).unwrap();
        symlink("/", folder.join("root")).unwrap();
        let pipe = folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (file, size) = open(&folder, &names("out/sub/a")).unwrap().unwrap();
        assert_eq!((io::read_to_string(file).unwrap().as_str(), size), ("12345", 5));
        for path in [
            "",
            ".",
            "..",
            "out",
            "out/",
            "out/link",
            "out/door/secret",
            "root/etc/passwd",
            "pipe",
            "../secret",
            "out/../../secret",
            "missing",
            "out/sub/a/b",
        ] {
            assert!(open(&folder, &names(path)).unwrap().is_none(), "{path}");
        }
        for name in [&b"out/sub/a"[..], b"a\0b", b"../secret"] {
            assert!(open(&folder, &[name.to_vec()]).unwrap().is_none(), "{name:?}");
        }
        assert!(open(&folder, &[]).unwrap().is_none());
        // The folder itself is no link either.
        symlink(&folder, dir.path().join("18")).unwrap();
        assert!(open(&dir.path().join("18"), &names("out/sub/a")).unwrap().is_none());

        let found = look(&folder).unwrap().unwrap();
        assert_eq!(found.files, [Kept { path: b"out/sub/a".to_vec(), size: 5 }]);
        assert!(!found.are_more);
        assert_eq!(look(&dir.path().join("19")).unwrap(), None);
    }

    #[test]
    fn many_folders_are_not_open_at_once() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..MOST_LOOKED_INTO {
            fs::create_dir(dir.path().join(number.to_string())).unwrap();
        }
        let mut deep = dir.path().join("deep");
        for _ in 0..DEEPEST {
            deep.push("d");
        }
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), "").unwrap();
        assert!(look(dir.path()).unwrap().unwrap().are_more);
        let alone = look(&dir.path().join("deep")).unwrap().unwrap();
        assert_eq!((alone.files.len(), alone.are_more), (1, false));
    }

    #[test]
    fn a_list_has_an_end() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..=MOST_LISTED {
            fs::write(dir.path().join(format!("{number:05}")), "").unwrap();
        }
        let found = look(dir.path()).unwrap().unwrap();
        assert_eq!((found.files.len(), found.are_more), (MOST_LISTED, true));
        assert_eq!(found.files[0].path, b"00000");
    }
}
