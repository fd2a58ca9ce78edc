use std::fs;
use std::path::{Path, PathBuf};

use crate::runner::local::folder::RunFolder;
use crate::runner::local::spec::Spec;

/// What commands read of `/etc`: names of users, certificates, how names are resolved, where libraries lie.
/// The rest may be somebody's secret, as the config of a server often is.
const ETC: [&str; 19] = [
    "alternatives",
    "bash.bashrc",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "group",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "pki",
    "resolv.conf",
    "services",
    "ssl",
];

/// Folders of programs and libraries, which on most machines are links into `/usr`.
const PROGRAMS: [&str; 7] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt"];

/// `words` in a sandbox of bubblewrap.
pub(super) fn wrap(spec: &Spec, folder: &RunFolder, words: Vec<String>) -> Vec<String> {
    let order = &spec.order;
    let mut bwrap = Arguments(vec!["bwrap".to_owned()]);
    bwrap.flags(["--unshare-all", "--die-with-parent", "--new-session"]);
    if order.network {
        bwrap.flags(["--share-net"]);
    }
    bwrap.flags(["--hostname", "build", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev"]);
    bwrap.read_only(Path::new("/usr"));
    for path in PROGRAMS.map(Path::new) {
        match fs::read_link(path) {
            Ok(target) => bwrap.paths("--symlink", &target, path),
            Err(_) => bwrap.read_only(path),
        }
    }
    for name in ETC {
        bwrap.read_only(&Path::new("/etc").join(name));
    }
    // Its own, and on the disk: what it writes there fills no memory.
    bwrap.paths("--bind", &folder.tmp(), Path::new("/tmp"));
    for path in toolchains(spec).iter().chain(&order.read_only) {
        bwrap.read_only(path);
    }
    bwrap.paths("--bind", &order.workspace, &order.workspace);
    for cache in &order.caches {
        bwrap.paths("--bind", &cache.kept, &order.workspace.join(&cache.shown));
    }
    // The folders that only hold what is bound.
    bwrap.flags(["--remount-ro", "/"]);
    bwrap.paths("--chdir", &order.workspace, Path::new("--"));
    bwrap.0.extend(words);
    bwrap.0
}

/// What programs of `PATH` need that lies with the user: the folders themselves, and rustup's toolchains. The
/// machine's own folders are there already.
fn toolchains(spec: &Spec) -> Vec<PathBuf> {
    let path = spec.order.environment.get("PATH").or(spec.inherited.get("PATH"));
    let folders = path.into_iter().flat_map(|path| path.split(':')).map(PathBuf::from);
    let rustup = spec.inherited.get("HOME").map(|home| Path::new(home).join(".rustup"));
    let is_own = |path: &PathBuf| {
        let machine = ["/usr", "/bin", "/sbin", "/opt"];
        path.is_absolute() && !machine.iter().any(|folder| path.starts_with(folder))
    };
    folders.chain(spec.order.path.iter().cloned()).chain(rustup).filter(is_own).collect()
}

struct Arguments(Vec<String>);

impl Arguments {
    fn flags<const N: usize>(&mut self, flags: [&str; N]) {
        self.0.extend(flags.map(str::to_owned));
    }

    fn read_only(&mut self, path: &Path) {
        self.paths("--ro-bind-try", path, path);
    }

    fn paths(&mut self, flag: &str, one: &Path, two: &Path) {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        self.0.extend([flag.to_owned(), text(one), text(two)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::local::spec::tests::spec;
    use crate::runner::order::CacheFolder;

    fn argv(change: impl FnOnce(&mut Spec)) -> String {
        let mut spec = spec("/work/17");
        change(&mut spec);
        let folder = RunFolder::new("/runs/17");
        wrap(&spec, &folder, vec!["cargo".to_owned(), "test".to_owned()]).join(" ")
    }

    #[test]
    fn what_it_says() {
        let argv = argv(|spec| {
            spec.order.network = false;
            spec.order.path.push("/home/ci/bin".into());
            spec.order.read_only.push("/mirrors/blog.git".into());
            spec.order.caches.push(CacheFolder { kept: "/cache/t".into(), shown: "target".into() });
        });
        for part in [
            "bwrap --unshare-all --die-with-parent --new-session --hostname",
            " --bind /runs/17/tmp /tmp ",
            " --ro-bind-try /home/ci/bin /home/ci/bin ",
            " --ro-bind-try /home/ci/.rustup /home/ci/.rustup ",
            " --ro-bind-try /mirrors/blog.git /mirrors/blog.git --bind /work/17 /work/17 ",
            " --bind /cache/t /work/17/target ",
        ] {
            assert!(argv.contains(part), "{part:?} of {argv}");
        }
        assert!(argv.ends_with(" --remount-ro / --chdir /work/17 -- cargo test"), "{argv}");
        assert!(!argv.contains("--share-net") && !argv.contains(" /etc "), "{argv}");
    }

    #[test]
    fn the_network_is_shared_if_the_order_says_so() {
        assert!(argv(|_| ()).contains(" --share-net "));
    }
}
