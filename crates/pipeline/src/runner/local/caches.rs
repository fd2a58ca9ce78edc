use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path};
use std::{fs, io};

use crate::runner::order::{CacheFolder, Order, Sandbox};

/// Makes the caches of an order, and without a sandbox links to them from the workspace; a sandbox binds them.
pub(super) fn prepare(order: &Order) -> Result<(), String> {
    for cache in &order.caches {
        let shown = cache.shown.display();
        let is_below = cache.shown.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below || cache.shown.as_os_str().is_empty() {
            return Err(format!("the cache {shown} is not below the workspace"));
        }
        fs::create_dir_all(&cache.kept).map_err(|error| format!("the cache {shown}: {error}"))?;
        if order.sandbox == Sandbox::None {
            link(&order.workspace, cache).map_err(|error| format!("the cache {shown}: {error}"))?;
        }
    }
    Ok(())
}

fn link(workspace: &Path, cache: &CacheFolder) -> io::Result<()> {
    let mut at = workspace.to_owned();
    // A link of the checkout's must not lead out of it.
    for part in cache.shown.parent().into_iter().flat_map(Path::components) {
        at.push(part);
        match fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(io::Error::other(format!("{} is no folder", at.display()))),
            Err(_) => fs::create_dir(&at)?,
        }
    }
    let shown = workspace.join(&cache.shown);
    match fs::read_link(&shown) {
        Ok(target) if target == cache.kept => return Ok(()),
        _ if shown.symlink_metadata().is_ok() => {
            return Err(io::Error::other("the repository has something of this name itself"));
        }
        _ => std::os::unix::fs::symlink(&cache.kept, shown)?,
    }
    hide(workspace, &cache.shown)
}

/// Lets git take no notice of a link: what a repository ignores as the folder `node_modules/` it does not ignore as a
/// link, and a build that wants a clean working tree would find none.
fn hide(workspace: &Path, shown: &Path) -> io::Result<()> {
    let git_dir = workspace.join(".git");
    if !fs::symlink_metadata(&git_dir).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(());
    }
    fs::create_dir_all(git_dir.join("info"))?;
    let mut line = b"/".to_vec();
    for byte in shown.as_os_str().as_bytes() {
        if b"\\[*? ".contains(byte) {
            line.push(b'\\');
        }
        line.push(*byte);
    }
    line.push(b'\n');
    let file = git_dir.join("info/exclude");
    fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(shown: &str, before: impl FnOnce(&Path)) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let (workspace, kept) = (folder.path().join("work"), folder.path().join("kept"));
        fs::create_dir(&workspace).unwrap();
        before(&workspace);
        let mut order = Order::new(&workspace, []);
        order.caches.push(CacheFolder { kept: kept.clone(), shown: shown.into() });
        prepare(&order)?;
        prepare(&order)?;
        fs::write(workspace.join(shown).join("file"), "").unwrap();
        assert!(kept.join("file").exists());
        Ok(())
    }

    #[test]
    fn links_below_the_workspace_alone() {
        assert_eq!(prepared("target", |_| ()), Ok(()));
        assert_eq!(prepared("a/b/c", |_| ()), Ok(()));
        for out in ["../x", "/x", "a/../../x", ""] {
            assert!(prepared(out, |_| ()).unwrap_err().contains("is not below"), "{out}");
        }
        let planted =
            |workspace: &Path| std::os::unix::fs::symlink("/tmp", workspace.join("a")).unwrap();
        assert!(prepared("a/b", planted).unwrap_err().contains("is no folder"));
        let taken = |workspace: &Path| fs::write(workspace.join("kept"), "").unwrap();
        assert!(prepared("kept", taken).unwrap_err().contains("has something of this name"));
    }

    #[test]
    fn git_takes_no_notice_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let mut command = std::process::Command::new("git");
            let command = command.arg("-C").arg(folder.path()).args(arguments);
            Some(String::from_utf8(command.output().ok()?.stdout).unwrap())
        };
        if git(&["init", "--quiet"]).is_none() {
            return;
        }
        let mut order = Order::new(folder.path(), []);
        for (kept, shown) in [("one", "node_modules"), ("two", "a/[b] \\c"), ("three", "d ")] {
            let kept = folder.path().join(".git").join(kept);
            order.caches.push(CacheFolder { kept, shown: shown.into() });
        }
        prepare(&order).unwrap();
        assert_eq!(git(&["status", "--porcelain"]).unwrap(), "");
        fs::write(folder.path().join("other"), "").unwrap();
        assert_eq!(git(&["status", "--porcelain"]).unwrap(), "?? other\n");
    }
}
