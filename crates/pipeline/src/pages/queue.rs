//! Why a build has not begun: its place in the queue, and what or whom it waits for.

use super::words::{counted, place};
use crate::config::Config;
use crate::record::{Build, BuildState};

/// All builds that have not ended, and how many can run at a time.
#[derive(Debug)]
pub(super) struct Queue<'a> {
    builds: &'a [Build],
    slots: usize,
}

impl<'a> Queue<'a> {
    /// Of all builds that have not ended.
    pub(super) fn new(builds: &'a [Build], config: &Config) -> Self {
        let running = builds.iter().filter(|build| build.state == BuildState::Running);
        let mut machines: Vec<_> = running.filter_map(|build| build.machine.as_deref()).collect();
        machines.sort_unstable();
        machines.dedup();
        Self { builds, slots: config.pools.builds * machines.len().max(1) }
    }

    fn count(&self, state: BuildState) -> usize {
        self.builds.iter().filter(|build| build.state == state).count()
    }

    /// What a build that has not begun waits for; `None` for all others.
    pub(super) fn reason(&self, build: &Build) -> Option<String> {
        match build.state {
            BuildState::Waiting => Some(approval(build)),
            BuildState::Queued => Some(self.of_queued(build)),
            _ => None,
        }
    }

    fn of_queued(&self, build: &Build) -> String {
        let queued = |it: &&Build| it.state == BuildState::Queued;
        let before =
            self.builds.iter().filter(queued).filter(|it| it.number < build.number).count();
        let all = self.count(BuildState::Queued).max(before + 1);
        let at = place(before as u64 + 1);
        let at = if all == 1 { String::new() } else { format!("{at} of {all} in the queue: ") };
        let running = self.count(BuildState::Running);
        let why = if !build.summary.is_empty() {
            format!("it is tried again, because {}", build.summary)
        } else if let Some(other) = self.in_its_way(build) {
            format!("it waits until build #{} of {} ends", other.number, build.what.target)
        } else if running >= self.slots {
            let builds = counted(running as u64, "build");
            let run = if running == 1 { "runs" } else { "run" };
            format!("no slot is free, as {builds} {run}")
        } else {
            "it begins in a moment".to_owned()
        };
        format!("{at}{why}")
    }

    /// The build of the same job and target that runs.
    fn in_its_way(&self, build: &Build) -> Option<&Build> {
        let what = &build.what;
        self.builds.iter().find(|it| {
            let other = &it.what;
            it.state == BuildState::Running
                && it.number != build.number
                && (&other.project, &other.job) == (&what.project, &what.job)
                && other.target == what.target
        })
    }
}

/// Whom a build waits for.
fn approval(build: &Build) -> String {
    format!("it waits for approval by somebody who may write to {}", build.what.repo)
}
