use hookstead_events::{CheckConclusion, CheckStatus};
use hookstead_types::{Sha, Timestamp};

use crate::objects::check_run::RecordedCheckRun;
use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The values that a check run is made with or changed by; what is not there stays.
#[derive(Debug, Default)]
pub(crate) struct CheckRunChange {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<CheckStatus>,
    pub(crate) conclusion: Option<CheckConclusion>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) details_url: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) output: Option<CheckRunOutput>,
    /// The identifiers of its buttons.
    pub(crate) actions: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct CheckRunOutput {
    pub(crate) title: Option<String>,
    pub(crate) summary: String,
    pub(crate) text: Option<String>,
    pub(crate) annotations: usize,
}

impl World {
    /// Makes a check run. `None`: there is no such commit.
    pub(crate) fn create_check_run(
        &mut self,
        at: RepositoryIndex,
        sha: &str,
        new: CheckRunChange,
        creator: &str,
    ) -> Option<RecordedCheckRun> {
        let (repository, mint) = self.parts(at);
        let sha: Sha = repository.history.get(sha)?.sha.clone();
        let suite = repository.check_runs.iter().find(|it| it.sha == sha).map(|it| it.suite);
        let run = RecordedCheckRun {
            suite: suite.unwrap_or_else(|| mint.id()),
            id: mint.id(),
            sha,
            name: String::new(),
            status: CheckStatus::Queued,
            conclusion: None,
            started_at: mint.now(),
            completed_at: None,
            details_url: None,
            external_id: None,
            title: None,
            summary: None,
            text: None,
            annotations: 0,
            actions: Vec::new(),
        };
        let id = run.id;
        repository.check_runs.push(run.clone());
        // Those who hear of it hear of it as it is to be.
        let completed = self.change_check_run(at, id, new)?;
        self.announce_check_run(at, id, "created", creator);
        if completed {
            self.announce_check_run(at, id, "completed", creator);
        }
        self.work_on_queues(at);
        self.repository(at).check_run(id).cloned()
    }

    /// Changes a check run. `None`: there is none.
    pub(crate) fn update_check_run(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        change: CheckRunChange,
        by: &str,
    ) -> Option<RecordedCheckRun> {
        if self.change_check_run(at, id, change)? {
            self.announce_check_run(at, id, "completed", by);
        }
        self.work_on_queues(at);
        self.repository(at).check_run(id).cloned()
    }

    /// Whether the check run ended by the change.
    fn change_check_run(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        change: CheckRunChange,
    ) -> Option<bool> {
        let (repository, mint) = self.parts(at);
        let run = repository.check_runs.iter_mut().find(|it| it.id == id)?;
        repository.requeued_suites.remove(&run.suite);
        let ended_before = run.status == CheckStatus::Completed;
        let put = |old: &mut Option<String>, new: Option<String>| {
            if new.is_some() {
                *old = new;
            }
        };
        run.name = change.name.unwrap_or(std::mem::take(&mut run.name));
        put(&mut run.details_url, change.details_url);
        put(&mut run.external_id, change.external_id);
        if let Some(started_at) = change.started_at {
            run.started_at = started_at;
        }
        if let Some(output) = change.output {
            put(&mut run.title, output.title);
            run.summary = Some(output.summary);
            put(&mut run.text, output.text);
            run.annotations += output.annotations;
        }
        run.actions = change.actions.unwrap_or(std::mem::take(&mut run.actions));
        // A conclusion or an end completes it without more words.
        let ends = change.conclusion.is_some() || change.completed_at.is_some();
        let status = if ends { Some(CheckStatus::Completed) } else { change.status };
        run.status = status.unwrap_or_else(|| run.status.clone());
        if run.status == CheckStatus::Completed {
            run.conclusion = change.conclusion.or(run.conclusion.take());
            let completed_at = change.completed_at.or(run.completed_at.take());
            run.completed_at = Some(completed_at.unwrap_or_else(|| mint.now()));
        } else {
            run.conclusion = None;
            run.completed_at = None;
        }
        Some(run.status == CheckStatus::Completed && !ended_before)
    }

    fn announce_check_run(&mut self, at: RepositoryIndex, id: u64, action: &'static str, by: &str) {
        let repository = self.repository(at);
        let Some(run) = repository.check_run(id) else {
            return;
        };
        let run = Box::new(repository.check_run_facts(run));
        self.announce(at, by, Event::CheckRun { action, run, pressed: None });
    }
}
