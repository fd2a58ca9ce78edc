use async_trait::async_trait;
use hookstead::handler::End;
use hookstead::{Attempt, Handler, HandlerError};

use super::pipeline::{Pipeline, WeakPipeline};

/// A handler of a pipeline that does not keep it alive: the pipeline has the inbox, and the inbox the handlers.
pub(super) struct WhileItLives<H> {
    pipeline: WeakPipeline,
    handler: fn(Pipeline) -> H,
}

impl<H> WhileItLives<H> {
    pub(super) fn new(pipeline: &Pipeline, handler: fn(Pipeline) -> H) -> Self {
        Self { pipeline: pipeline.downgrade(), handler }
    }

    /// Somebody may have kept the inbox, and not the pipeline.
    fn handler(&self) -> Result<H, HandlerError> {
        let pipeline = self.pipeline.upgrade();
        pipeline.map(self.handler).ok_or_else(|| HandlerError::retry("the pipeline was dropped"))
    }
}

#[async_trait]
impl<E: Sync + 'static, H: Handler<E>> Handler<E> for WhileItLives<H> {
    async fn handle(&self, event: &E, attempt: &Attempt) -> Result<(), HandlerError> {
        self.handler()?.handle(event, attempt).await
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        self.handler()?.ended(attempt, end).await
    }
}
