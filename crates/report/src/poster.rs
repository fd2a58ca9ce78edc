use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hookstead_client::{Error, NewStatus, Repo};
use hookstead_types::Sha;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::outstanding::Outstanding;
use crate::slot::{Posted, Slot};

/// Posts the statuses of one reporter, unless there is a reason not to.
#[derive(Debug)]
pub(crate) struct Poster {
    pub(crate) repo: Repo,
    pub(crate) sha: Sha,
    pub(crate) context: String,
    pub(crate) slot: Arc<Slot>,
    pub(crate) number: u64,
    steps: Steps,
}

/// The order in which the statuses of one reporter were meant. Their tasks may start in another.
#[derive(Debug, Default)]
struct Steps {
    begun: AtomicU64,
    /// The last one that had its turn.
    done: AtomicU64,
}

/// Whether GitHub is asked first if somebody else took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    First,
    No,
}

impl Poster {
    pub(crate) fn new(repo: &Repo, sha: &Sha, context: String) -> Self {
        let (slot, number) = Slot::join(repo, sha, &context);
        let (repo, sha, steps) = (repo.clone(), sha.clone(), Steps::default());
        Self { repo, sha, context, slot, number, steps }
    }

    /// Posts a status in a task of its own. Dropping whoever waits for it therefore neither tears
    /// off a call half-way, which GitHub might carry out later all the same, nor lets the next status
    /// overtake it.
    pub(crate) fn spawn(
        self: &Arc<Self>,
        runtime: &Handle,
        status: NewStatus,
        look: Look,
    ) -> JoinHandle<Result<(), Error>> {
        let (poster, counted) = (self.clone(), Outstanding::new());
        let step = self.steps.begun.fetch_add(1, Ordering::SeqCst);
        let posting = async move {
            let outcome = poster.post(step, status, look).await;
            drop(counted);
            outcome
        };
        runtime.spawn(posting.in_current_span())
    }

    /// Posts a status at its turn.
    async fn post(&self, step: u64, status: NewStatus, look: Look) -> Result<(), Error> {
        let mut last = self.slot.turn.lock().await;
        let (repo, sha, context) = (self.repo.name(), &self.sha, &self.context);
        if self.slot.is_taken_from(self.number) {
            tracing::debug!(%repo, %sha, %context, "a newer build took over, posting nothing");
            return Ok(());
        }
        if self.steps.done.fetch_max(step, Ordering::SeqCst) > step {
            return Ok(());
        }
        let own = last.as_ref().filter(|last| last.by == self.number);
        if own.is_some_and(|own| own.status == status) {
            return Ok(());
        }
        if let (Look::First, Some(id)) = (look, own.and_then(|own| own.id))
            && self.is_superseded_elsewhere(id).await
        {
            tracing::warn!(
                %repo, %sha, %context,
                "somebody else posted a newer status, not overwriting it"
            );
            return Ok(());
        }
        // Until GitHub answers, nobody knows what is there.
        *last = None;
        let id = match self.repo.create_status(&self.sha, &status).await {
            Ok(created) => Some(created.id),
            Err(error) if error.took_effect() => None,
            Err(error) => {
                let error_text = &error as &dyn StdError;
                tracing::warn!(%repo, %sha, %context, error = error_text, "cannot post a status");
                return Err(error);
            }
        };
        *last = Some(Posted { by: self.number, status, id });
        Ok(())
    }

    /// Whether GitHub has a newer status of this context than the one with this id, which this
    /// reporter posted last. GitHub's ids grow; going by the order of the list alone would be misled
    /// by a replica that does not know the own one yet.
    async fn is_superseded_elsewhere(&self, own: u64) -> bool {
        match self.repo.statuses(&self.sha).await {
            Ok(page) => page.items.iter().any(|status| {
                status.id > own && status.context.to_lowercase() == self.context.to_lowercase()
            }),
            Err(error) => {
                // That the status arrives is worth more than certainty.
                let error = &error as &dyn StdError;
                tracing::debug!(error, "cannot look for a newer status, posting anyway");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookstead_client::Client;
    use hookstead_client::RetryPolicy;
    use hookstead_client::Token;

    #[tokio::test]
    async fn a_status_whose_task_starts_late_is_not_posted() {
        // Nobody listens there, so whatever is posted fails.
        let client = Client::builder(Token::new("t").unwrap()).base_url("http://127.0.0.1:1");
        let client = client.retries(RetryPolicy::never()).build().unwrap();
        let repo = client.repo(&"poster/steps".parse().unwrap());
        let sha = "a".repeat(40).parse().unwrap();
        let poster = Poster::new(&repo, &sha, "ci/demo".to_owned());
        assert!(poster.post(1, NewStatus::error(), Look::No).await.is_err());
        assert!(poster.post(0, NewStatus::pending(), Look::No).await.is_ok());
        assert!(poster.post(2, NewStatus::pending(), Look::No).await.is_err());
    }
}
