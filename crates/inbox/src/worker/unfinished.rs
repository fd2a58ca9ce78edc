//! An attempt on its way: whoever waits for its end hears of it.

use std::sync::Arc;

use hookstead_handler::{Attempt, AttemptParts, Delivery};

use super::keeper::Keeper;
use super::outcomes::AttemptEnds;
use super::shared::Shared;
use super::taken::Taken;

/// An attempt that has no outcome yet. Dropped, it says so: whoever waits for its end hears of it
/// however it ends.
pub(super) struct Unfinished {
    pub(super) shared: Arc<Shared>,
    pub(super) taken: Arc<Taken>,
    is_finished: bool,
}

impl Unfinished {
    pub(super) fn new(shared: &Arc<Shared>, taken: &Arc<Taken>) -> Self {
        Self { shared: Arc::clone(shared), taken: Arc::clone(taken), is_finished: false }
    }

    /// What the handler gets.
    pub(super) fn attempt(&self, delivery: Delivery) -> Attempt {
        let Self { shared, taken, .. } = self;
        Attempt::new(AttemptParts {
            delivery,
            handler: taken.registered.name().clone(),
            run: taken.run,
            number: taken.number,
            kept: taken.steps(),
            keeper: Arc::new(Keeper::new(shared, taken)),
        })
    }

    pub(super) fn finish(mut self, ends: AttemptEnds) {
        self.add(ends);
    }

    fn add(&mut self, ends: AttemptEnds) {
        self.is_finished = true;
        let ends = if self.taken.has_stopped() { ends } else { AttemptEnds::Dropped };
        self.shared.outcomes.add(Arc::clone(&self.taken), ends);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            self.add(AttemptEnds::Dropped);
        }
    }
}
