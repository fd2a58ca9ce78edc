use std::{fs, io};

use rustix::process::{Pid, Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use super::proc_stat::ProcStat;

/// A process, known for ever: its number alone may be another's tomorrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProcessId {
    pid: i32,
    /// When it began, in the clock ticks of its machine.
    start: u64,
    /// Which start of which machine the ticks are counted from.
    boot: String,
}

impl ProcessId {
    /// This process.
    pub(super) fn current() -> io::Result<Self> {
        let pid = getpid().as_raw_nonzero().get();
        let start = ProcStat::read(pid)?.start;
        Ok(Self { pid, start, boot: boot()? })
    }

    /// Whether it runs, here and now.
    pub(super) fn is_alive(&self) -> bool {
        self.stat().is_some()
    }

    /// Lets it go on if somebody has stopped it.
    pub(super) fn wake(&self) {
        if self.stat().is_some_and(|stat| stat.is_stopped())
            && let Some(pid) = Pid::from_raw(self.pid)
        {
            // It may have ended meanwhile.
            let _ = kill_process(pid, Signal::CONT);
        }
    }

    /// What is known of it, if it runs.
    fn stat(&self) -> Option<ProcStat> {
        let stat = ProcStat::read(self.pid).ok()?;
        let is_it = stat.start == self.start && !stat.is_dead();
        (is_it && boot().is_ok_and(|boot| boot == self.boot)).then_some(stat)
    }
}

fn boot() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_namesakes_are_not() {
        let current = ProcessId::current().unwrap();
        assert!(current.is_alive());
        assert!(!ProcessId { start: current.start + 1, ..current.clone() }.is_alive());
        assert!(!ProcessId { boot: "another".to_owned(), ..current }.is_alive());
    }
}
