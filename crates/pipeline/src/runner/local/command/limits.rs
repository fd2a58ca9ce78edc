use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, getuid, setrlimit};

use super::layers::layers;
use crate::runner::local::control_group::ControlGroup;
use crate::runner::local::folder::RunFolder;
use crate::runner::local::spec::Spec;
use crate::runner::order::{OrderLimits, Sandbox};

/// How long systemd may take to say whether it makes scopes.
const PROBE: Duration = Duration::from_secs(5);

/// Less than this would end the run's own process, which the limit is inherited from.
const LEAST_MEMORY: u64 = 32 * 1024 * 1024;

/// So many processes more than a run may have the kernel lets it make: else nobody would see that it wants too many.
const ROOM: u32 = 16;

/// So many processes the other programs of the user may begin while a run goes on, where all count together.
const ROOM_OF_OTHERS: u64 = 1_000;

/// The kernel that counts processes for each user namespace by itself, and the first one that does: before it, all
/// processes of the user count.
const COUNTS_BY_NAMESPACE: (u32, u32) = (5, 14);

/// How the limits of an order are applied on this machine.
#[derive(Debug, Default)]
pub(in crate::runner::local) struct AppliedLimits {
    /// What stands before a command.
    prefix: Vec<String>,
    /// The same, within the sandbox.
    inside: Vec<String>,
    /// The control group of the commands.
    group: Option<ControlGroup>,
    /// How many processes and threads the commands may have.
    pub(in crate::runner::local) processes: Option<u32>,
    /// What could not be applied, for people.
    pub(in crate::runner::local) notes: Vec<String>,
}

impl AppliedLimits {
    /// Applies what is left to this process, whose children inherit it.
    pub(in crate::runner::local) fn new(spec: &Spec, folder: &RunFolder) -> Self {
        let order = &spec.order;
        // A container's program takes them as arguments.
        let is_container = matches!(order.sandbox, Sandbox::Container { .. });
        if order.limits == OrderLimits::default() || is_container {
            return Self::default();
        }
        let processes = order.limits.processes;
        let most =
            processes.map(|limit| limit.saturating_add(ROOM + layers(&order.sandbox) as u32));
        let prefix = scope(&OrderLimits { processes: most, ..order.limits }, getuid().is_root());
        if works(&prefix) {
            return Self { prefix, processes, ..Self::default() };
        }
        let mut applied = Self { processes, ..Self::default() };
        if let Some(most) = most {
            applied.hold_processes(spec, folder, most);
        }
        let notes = &mut applied.notes;
        if let Some(memory) = order.limits.memory {
            let limit = memory.max(LEAST_MEMORY);
            let maximum = getrlimit(Resource::Data).maximum.map_or(limit, |most| most.min(limit));
            let new = Rlimit { current: Some(maximum), maximum: Some(maximum) };
            notes.push(match setrlimit(Resource::Data, new) {
                Ok(()) => "the limit of memory holds for each process by itself: systemd makes no scopes here".to_owned(),
                Err(error) => format!("memory is not limited: {error}"),
            });
        }
        if order.limits.cpu_percent.is_some() {
            notes.push("processor time is not limited: systemd makes no scopes here".to_owned());
        }
        applied
    }

    /// Keeps the number of processes down by what this machine has for it.
    fn hold_processes(&mut self, spec: &Spec, folder: &RunFolder, most: u32) {
        let group = ControlGroup::make(&spec.id, most);
        // One that nobody would find again is no good.
        let is_noted = |group: &ControlGroup| {
            let is_noted = folder.note_control_group(group).is_ok();
            if !is_noted {
                group.remove();
            }
            is_noted
        };
        if let Some(group) = group.filter(is_noted) {
            self.group = Some(group);
        } else if is_counted_by_itself(&spec.order.sandbox) {
            // One shell calls it this way, and others that way.
            let script = format!(
                "ulimit -u {most} 2>/dev/null || ulimit -p {most} 2>/dev/null; exec \"$@\""
            );
            self.inside = ["/bin/sh", "-c", &script, "sh"].map(str::to_owned).into();
        } else {
            self.notes.push(ONLY_COUNTED.to_owned());
            // The processes of this user all count, so it has to leave room for what others begin meanwhile. It still
            // keeps a storm so small that it can be ended.
            let most = u64::from(most) + processes_of_this_user() + ROOM_OF_OTHERS;
            let maximum = getrlimit(Resource::Nproc).maximum.map_or(most, |it| it.min(most));
            // Root is not held by it, and goes without.
            let _ = setrlimit(
                Resource::Nproc,
                Rlimit { current: Some(maximum), maximum: Some(maximum) },
            );
        }
    }

    /// No more processes are made from now on, where something holds them.
    pub(in crate::runner::local) fn close(&self) {
        if let Some(group) = &self.group {
            group.close();
        }
    }

    /// Whether a command could not make a process, where that is known.
    pub(in crate::runner::local) fn has_refused(&self) -> bool {
        self.group.as_ref().is_some_and(ControlGroup::has_refused)
    }

    /// Removes what was made for the run, whose processes have ended.
    pub(in crate::runner::local) fn remove(&self) {
        if let Some(group) = &self.group {
            group.end();
        }
    }

    pub(super) fn wrap(&self, words: Vec<String>) -> Vec<String> {
        let words = self.prefix.iter().cloned().chain(words).collect();
        match &self.group {
            Some(group) => group.wrap(words),
            None => words,
        }
    }

    /// What stands before a command within its sandbox.
    pub(super) fn wrap_inside(&self, words: Vec<String>) -> Vec<String> {
        self.inside.iter().cloned().chain(words).collect()
    }
}

/// How many processes and threads this user has.
fn processes_of_this_user() -> u64 {
    let own = getuid().as_raw();
    let of_process = |entry: fs::DirEntry| {
        let is_own = entry.metadata().is_ok_and(|metadata| metadata.uid() == own);
        let tasks = is_own.then(|| fs::read_dir(entry.path().join("task")))?.ok()?;
        Some(tasks.count() as u64)
    };
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(of_process).sum()
}

/// What a run's log and outcome say where nothing holds its processes.
const ONLY_COUNTED: &str = "processes are counted ten times a second, and the run ends if it has too many; it may have \
                            many more meanwhile, as nothing here holds it";

/// Whether the kernel counts the processes of this sandbox by themselves: it has a user namespace. Root is not held
/// by such a limit, wherever it is.
fn is_counted_by_itself(sandbox: &Sandbox) -> bool {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let mut numbers = release.split(|it: char| !it.is_ascii_digit()).map(str::parse);
    let version = match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => (0, 0),
    };
    *sandbox == Sandbox::Bubblewrap && !getuid().is_root() && version >= COUNTS_BY_NAMESPACE
}

/// Whether something on this machine keeps the processes of a run in this sandbox below a limit, beside their being
/// counted. It may take some seconds.
#[must_use]
pub fn holds_processes(sandbox: &Sandbox) -> bool {
    matches!(sandbox, Sandbox::Container { .. })
        || is_counted_by_itself(sandbox)
        || ControlGroup::can_be_made()
        || makes_scopes()
}

/// Whether systemd makes scopes here, which limit all processes of a build together. It may take some seconds.
#[must_use]
pub fn makes_scopes() -> bool {
    works(&scope(&OrderLimits::default(), getuid().is_root()))
}

/// What makes a scope of systemd with these limits.
fn scope(limits: &OrderLimits, is_root: bool) -> Vec<String> {
    let mut words = vec!["systemd-run".to_owned()];
    if !is_root {
        words.push("--user".to_owned());
    }
    words.extend(["--scope", "--quiet", "--collect"].map(str::to_owned));
    let mut property = |text: String| words.extend(["--property".to_owned(), text]);
    if let Some(memory) = limits.memory {
        property(format!("MemoryMax={memory}"));
        property("MemorySwapMax=0".to_owned());
    }
    if let Some(percent) = limits.cpu_percent {
        property(format!("CPUQuota={percent}%"));
    }
    if let Some(processes) = limits.processes {
        property(format!("TasksMax={processes}"));
    }
    words.push("--".to_owned());
    words
}

/// Whether `true` runs with these words before it.
fn works(prefix: &[String]) -> bool {
    let Some((program, arguments)) = prefix.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).arg("true");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    let began = Instant::now();
    while began.elapsed() < PROBE {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(_) => return false,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemd_is_given() {
        let limits =
            OrderLimits { memory: Some(1 << 30), cpu_percent: Some(150), processes: Some(99) };
        assert_eq!(
            scope(&limits, false).join(" "),
            "systemd-run --user --scope --quiet --collect --property MemoryMax=1073741824 \
             --property MemorySwapMax=0 --property CPUQuota=150% --property TasksMax=99 --"
        );
        assert!(!scope(&limits, true).contains(&"--user".to_owned()));
    }

    #[test]
    fn what_does_not_work_is_not_used() {
        assert!(works(&["env".to_owned()]));
        assert!(!works(&["false".to_owned()]));
        assert!(!works(&["/no/such/program".to_owned()]));
    }
}
