use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpgrp, getpid, kill_process, kill_process_group,
    setpriority_process, wait,
};

use crate::runner::local::proc_stat::ProcStat;

/// How long the last signal is repeated before a process is left alone that it does not end: one that waits
/// for a broken disk, or belongs to another user.
const KILL_FOR: Duration = Duration::from_secs(30);

/// The priority of what goes before all others.
const FIRST: i32 = -20;

/// The processes below this one. It is a subreaper: whoever loses its parent becomes its child, so none can
/// leave the tree, whatever group or session it makes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The groups of the commands, one for each step.
    groups: Vec<i32>,
    /// How many processes stand between this one and the commands: those of a sandbox.
    layers: usize,
}

impl Tree {
    pub(super) fn new(layers: usize) -> Self {
        Self { groups: Vec::new(), layers }
    }

    /// A step's command has begun as the head of a group of its own.
    pub(super) fn add(&mut self, leader: Pid) {
        self.groups.push(leader.as_raw_nonzero().get());
    }

    /// Asks the commands to end. Returns whom it asked.
    pub(super) fn ask_to_end(&self) -> Vec<ProcStat> {
        let mut asked = Vec::new();
        let mut groups = BTreeSet::new();
        for (depth, stat) in descendants() {
            // The processes of the sandbox itself would end all others at once.
            if depth <= self.layers {
                continue;
            }
            if self.layers > 0 {
                signal(stat.pid, Signal::TERM);
                signal(stat.pid, Signal::CONT);
                asked.push(stat);
            } else if self.groups.contains(&stat.group) {
                groups.insert(stat.group);
                asked.push(stat);
            }
        }
        for group in groups {
            signal_group(group, Signal::TERM);
            // What was stopped does not see the signal before it goes on.
            signal_group(group, Signal::CONT);
        }
        asked
    }

    /// Ends all processes below this one, and takes note of their ends. Returns how many are left after
    /// half a minute.
    pub(super) fn kill(&self) -> usize {
        be_quick();
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        let mut before = 0;
        loop {
            let mut seen = 0;
            // On sight: what is dead makes no more children, and those it has become ours.
            for_each_descendant(|_, stat| {
                seen += 1;
                if stat.group != getpgrp().as_raw_nonzero().get() {
                    // A group dies at once, also when it multiplies faster than it can be listed.
                    signal_group(stat.group, Signal::KILL);
                }
                signal(stat.pid, Signal::KILL);
            });
            while let Reaped::Child(..) = reap() {}
            if let Reaped::Nobody = reap() {
                return 0;
            }
            if began.elapsed() > KILL_FOR {
                return descendants().len();
            }
            // What grows is not given time.
            if seen <= before {
                thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(20));
            }
            before = seen;
        }
    }
}

/// Goes before all that is to be ended: among thousands that want to run, processes are made faster than ended
/// otherwise. Only root may.
fn be_quick() {
    let _ = setpriority_process(None, FIRST);
    // Where each session has its own share, this one's counts.
    let _ = fs::write("/proc/self/autogroup", FIRST.to_string());
}

/// What became of a child.
#[derive(Debug)]
pub(super) enum Reaped {
    /// This one has ended.
    Child(Pid, WaitStatus),
    /// Some are there, and none has ended.
    Busy,
    /// There are no children, and so no processes below this one.
    Nobody,
}

/// Takes note of the end of a child.
pub(super) fn reap() -> Reaped {
    match wait(WaitOptions::NOHANG) {
        Ok(Some((pid, status))) => Reaped::Child(pid, status),
        Ok(None) | Err(rustix::io::Errno::INTR) => Reaped::Busy,
        Err(_) => Reaped::Nobody,
    }
}

/// Whether more processes and threads than this are below this one, further than so many layers. It stops at the limit:
/// a storm is not read to its end.
pub(super) fn is_beyond(limit: u32, layers: usize) -> bool {
    let mut rest = vec![(getpid().as_raw_nonzero().get(), 0)];
    let mut count = 0;
    while let Some((pid, depth)) = rest.pop() {
        // One that has ended meanwhile is none.
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            count += u32::from(depth > layers);
            if count > limit {
                return true;
            }
            let Ok(children) = fs::read_to_string(task.path().join("children")) else { continue };
            rest.extend(children.split(' ').filter_map(|pid| Some((pid.parse().ok()?, depth + 1))));
        }
    }
    false
}

/// The processes below this one that have not ended, with how far below.
pub(super) fn descendants() -> Vec<(usize, ProcStat)> {
    let mut found = Vec::new();
    for_each_descendant(|depth, stat| found.push((depth, stat)));
    found
}

fn for_each_descendant(mut act: impl FnMut(usize, ProcStat)) {
    // Children have mostly higher numbers than their parents. Those who have not come later, once the
    // numbers have begun anew.
    let mut known = HashMap::from([(getpid().as_raw_nonzero().get(), 0)]);
    let mut rest: Vec<ProcStat> = Vec::new();
    let mut visit = |stat: ProcStat, known: &mut HashMap<i32, usize>| {
        let depth = known.get(&stat.parent).map(|depth| depth + 1);
        if let Some(depth) = depth {
            known.insert(stat.pid, depth);
            if !stat.is_dead() {
                act(depth, stat);
            }
        }
        depth.is_some()
    };
    for stat in ProcStat::all() {
        if !visit(stat, &mut known) {
            rest.push(stat);
        }
    }
    loop {
        let before = rest.len();
        rest.retain(|stat| !visit(*stat, &mut known));
        if rest.len() == before {
            return;
        }
    }
}

fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended meanwhile.
        let _ = kill_process(pid, signal);
    }
}

fn signal_group(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // It may be empty meanwhile.
        let _ = kill_process_group(group, signal);
    }
}
