use hookstead_events::{CheckConclusion, CheckStatus};

use super::facts::SuiteFacts;
use super::repository::RepositoryState;
use crate::objects::check_run::RecordedCheckRun;

impl RepositoryState {
    /// A check suite: all check runs of the App for one commit. `None`: there is none of this number.
    pub(crate) fn suite_facts(&self, id: u64) -> Option<SuiteFacts> {
        let runs = self.latest_check_runs(|it| it.suite == id);
        let first = self.check_runs.iter().find(|it| it.suite == id)?;
        let about = self.check_run_facts(first);
        let commit = self.history.get(first.sha.as_str())?.clone();
        let is_queued = self.requeued_suites.contains(&id);
        let is_completed = !is_queued && runs.iter().all(|it| it.status == CheckStatus::Completed);
        let bad = runs.iter().filter_map(|it| it.conclusion.clone()).find(|it| !is_good(it));
        let (status, conclusion) = match (is_queued, is_completed) {
            (true, _) => (CheckStatus::Queued, None),
            (_, true) => (CheckStatus::Completed, Some(bad.unwrap_or(CheckConclusion::Success))),
            _ => (CheckStatus::InProgress, None),
        };
        let ends = runs.iter().filter_map(|it| it.completed_at.clone());
        let updated_at = ends.max_by_key(|it| it.instant());
        Some(SuiteFacts {
            id,
            about,
            commit,
            status,
            conclusion,
            count: runs.len(),
            created_at: first.started_at.clone(),
            updated_at: updated_at.unwrap_or_else(|| first.started_at.clone()),
        })
    }

    /// Of each suite and name the latest of these check runs, the newest first.
    pub(crate) fn latest_check_runs(
        &self,
        is_wanted: impl Fn(&RecordedCheckRun) -> bool,
    ) -> Vec<&RecordedCheckRun> {
        let mut latest: Vec<&RecordedCheckRun> = Vec::new();
        for run in self.check_runs.iter().rev().filter(|it| is_wanted(it)) {
            if !latest.iter().any(|it| it.suite == run.suite && it.name == run.name) {
                latest.push(run);
            }
        }
        latest
    }
}

fn is_good(conclusion: &CheckConclusion) -> bool {
    matches!(
        conclusion,
        CheckConclusion::Success | CheckConclusion::Neutral | CheckConclusion::Skipped
    )
}
