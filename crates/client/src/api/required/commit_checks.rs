use hookstead_types::{CheckConclusion, CheckStatus, StatusState};

use crate::api::check_run::{CheckRun, CheckRunFilter};
use crate::api::required::required_checks::{RequiredCheck, RequiredChecks, Unread, is_forbidden};
use crate::api::status::Status;
use crate::engine::error::Error;
use crate::repo::Repo;

/// What is required of a commit and what is green: its statuses and check runs together, and what the branch
/// requires that it is to be merged into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommitChecks {
    /// The last status of each context, the latest check run of each name, and what is required and not
    /// there.
    pub checks: Vec<CommitCheck>,
    /// Whether the commit must have all commits of the branch before it is merged.
    pub is_strict: bool,
    /// What the token may not read: there may be more than is shown here.
    pub unread: Vec<Unread>,
}

/// A status or a check run of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommitCheck {
    /// The context of the status, or the name of the check run.
    pub name: String,
    /// How it stands.
    pub state: CheckState,
    /// Whether the branch requires it.
    pub is_required: bool,
    /// What it is.
    pub source: CheckSource,
    /// The number of the App that made a check run, or must make what is missing.
    pub app_id: Option<u64>,
    /// Where its link leads.
    pub url: Option<String>,
}

/// What a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckSource {
    /// A commit status.
    Status,
    /// A check run.
    CheckRun,
    /// It is required, and there is neither.
    Nothing,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckState {
    /// It is green: a status' success; a check run that is a success, neutral or skipped.
    Passed,
    /// It has not ended.
    Pending,
    /// It ended otherwise. A word of GitHub's that this version does not know counts as this.
    Failed,
    /// It is required, and nobody has reported it yet.
    Missing,
}

impl CommitChecks {
    /// What the branch requires.
    pub fn required(&self) -> impl Iterator<Item = &CommitCheck> {
        self.checks.iter().filter(|check| check.is_required)
    }

    /// Whether it is sure that everything required is green. It is not where the token could not read
    /// everything; [`unread`](Self::unread) says what.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.unread.is_empty() && self.required().all(|check| check.state == CheckState::Passed)
    }

    /// Whether it is sure that everything is green, required or not. A commit without any check is.
    #[must_use]
    pub fn is_all_green(&self) -> bool {
        self.is_green() && self.checks.iter().all(|check| check.state == CheckState::Passed)
    }

    fn of(required: RequiredChecks, statuses: Vec<Status>, runs: Vec<CheckRun>) -> Self {
        let mut checks: Vec<CommitCheck> =
            statuses.into_iter().map(of_status).chain(runs.into_iter().map(of_run)).collect();
        for wanted in &required.checks {
            let mut is_there = false;
            for check in checks.iter_mut().filter(|check| fulfils(check, wanted)) {
                check.is_required = true;
                is_there = true;
            }
            if !is_there {
                checks.push(missing(wanted));
            }
        }
        Self { checks, is_strict: required.is_strict, unread: required.unread }
    }
}

/// Whether a check is the one that is wanted. A status does not say which App made it, so where an App's is
/// wanted, only a check run of that App will do.
fn fulfils(check: &CommitCheck, wanted: &RequiredCheck) -> bool {
    let is_app = wanted.app_id.is_none() || wanted.app_id == check.app_id;
    is_app && check.name.eq_ignore_ascii_case(&wanted.name)
}

fn of_status(status: Status) -> CommitCheck {
    CommitCheck {
        state: match status.state {
            StatusState::Success => CheckState::Passed,
            StatusState::Pending => CheckState::Pending,
            _ => CheckState::Failed,
        },
        name: status.context,
        is_required: false,
        source: CheckSource::Status,
        app_id: None,
        url: status.target_url,
    }
}

fn of_run(run: CheckRun) -> CommitCheck {
    use CheckConclusion::{Neutral, Pending, Skipped, Success, Waiting};
    CommitCheck {
        state: match (&run.status, &run.conclusion) {
            (CheckStatus::Completed, Some(Success | Neutral | Skipped)) => CheckState::Passed,
            (CheckStatus::Completed, Some(Pending | Waiting)) => CheckState::Pending,
            (CheckStatus::Completed, _) => CheckState::Failed,
            _ => CheckState::Pending,
        },
        name: run.name,
        is_required: false,
        source: CheckSource::CheckRun,
        app_id: run.app.map(|app| app.id),
        url: run.details_url.or(run.html_url),
    }
}

fn missing(wanted: &RequiredCheck) -> CommitCheck {
    CommitCheck {
        name: wanted.name.clone(),
        state: CheckState::Missing,
        is_required: true,
        source: CheckSource::Nothing,
        app_id: wanted.app_id,
        url: None,
    }
}

impl Repo {
    /// Gets what is required of a commit that is to be merged into a branch, and what is green: statuses and
    /// check runs together. What the token may not read is named in [`unread`](CommitChecks::unread) and
    /// no error.
    ///
    /// ```no_run
    /// # async fn look(repo: hookstead_client::Repo, sha: hookstead_client::Sha)
    /// # -> Result<(), hookstead_client::Error> {
    /// let checks = repo.checks_of(&sha, "main").await?;
    /// if !checks.is_green() {
    ///     for check in checks.required() {
    ///         println!("{} is {:?}", check.name, check.state);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It makes four calls, or more where there are many checks: those of
    /// [`required_checks`](Self::required_checks), [`combined_status`](Self::combined_status) and
    /// [`check_runs_of`](Self::check_runs_of), whose permissions it needs.
    ///
    /// # Errors
    ///
    /// Fails when there is no such commit or branch (404, 422) or a call fails on the way, see [`Error`].
    pub async fn checks_of(
        &self,
        git_ref: impl AsRef<str>,
        base: impl AsRef<str>,
    ) -> Result<CommitChecks, Error> {
        let git_ref = git_ref.as_ref();
        let mut required = self.required_checks(base).await?;
        let statuses = match self.combined_status(git_ref).await {
            Ok(combined) => combined.statuses,
            Err(error) if is_forbidden(&error) => {
                required.unread.push(Unread::Statuses);
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let runs = match self.all_check_runs(git_ref).await {
            Ok(runs) => runs,
            Err(error) if is_forbidden(&error) => {
                required.unread.push(Unread::CheckRuns);
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        Ok(CommitChecks::of(required, statuses, runs))
    }

    async fn all_check_runs(&self, git_ref: &str) -> Result<Vec<CheckRun>, Error> {
        let page = self.check_runs_of(git_ref, &CheckRunFilter::new()).await?;
        self.all(page).await
    }
}
