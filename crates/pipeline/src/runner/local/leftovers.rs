use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::proc_stat::ProcStat;

/// How long is looked for processes that go on making others.
const END_FOR: Duration = Duration::from_secs(10);

/// Ends the processes of a run whose own process was killed, and which are therefore nobody's children. They are
/// known by a variable that their environment had when they began; one that has cleared it is not found.
pub(super) fn end(variable: &str, value: &str) {
    let entry = format!("{variable}={value}").into_bytes();
    let began = Instant::now();
    loop {
        let mut found = false;
        for stat in ProcStat::all().filter(|stat| !stat.is_dead() && has(stat.pid, &entry)) {
            found = true;
            if let Some(pid) = Pid::from_raw(stat.pid) {
                // It may have ended meanwhile.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        if !found || began.elapsed() > END_FOR {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn has(pid: i32, entry: &[u8]) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|one| one == entry)
}
