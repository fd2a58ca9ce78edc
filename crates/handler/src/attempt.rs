use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::SetOnce;

use crate::delivery::Delivery;
use crate::error::HandlerError;
use crate::interruption::Interruption;
use crate::name::HandlerName;
use crate::step_keeper::{KeptStep, NoKeeper, StepKeeper};

/// One attempt at one handler's work on one delivery: what a handler gets beside its event.
///
/// The work is a *task*. A *run* of it begins when the delivery is accepted, or somebody asks for it
/// anew; an attempt is one try within a run.
///
/// Cloning is cheap, and all clones are the same attempt.
#[derive(Clone)]
pub struct Attempt {
    inner: Arc<Inner>,
}

struct Inner {
    delivery: Delivery,
    handler: HandlerName,
    run: u32,
    number: u32,
    interruption: SetOnce<Interruption>,
    steps: Mutex<Steps>,
    keeper: Arc<dyn StepKeeper>,
}

/// What an attempt knows of its steps.
#[derive(Default)]
pub(crate) struct Steps {
    /// Those of earlier attempts, and of this one.
    pub(crate) kept: Vec<KeptStep>,
    /// The names that were used in this attempt.
    pub(crate) begun: Vec<String>,
}

/// What an [`Attempt`] is made of, for those who write a worker.
#[allow(missing_debug_implementations, reason = "nobody prints the parts, and the keeper has none")]
pub struct AttemptParts {
    /// What arrived.
    pub delivery: Delivery,
    /// The full name of the handler whose work it is.
    pub handler: HandlerName,
    /// Which run of the task this is, from 1.
    pub run: u32,
    /// Which attempt within the run, from 1.
    pub number: u32,
    /// The steps that earlier attempts of the run have done.
    pub kept: Vec<KeptStep>,
    /// Where new ones go.
    pub keeper: Arc<dyn StepKeeper>,
}

impl Attempt {
    /// An attempt of these parts, for those who write a worker.
    #[must_use]
    pub fn new(parts: AttemptParts) -> Self {
        let AttemptParts { delivery, handler, run, number, kept, keeper } = parts;
        let steps = Mutex::new(Steps { kept, begun: Vec::new() });
        let interruption = SetOnce::new();
        Self {
            inner: Arc::new(Inner { delivery, handler, run, number, interruption, steps, keeper }),
        }
    }

    /// Makes an attempt outside of any inbox, for the tests of a handler. It is the first one of the first
    /// run, of the handler `test.handler`. It keeps its steps in memory.
    ///
    /// ```
    /// use hookstead_handler::{Attempt, Delivery};
    ///
    /// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "{}");
    /// let attempt = Attempt::for_test(delivery);
    /// assert_eq!((attempt.run(), attempt.number()), (1, 1));
    /// # Ok::<(), hookstead_handler::InvalidDeliveryId>(())
    /// ```
    #[must_use]
    pub fn for_test(delivery: Delivery) -> Self {
        Self::new(AttemptParts {
            delivery,
            handler: HandlerName::full("test", "handler"),
            run: 1,
            number: 1,
            kept: Vec::new(),
            keeper: Arc::new(NoKeeper),
        })
    }

    /// The attempt that follows this one in its run, for the tests of a handler: it knows the steps
    /// that were done, and nothing has interrupted it.
    #[must_use]
    pub fn next_for_test(&self) -> Self {
        Self::new(AttemptParts {
            delivery: self.delivery().clone(),
            handler: self.handler().clone(),
            run: self.run(),
            number: self.number().saturating_add(1),
            kept: self.steps().kept.clone(),
            keeper: Arc::clone(&self.inner.keeper),
        })
    }

    /// What arrived.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.inner.delivery
    }

    /// The installation of a GitHub App that the delivery is for: by its rights the App acts there.
    ///
    /// # Errors
    ///
    /// A permanent error if there is none: the hook is a repository's or an organization's.
    pub fn installation(&self) -> Result<u64, HandlerError> {
        let none = "the delivery names no installation: its hook is no GitHub App's";
        self.delivery().installation.ok_or_else(|| HandlerError::permanent(none))
    }

    /// The full name under which the handler is registered.
    #[must_use]
    pub fn handler(&self) -> &HandlerName {
        &self.inner.handler
    }

    /// Which attempt within its [run](Self::run) this is, from 1. It only tells: waits, outages and
    /// attempts that were cut off are counted here as well.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.inner.number
    }

    /// Which run of the task this is, from 1: somebody may have asked for it anew.
    #[must_use]
    pub fn run(&self) -> u32 {
        self.inner.run
    }

    /// Why this attempt is interrupted, if it is; for whoever is dropped and wants to leave word.
    #[must_use]
    pub fn interruption(&self) -> Option<Interruption> {
        self.inner.interruption.get().copied()
    }

    /// Says why this attempt is interrupted, to all clones; the first reason stays. For those who write
    /// a worker, before they drop the handler's future. *Superseded*, *canceled* and *lease lost* make
    /// [`Registered::run`](crate::Registered::run) drop it.
    pub fn interrupt(&self, why: Interruption) {
        // Only the first reason can be set, and that is the rule.
        let _ = self.inner.interruption.set(why);
    }

    /// Waits until the attempt is interrupted. At a shutdown there is some time left from then on; in
    /// all other cases the future of the handler is dropped at the same moment.
    pub async fn interrupted(&self) -> Interruption {
        *self.inner.interruption.wait().await
    }

    pub(crate) fn steps(&self) -> MutexGuard<'_, Steps> {
        // Nothing panics while it is locked; and if it did, the steps would still be right.
        self.inner.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keeper(&self) -> &dyn StepKeeper {
        &*self.inner.keeper
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Attempt")
            .field("handler", self.handler())
            .field("run", &self.run())
            .field("number", &self.number())
            .field("interruption", &self.interruption())
            .field("delivery", self.delivery())
            .finish()
    }
}
