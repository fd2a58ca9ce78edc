//! The handlers of a pipeline, with their lanes and pools.

use std::sync::Arc;

use hookstead::Router;
use hookstead::events::AnyEvent;
use hookstead::handler::Heads;

use super::building::Building;
use super::machine::Machine;
use super::pipeline::Pipeline;
use super::pipeline_error::PipelineError;
use super::planning::Planning;
use super::request::PipelineRequest;
use super::while_it_lives::WhileItLives;
use crate::config::Config;
use crate::journal::{BuildWork, Journal};
use crate::runner::Runner;

impl Pipeline {
    /// A pipeline for this config, on this machine.
    ///
    /// # Errors
    ///
    /// Fails when a secret of the config cannot be read or is none.
    pub fn new(
        config: Config,
        journal: Journal,
        runner: impl Runner + 'static,
        machine: impl Into<Machine>,
    ) -> Result<Self, PipelineError> {
        Self::with_handlers(config, journal, Arc::new(runner), machine.into(), handlers)
    }
}

fn handlers(pipeline: &Pipeline) -> Router {
    let is_from_outside = |event: &AnyEvent| !event.name().as_str().starts_with("hookstead.");
    let builds = pipeline.current().config.pools.builds;
    let planning = Arc::new(WhileItLives::new(pipeline, Planning));
    Router::new()
        .program(Pipeline::PROGRAM)
        .pool("builds", builds)
        .on_with::<AnyEvent>(Arc::clone(&planning), |registration| {
            registration.name("plan").when(is_from_outside)
        })
        .on_with::<PipelineRequest>(planning, |registration| registration.name("request"))
        .on_with::<BuildWork>(WhileItLives::new(pipeline, Building), |registration| {
            registration
                .name("build")
                .pool("builds")
                // One build of a job for each pull request or branch, of its newest commit.
                .lane(BuildWork::lane)
                .latest_by(|work| work.moment.clone())
                .heads(|work| Heads::new(work.before.as_ref(), &work.sha))
        })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::trying;
    use super::*;

    #[tokio::test]
    async fn a_pipeline_that_is_dropped_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let pipeline = trying::pipeline(dir.path()).await;
        let store = Arc::downgrade(&pipeline.journal().store());
        pipeline.inbox().start().await.unwrap();
        let (shared, weak) = (Arc::downgrade(&pipeline.shared), pipeline.downgrade());
        assert!(weak.upgrade().is_some());
        drop(pipeline);
        assert_eq!(shared.strong_count(), 0);
        assert!(weak.upgrade().is_none());
        // What the inbox does beside may just be at the store.
        let closed = async {
            while store.strong_count() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), closed).await.unwrap();
    }
}
