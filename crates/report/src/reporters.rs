use std::fmt;
use std::time::Duration;

use hookstead_client::Repo;
use hookstead_handler::Attempt;
use hookstead_types::Sha;
use tokio::time::timeout;

use crate::on_check::{CheckReporter, CheckTarget};
use crate::on_deployment::{DeploymentReporter, DeploymentTarget};
use crate::on_status::{StatusReporter, StatusTarget};
use crate::outstanding;

/// Reports from an attempt to a repository: where client and handler meet.
///
/// ```no_run
/// use hookstead_client::{Repo, Sha};
/// use hookstead_handler::{Attempt, HandlerError};
/// use hookstead_report::Reporters;
///
/// # async fn build(_: &Sha) -> Result<bool, std::io::Error> { Ok(true) }
/// async fn check(repo: &Repo, sha: &Sha, attempt: &Attempt) -> Result<(), HandlerError> {
///     Reporters::new(repo, attempt).status(sha, "ci/demo").run(|| build(sha)).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Reporters {
    repo: Repo,
    attempt: Attempt,
}

impl Reporters {
    /// Reports to this repository what becomes of this attempt. Nothing is sent yet.
    #[must_use]
    pub fn new(repo: &Repo, attempt: &Attempt) -> Self {
        Self { repo: repo.clone(), attempt: attempt.clone() }
    }

    /// Reports by the statuses of this context of this commit. GitHub compares contexts without regard to
    /// case; one that it would refuse is changed as
    /// [`NewStatus::context`](hookstead_client::NewStatus::context) says.
    #[must_use]
    pub fn status(&self, sha: &Sha, context: impl Into<String>) -> StatusReporter {
        StatusTarget::reporter(&self.repo, sha, context, &self.attempt)
    }

    /// Reports by the statuses of this deployment; the number is GitHub's.
    #[must_use]
    pub fn deployment(&self, id: u64) -> DeploymentReporter {
        DeploymentTarget::reporter(&self.repo, id, &self.attempt)
    }

    /// Reports by a check run of this name on this commit. Only Apps can.
    #[must_use]
    pub fn check(&self, sha: &Sha, name: impl Into<String>) -> CheckReporter {
        CheckTarget::reporter(&self.repo, sha, name, &self.attempt)
    }

    /// Waits until every report that any reporter of this program is about to post has arrived or
    /// failed, at most this long; says whether that was enough. For the end of `main`: the runtime takes
    /// with it what is on its way.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use hookstead_report::Reporters;
    ///
    /// # async fn serve() -> std::io::Result<()> { Ok(()) }
    /// # async fn run() -> std::io::Result<()> {
    /// serve().await?;
    /// Reporters::finish(Duration::from_secs(5)).await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish(at_most: Duration) -> bool {
        timeout(at_most, outstanding::none_left()).await.is_ok()
    }
}

impl fmt::Debug for Reporters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reporters")
            .field("repo", self.repo.name())
            .field("attempt", &self.attempt)
            .finish()
    }
}
