use std::error::Error;
use std::sync::{Arc, Weak};

use hookstead_handler::{KeptStep, StepKeeper, StepNotKept, async_trait};
use tokio::time::{Instant, sleep};

use super::settings::STORE_BACK_OFF;
use super::shared::Shared;
use super::taken::{Stage, Taken};

/// Keeps the steps of an attempt in its store, under its lease.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    /// The task holds its attempt, and the attempt this.
    taken: Weak<Taken>,
}

impl Keeper {
    pub(super) fn new(shared: &Arc<Shared>, taken: &Arc<Taken>) -> Self {
        Self { shared: Arc::clone(shared), taken: Arc::downgrade(taken) }
    }
}

#[async_trait]
impl StepKeeper for Keeper {
    /// Where the store fails it is asked again, for as long as a lease lasts.
    async fn keep(&self, step: KeptStep) -> Result<(), StepNotKept> {
        let Some(taken) = self.taken.upgrade() else { return Err(StepNotKept::LeaseLost) };
        let lease = self.shared.settings.lease;
        let begun_at = Instant::now();
        let mut failures = 0;
        loop {
            if taken.stage() == Stage::Lost {
                return Err(StepNotKept::LeaseLost);
            }
            match self.shared.inbox.store().keep_step(taken.token, &step).await {
                Ok(true) => {
                    taken.keep_step(step);
                    return Ok(());
                }
                Ok(false) => {
                    self.shared.lose(&taken);
                    return Err(StepNotKept::LeaseLost);
                }
                Err(error) if begun_at.elapsed() >= lease => {
                    return Err(StepNotKept::Store(Box::new(error)));
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn Error, "will try again to keep a step");
                    failures += 1;
                    sleep(STORE_BACK_OFF.delay(failures).min(lease / 10)).await;
                }
            }
        }
    }
}
