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
        Ok(target) if target == cache.kept => Ok(()),
        _ => std::os::unix::fs::symlink(&cache.kept, shown),
    }
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
    }
}
