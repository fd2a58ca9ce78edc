use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, getuid, setrlimit};

use crate::runner::order::{Order, OrderLimits, Sandbox};

/// How long systemd may take to say whether it makes scopes.
const PROBE: Duration = Duration::from_secs(5);

/// Less than this would end the run's own process, which the limit is inherited from.
const LEAST_MEMORY: u64 = 32 * 1024 * 1024;

/// How the limits of an order are applied on this machine.
#[derive(Debug, Default)]
pub(in crate::runner::local) struct AppliedLimits {
    /// What stands before a command.
    prefix: Vec<String>,
    /// What could not be applied, for people.
    pub(in crate::runner::local) notes: Vec<String>,
}

impl AppliedLimits {
    /// Applies what is left to this process, whose children inherit it.
    pub(in crate::runner::local) fn new(order: &Order) -> Self {
        // A container's program takes them as arguments.
        let is_container = matches!(order.sandbox, Sandbox::Container { .. });
        if order.limits == OrderLimits::default() || is_container {
            return Self::default();
        }
        let prefix = scope(&order.limits, getuid().is_root());
        if works(&prefix) {
            return Self { prefix, notes: Vec::new() };
        }
        let mut notes = Vec::new();
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
        if order.limits.processes.is_some() {
            notes.push(
                "the number of processes is not limited: systemd makes no scopes here".to_owned(),
            );
        }
        Self { prefix: Vec::new(), notes }
    }

    pub(super) fn wrap(&self, words: Vec<String>) -> Vec<String> {
        self.prefix.iter().cloned().chain(words).collect()
    }
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
