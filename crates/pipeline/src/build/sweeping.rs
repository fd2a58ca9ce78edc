//! Tidies up after servers that were killed: what they left of builds that have ended, or went to another machine.

use std::collections::BTreeSet;
use std::fs;

use hookstead::HandlerError;

use super::kept::KeptFailed;
use super::pipeline::{Current, Pipeline};
use crate::record::{Build, BuildState};
use crate::runner::RunnerError;

impl Pipeline {
    /// Ends the runs on this machine that nobody comes back to, and removes their folders and workspaces. Runs that
    /// somebody comes back to learn that a server is there. Returns how many are still about to end.
    ///
    /// # Errors
    ///
    /// Fails when the runner cannot be asked. What cannot be removed is logged, and left for the next call.
    pub async fn sweep(&self) -> Result<usize, RunnerError> {
        let current = self.current();
        let mut names: BTreeSet<String> = self.shared.runner.names().await?.into_iter().collect();
        let workspaces = fs::read_dir(current.workspaces());
        for entry in workspaces.into_iter().flatten().flatten() {
            names.extend(entry.file_name().into_string());
        }
        let mut ending = 0;
        for name in names {
            match self.sweep_one(&current, &name).await {
                Ok(true) => {}
                Ok(false) => ending += 1,
                Err(error) => tracing::warn!(%error, name, "what a server has left is not removed"),
            }
        }
        Ok(ending)
    }

    /// `false`: it is about to end.
    async fn sweep_one(&self, current: &Current, name: &str) -> Result<bool, HandlerError> {
        // Whatever else lies there is not ours; and where somebody is at a build, so are its runs.
        let Some(number) = number_of(name) else { return Ok(true) };
        let Some(_hand) = self.shared.hands.try_take(number) else { return Ok(true) };
        let build = match self.journal().build(number).await {
            Ok(build) => Some(build),
            Err(error) if error.is_no_build() => None,
            Err(error) => return Err(error.into()),
        };
        if build.as_ref().is_some_and(|build| self.is_still_ours(build)) {
            self.shared.runner.find(name).await?;
            return Ok(true);
        }
        if !self.shared.runner.discard(name).await? {
            return Ok(false);
        }
        let failed = build.filter(|build| build.state == BuildState::Failed);
        let kept = failed.as_ref().and_then(|build| KeptFailed::of(current, build));
        self.remove_workspace(current, name, kept).await;
        Ok(true)
    }

    /// Whether an attempt on this machine comes back to it.
    fn is_still_ours(&self, build: &Build) -> bool {
        let own = &self.shared.machine.name;
        !build.state.is_final() && build.machine.as_ref().is_none_or(|machine| machine == own)
    }
}

/// The build that a run is of, by its name.
fn number_of(name: &str) -> Option<i64> {
    name.split('-').next()?.parse().ok()
}
