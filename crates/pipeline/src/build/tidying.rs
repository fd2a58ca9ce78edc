//! Housekeeping in the mirrors, while no build of their repository is at work.

use hookstead::types::RepoName;
use tokio::task::spawn_blocking;

use super::pipeline::Pipeline;
use super::pipeline_error::PipelineError;
use crate::journal::BuildFilter;

/// So many builds are looked at: more do not wait or run.
const MOST: u32 = 100_000;

impl Pipeline {
    /// Keeps house in the mirrors of this machine: packs those of the config's repositories, and removes those that
    /// nobody wants any more. A repository that has a build at work is left for the next time.
    ///
    /// # Errors
    ///
    /// Fails when the folder of the mirrors cannot be read. What goes wrong with one mirror is in the log.
    pub async fn tidy_mirrors(&self) -> Result<(), PipelineError> {
        let current = self.current();
        let checkouts = current.checkouts.clone();
        let found = spawn_blocking(move || checkouts.mirrored()).await;
        for repo in found.map_err(PipelineError::new)?.map_err(PipelineError::new)? {
            let is_wanted = current.config.project_of(&repo).is_some();
            let tidied =
                current.checkouts.tidy(&repo, is_wanted, async || self.is_idle(&repo).await);
            match tidied.await {
                Ok(tidied) => tracing::debug!(%repo, ?tidied, "kept house in a mirror"),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, %repo, "a mirror is not tidied");
                }
            }
        }
        Ok(())
    }

    /// Whether no build of the repository waits or runs. While nobody can say, it is not.
    async fn is_idle(&self, repo: &RepoName) -> bool {
        match self.journal().builds(&BuildFilter::AtWork, None, MOST).await {
            Ok(builds) => builds.iter().all(|build| build.what.repo != *repo),
            Err(error) => {
                tracing::warn!(%error, "the journal does not say what runs");
                false
            }
        }
    }
}
