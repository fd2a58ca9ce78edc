use hookstead_client::{
    DeploymentFilter, DeploymentState, DeploymentStatus, Error, NewDeploymentStatus, Repo,
};
use hookstead_handler::Attempt;
use hookstead_types::StatusState;
use serde::Serialize;

use crate::reporter::Reporter;
use crate::target::{Saying, Sight, Translate, field};
use crate::words;

/// So many earlier deployments of an environment are looked at, to make them inactive. Those before were
/// looked at when these were.
const MOST_EARLIER: usize = 10;

/// Reports by the statuses of a deployment: `queued`, `in_progress`, then `success`, `failure` or `error`.
///
/// Permission: *Deployments* write, and push access; a classic token needs `repo_deployment`.
pub type DeploymentReporter = Reporter<DeploymentTarget>;

impl DeploymentReporter {
    /// Where the deployment's output is. One that is no `http://` or `https://` URL is left out.
    #[must_use]
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.decoration.log_url = Some(url.into());
        self
    }

    /// Where the deployed thing is; as [`log_url`](Self::log_url).
    #[must_use]
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.decoration.environment_url = Some(url.into());
        self
    }

    /// Whether GitHub makes earlier successful deployments of the environment inactive after a success.
    /// GitHub's default is yes, but it does so only where the environment is neither transient nor a
    /// production environment.
    #[must_use]
    pub fn auto_inactive(mut self, inactive: bool) -> Self {
        self.decoration.auto_inactive = Some(inactive);
        self
    }

    /// After a success, makes earlier successful deployments of the environment inactive by calls of its
    /// own: also where the environment is transient or a production environment. It looks at the ten
    /// latest ones. A failure is in the log and costs nothing else.
    #[must_use]
    pub fn replaces_earlier(mut self) -> Self {
        self.decoration.replaces_earlier = true;
        self
    }
}

/// A deployment, as a [`DeploymentReporter`] reports on it.
#[derive(Debug)]
pub struct DeploymentTarget {
    repo: Repo,
    id: u64,
}

/// What the user sets for all statuses of a deployment.
#[derive(Debug, Default)]
pub struct DeploymentDecoration {
    log_url: Option<String>,
    environment_url: Option<String>,
    auto_inactive: Option<bool>,
    replaces_earlier: bool,
}

/// A status of a deployment, and what goes with it.
#[derive(Debug, Clone, Serialize)]
pub struct DeploymentReport {
    status: NewDeploymentStatus,
    replaces_earlier: bool,
}

impl DeploymentTarget {
    pub(crate) fn reporter(repo: &Repo, id: u64, attempt: &Attempt) -> DeploymentReporter {
        Reporter::new(Self { repo: repo.clone(), id }, attempt)
    }

    fn is_said(&self, there: &DeploymentStatus, report: &DeploymentReport) -> bool {
        let text = |name| field(&report.status, name).unwrap_or_default();
        let is_same = |there: &Option<String>, name| {
            // GitHub shows an environment's URL that an earlier status had.
            text(name).is_empty() || there.as_deref() == Some(&*text(name))
        };
        there.state.as_ref() == text("state")
            && there.description.as_deref().unwrap_or_default() == text("description")
            && is_same(&there.log_url, "log_url")
            && is_same(&there.environment_url, "environment_url")
    }

    /// Makes earlier successful deployments of the same environment inactive.
    async fn replace_earlier(&self) -> Result<(), Error> {
        let Some(environment) = self.repo.deployment(self.id).await?.environment else {
            return Ok(());
        };
        let filter = DeploymentFilter::new().environment(environment);
        let mut earlier: Vec<u64> =
            self.repo.deployments(&filter).await?.items.iter().map(|it| it.id).collect();
        // GitHub's ids grow.
        earlier.retain(|id| *id < self.id);
        earlier.sort_unstable_by(|one, other| other.cmp(one));
        for id in earlier.into_iter().take(MOST_EARLIER) {
            let statuses = self.repo.deployment_statuses(id).await?.items;
            let latest = statuses.into_iter().max_by_key(|status| status.id);
            if latest.is_some_and(|latest| latest.state == DeploymentState::Success) {
                let inactive = NewDeploymentStatus::inactive();
                self.repo.create_deployment_status(id, &inactive).await?;
            }
        }
        Ok(())
    }
}

impl Translate for DeploymentTarget {
    type Decoration = DeploymentDecoration;
    type Report = DeploymentReport;

    fn repo(&self) -> &Repo {
        &self.repo
    }

    fn name(&self) -> String {
        format!("deployment {}", self.id)
    }

    fn short_name(&self) -> String {
        self.name()
    }

    fn report(&self, saying: &Saying, decoration: &DeploymentDecoration) -> DeploymentReport {
        let state = match saying {
            Saying::Queued(_) => DeploymentState::Queued,
            Saying::Running(_) => DeploymentState::InProgress,
            Saying::Ended(verdict) => match verdict.state() {
                StatusState::Success => DeploymentState::Success,
                StatusState::Failure => DeploymentState::Failure,
                _ => DeploymentState::Error,
            },
        };
        let is_success = state == DeploymentState::Success;
        let mut status = NewDeploymentStatus::new(state).description(saying.description());
        let verdict = saying.verdict();
        // One that cannot be used leaves the one before.
        let own = verdict.and_then(|verdict| verdict.link.as_ref());
        for url in decoration.log_url.iter().chain(own) {
            status = status.log_url(url);
        }
        let own = verdict.and_then(|verdict| verdict.environment_url.as_ref());
        for url in decoration.environment_url.iter().chain(own) {
            status = status.environment_url(url);
        }
        if let (true, Some(inactive)) = (is_success, decoration.auto_inactive) {
            status = status.auto_inactive(inactive);
        }
        DeploymentReport { status, replaces_earlier: is_success && decoration.replaces_earlier }
    }

    async fn look(&self, report: &DeploymentReport, own: Option<u64>) -> Result<Sight, Error> {
        use DeploymentState::{InProgress, Pending, Queued};
        let page = self.repo.deployment_statuses(self.id).await?;
        let Some(latest) = page.items.iter().max_by_key(|it| it.id) else {
            return Ok(Sight::default());
        };
        let is_pending = |it: &DeploymentStatus| matches!(it.state, Pending | Queued | InProgress);
        let promises = latest.description.as_deref().is_some_and(words::promise_another);
        Ok(Sight {
            latest: Some(latest.id),
            is_said: self.is_said(latest, report),
            is_open: is_pending(latest) || promises,
            is_overtaken: own
                .is_some_and(|own| page.items.iter().any(|it| it.id > own && is_pending(it))),
            annotations: 0,
        })
    }

    async fn post(&self, report: &DeploymentReport, _: Option<&Sight>) -> Result<u64, Error> {
        let created = self.repo.create_deployment_status(self.id, &report.status).await?;
        if report.replaces_earlier
            && let Err(error) = self.replace_earlier().await
        {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(deployment = self.id, error, "leaving earlier deployments active");
        }
        Ok(created.id)
    }
}
