//! The processes of this machine that belong to a folder: by their arguments or their environment.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    /// With spaces between the arguments.
    pub(crate) command: String,
}

impl Process {
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid) {
            // It may have ended meanwhile.
            let _ = kill_process(pid, signal);
        }
    }

    /// The folder of the run whose own process it is.
    pub(crate) fn run(&self) -> Option<&str> {
        let (_, folder) = self.command.split_once("hookstead run ")?;
        Path::new(folder.trim_end()).file_name()?.to_str()
    }

    pub(crate) fn is_git(&self) -> bool {
        let program = self.command.split(' ').next().unwrap_or_default();
        program == "git" || program.contains("/git")
    }
}

/// All that name this folder, or a file in it. Those that are dead and only not yet asked for their end have no
/// arguments any more.
pub(crate) fn of(folder: &Path) -> Vec<Process> {
    let folder = folder.to_str().unwrap().as_bytes();
    let names_it = |bytes: &[u8]| bytes.windows(folder.len()).any(|it| it == folder);
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let command = read("cmdline");
        if !command.is_empty() && (names_it(&command) || names_it(&read("environ"))) {
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            found.push(Process { pid, command });
        }
    }
    found
}

/// Stops all of them, so that what they have done can be looked at.
pub(crate) fn freeze(folder: &Path) -> Vec<Process> {
    let mut frozen: Vec<Process> = Vec::new();
    loop {
        let new: Vec<Process> = of(folder).into_iter().filter(|it| !frozen.contains(it)).collect();
        if new.is_empty() {
            return frozen;
        }
        for process in new {
            process.signal(Signal::STOP);
            frozen.push(process);
        }
    }
}

/// The processes below this one.
pub(crate) fn below(pid: i32) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![pid];
    while let Some(parent) = parents.pop() {
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            let pid = child.parse().unwrap();
            parents.push(pid);
            found.push(Process { pid, command: String::new() });
        }
    }
    found
}
