use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long is waited for the processes of a group to end.
const END_FOR: Duration = Duration::from_secs(10);

/// A control group of the kernel's for one run: it holds so many processes and threads at most, whatever group or
/// session they make. It lies below this process's own, where that one may have some: as root, or where systemd's
/// `Delegate=` or a container's manager gives it to the server's user.
#[derive(Debug, Clone)]
pub(super) struct ControlGroup {
    folder: PathBuf,
}

impl ControlGroup {
    /// Makes one for the run of this id. `None`: it may not, or its kernel does not count processes.
    pub(super) fn make(run: &str, most: u32) -> Option<Self> {
        let parent = parent()?;
        let group = Self::at(parent.join(format!("hookstead-{run}")));
        fs::create_dir(&group.folder).ok()?;
        // In version 2 its file is only there where the groups around it count processes.
        if group.write("pids.max", &most.to_string()).is_err() {
            group.remove();
            return None;
        }
        Some(group)
    }

    /// Whether one can be made.
    pub(super) fn can_be_made() -> bool {
        let made = Self::make(&format!("try-{}", std::process::id()), 1);
        made.is_some_and(|group| group.remove())
    }

    /// The one in this folder.
    pub(super) fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The words that run `words` in it.
    pub(super) fn wrap(&self, words: Vec<String>) -> Vec<String> {
        let script = "echo 0 > \"$0/cgroup.procs\" && exec \"$@\"";
        let folder = self.folder.to_string_lossy();
        let before = ["/bin/sh", "-c", script, &folder].map(str::to_owned);
        before.into_iter().chain(words).collect()
    }

    /// No process of it makes another one from now on.
    pub(super) fn close(&self) {
        // One that is gone has no processes.
        let _ = self.write("pids.max", "0");
    }

    /// Whether a process of it could not make another one.
    pub(super) fn has_refused(&self) -> bool {
        let events = fs::read_to_string(self.folder.join("pids.events")).unwrap_or_default();
        events.lines().any(|line| line.strip_prefix("max ").is_some_and(|count| count != "0"))
    }

    /// Removes it if it is empty. Returns whether it is gone.
    pub(super) fn remove(&self) -> bool {
        match fs::remove_dir(&self.folder) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Ends all that is in it, and removes it.
    pub(super) fn end(&self) {
        self.close();
        let began = Instant::now();
        while !self.remove() && began.elapsed() < END_FOR {
            let members = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
            for pid in members.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)) {
                // It may have ended meanwhile.
                let _ = kill_process(pid, Signal::KILL);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        // The kernel's files are not made.
        fs::OpenOptions::new()
            .write(true)
            .open(self.folder.join(file))
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
    }
}

/// The control group of this process that counts processes, and has room for groups below it.
fn parent() -> Option<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let (version, folder) = folder_of(&groups, &mounts)?;
    if version == 2 {
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
        let has = |text: &str| text.split_ascii_whitespace().any(|word| word == "pids");
        if !has(&read("cgroup.subtree_control")) {
            // The kernel permits it beside processes, as it does not share out anything that they compete for.
            fs::write(folder.join("cgroup.subtree_control"), "+pids").ok()?;
        }
    }
    Some(folder)
}

/// Which version of control groups counts processes here, and the folder of this process's one.
fn folder_of(groups: &str, mounts: &str) -> Option<(u8, PathBuf)> {
    let path_in = |version: u8| {
        groups.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':');
            let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
            let is_it = match version {
                1 => controllers.split(',').any(|it| it == "pids"),
                _ => number == "0" && controllers.is_empty(),
            };
            is_it.then_some(path)
        })
    };
    // Where version 1 counts them, version 2 does not.
    let version = if path_in(1).is_some() { 1 } else { 2 };
    let path = path_in(version)?;
    let folder = mounts.lines().find_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        let mut system = system.split(' ');
        let (kind, _, options) = (system.next()?, system.next()?, system.next()?);
        let is_it = match version {
            1 => kind == "cgroup" && options.split(',').any(|it| it == "pids"),
            _ => kind == "cgroup2",
        };
        let mut mount = mount.split(' ').skip(3);
        let (root, at) = (mount.next()?, mount.next()?);
        // What is not below the mount's root is not to be seen.
        let below = Path::new(path).strip_prefix(root).ok()?;
        is_it.then(|| Path::new(at).join(below))
    })?;
    Some((version, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_this_process_is() {
        let one = "30 23 0:26 / /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids\n";
        let two =
            "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        let inner = "31 23 0:27 /docker/7 /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
        let unified = "0::/system.slice/ci.service\n";
        let hybrid = "8:pids:/ci\n4:memory:/other\n0::/\n";
        let found = |version: u8, folder: &str| Some((version, PathBuf::from(folder)));
        for (groups, mounts, expected) in [
            (unified, two, found(2, "/sys/fs/cgroup/system.slice/ci.service")),
            (hybrid, &format!("{two}{one}"), found(1, "/sys/fs/cgroup/pids/ci")),
            ("0::/docker/7/a\n", inner, found(2, "/sys/fs/cgroup/a")),
            ("0::/\n", two, found(2, "/sys/fs/cgroup/")),
            (unified, inner, None),
            (unified, one, None),
            ("", two, None),
            ("nonsense\n", "nonsense\n", None),
        ] {
            assert_eq!(folder_of(groups, mounts), expected, "{groups} {mounts}");
        }
    }

    #[test]
    fn what_enters_it() {
        let words = ControlGroup::at("/sys/fs/cgroup/it").wrap(vec!["cargo".to_owned()]);
        assert_eq!(
            words,
            [
                "/bin/sh",
                "-c",
                "echo 0 > \"$0/cgroup.procs\" && exec \"$@\"",
                "/sys/fs/cgroup/it",
                "cargo"
            ]
        );
    }

    #[test]
    fn what_is_in_it_is_ended_with_it() {
        let Some(group) = ControlGroup::make(&format!("test-{}", std::process::id()), 3) else {
            return;
        };
        let words = group.wrap(["sleep", "1000"].map(str::to_owned).into());
        let mut child = std::process::Command::new(&words[0]).args(&words[1..]).spawn().unwrap();
        let members = || fs::read_to_string(group.folder().join("cgroup.procs")).unwrap();
        let began = Instant::now();
        while members().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "it does not enter");
            thread::sleep(Duration::from_millis(2));
        }
        group.end();
        assert!(!child.wait().unwrap().success());
        assert!(!group.folder().exists());
    }
}
