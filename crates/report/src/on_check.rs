use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hookstead_client::{
    CheckConclusion, CheckOutput, CheckRun, CheckRunFilter, CheckStatus, Error, NewCheckRun, Repo,
};
use hookstead_handler::Attempt;
use hookstead_types::{Sha, StatusState};

use crate::distinct::distinct;
use crate::reporter::Reporter;
use crate::target::{Saying, Sight, Translate, field};
use crate::words;

/// The longest name that a check run gets for its work, in bytes.
const LONGEST_EXTERNAL_ID: usize = 200;

/// Reports by a check run: `queued`, `in_progress`, then `completed` with a conclusion, an output with
/// annotations, and buttons. Each run of a task has a check run of its own, whichever of its attempts
/// reports.
///
/// Permission: *Checks* write, of an App. Nobody else can create check runs.
pub type CheckReporter = Reporter<CheckTarget>;

impl CheckReporter {
    /// Where the check run's link leads: the build's page. One that is no `http://` or `https://` URL is
    /// left out.
    #[must_use]
    pub fn details_url(mut self, url: impl Into<String>) -> Self {
        self.decoration = Some(url.into());
        self
    }
}

/// A check run, as a [`CheckReporter`] reports on it.
#[derive(Debug)]
pub struct CheckTarget {
    repo: Repo,
    sha: Sha,
    check: String,
    /// By this the check run is found again that an earlier attempt created.
    external_id: String,
    /// GitHub's number of the check run; 0 if there is none yet.
    id: AtomicU64,
    /// Whether one may have been created of which nobody knows the number.
    is_doubtful: AtomicBool,
}

impl CheckTarget {
    pub(crate) fn reporter(
        repo: &Repo,
        sha: &Sha,
        check: impl Into<String>,
        attempt: &Attempt,
    ) -> CheckReporter {
        let target = Self {
            repo: repo.clone(),
            sha: sha.clone(),
            check: check.into(),
            external_id: Self::external_id(attempt),
            id: AtomicU64::new(0),
            is_doubtful: AtomicBool::new(false),
        };
        Reporter::new(target, attempt)
    }

    /// The name that check runs of this run of the task have at GitHub, as their `external_id`. One that is made by
    /// other means with this name is found by the reporter of a later attempt, which goes on with it.
    #[must_use]
    pub fn external_id(attempt: &Attempt) -> String {
        let (handler, delivery) = (attempt.handler(), &attempt.delivery().id);
        distinct(&format!("{handler} {delivery} {}", attempt.run()), LONGEST_EXTERNAL_ID)
    }

    fn id(&self) -> Option<u64> {
        Some(self.id.load(Ordering::SeqCst)).filter(|id| *id != 0)
    }

    /// The check run of this run of the task, if there is one.
    async fn find(&self) -> Result<Option<CheckRun>, Error> {
        if let Some(id) = self.id() {
            return self.repo.check_run(id).await.map(Some);
        }
        let of_name = CheckRunFilter::new().name(&self.check).earlier_too();
        let mut runs =
            self.repo.client().items(self.repo.check_runs_of(&self.sha, &of_name).await?);
        let mut found: Option<CheckRun> = None;
        while let Some(run) = runs.next().await {
            let run = run?;
            let is_later = found.as_ref().is_none_or(|it| it.id < run.id);
            if is_later && run.external_id.as_deref() == Some(&*self.external_id) {
                found = Some(run);
            }
        }
        if let Some(found) = &found {
            self.id.store(found.id, Ordering::SeqCst);
        }
        self.is_doubtful.store(false, Ordering::SeqCst);
        Ok(found)
    }

    async fn create(&self, run: &NewCheckRun) -> Result<u64, Error> {
        match self.repo.create_check_run(&self.sha, &self.check, run).await {
            Ok(created) => {
                self.id.store(created.id, Ordering::SeqCst);
                Ok(created.id)
            }
            Err(error) => {
                self.is_doubtful.store(true, Ordering::SeqCst);
                Err(error)
            }
        }
    }
}

/// A check run as it should be, with what may be told apart from the rest.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CheckReport {
    run: NewCheckRun,
    title: String,
    summary: String,
    text: Option<String>,
    annotations: Vec<hookstead_client::CheckAnnotation>,
}

impl CheckReport {
    /// The check run without the annotations that are there already.
    fn after(&self, annotations: usize) -> NewCheckRun {
        let output = CheckOutput::new(self.title.as_str(), self.summary.as_str());
        let output = self.text.iter().fold(output, |output, text| output.text(text.as_str()));
        let further = self.annotations.iter().skip(annotations).cloned();
        self.run.clone().output(further.fold(output, CheckOutput::annotation))
    }
}

impl Translate for CheckTarget {
    type Decoration = Option<String>;
    type Report = CheckReport;

    fn repo(&self) -> &Repo {
        &self.repo
    }

    fn name(&self) -> String {
        format!("check {} of {} for {}", self.check, self.sha, self.external_id)
    }

    fn short_name(&self) -> String {
        format!("check {} of {}", self.check, self.sha.short())
    }

    fn report(&self, saying: &Saying, details_url: &Option<String>) -> CheckReport {
        let verdict = saying.verdict();
        let (mut run, fallback) = match saying {
            Saying::Queued(_) => (NewCheckRun::queued(), "Queued".to_owned()),
            Saying::Running(_) => (NewCheckRun::in_progress(), "Running".to_owned()),
            Saying::Ended(verdict) => {
                let usual = match verdict.state() {
                    StatusState::Success => CheckConclusion::Success,
                    _ => CheckConclusion::Failure,
                };
                let conclusion = verdict.conclusion.clone().unwrap_or(usual);
                let fallback = conclusion.to_string();
                (NewCheckRun::completed(conclusion), fallback)
            }
        };
        run = run.external_id(self.external_id.as_str());
        // One that cannot be used leaves the one before.
        let own = verdict.and_then(|verdict| verdict.link.as_ref());
        for url in details_url.iter().chain(own) {
            run = run.details_url(url);
        }
        for action in verdict.iter().flat_map(|verdict| &verdict.actions) {
            run = run.action(action.clone());
        }
        // GitHub wants both.
        let title = Some(saying.description()).filter(|it| !it.trim().is_empty());
        let title = title.unwrap_or(&fallback).to_owned();
        let summary = verdict.and_then(|verdict| verdict.summary.clone());
        let summary = summary.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| title.clone());
        let text = verdict.and_then(|verdict| verdict.text.clone());
        let annotations = verdict.map(|verdict| verdict.annotations.clone()).unwrap_or_default();
        CheckReport { run, title, summary, text, annotations }
    }

    async fn look(&self, report: &CheckReport, _: Option<u64>) -> Result<Sight, Error> {
        let Some(found) = self.find().await? else { return Ok(Sight::default()) };
        let output = found.output.unwrap_or_default();
        let title = output.title.unwrap_or_default();
        let text = |name| field(&report.run, name);
        let is_said = Some(found.status.to_string()) == text("status")
            && found.conclusion.as_ref().map(ToString::to_string) == text("conclusion")
            && title == report.title
            && output.annotations_count >= report.annotations.len();
        Ok(Sight {
            latest: Some(found.id),
            is_said,
            is_open: found.status != CheckStatus::Completed || words::promise_another(&title),
            // The check run is this task's own.
            is_overtaken: false,
            annotations: output.annotations_count,
        })
    }

    async fn post(&self, report: &CheckReport, sight: Option<&Sight>) -> Result<u64, Error> {
        let mut annotations = sight.map_or(0, |sight| sight.annotations);
        if self.id().is_none() && self.is_doubtful.load(Ordering::SeqCst) {
            // Two of them would be worse than none.
            annotations =
                self.find().await?.and_then(|it| it.output).unwrap_or_default().annotations_count;
        }
        let run = report.after(annotations);
        match self.id() {
            Some(id) => self.repo.update_check_run(id, &run).await.map(|_| id),
            None => self.create(&run).await,
        }
    }
}
