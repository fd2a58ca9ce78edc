use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hookstead_client::Error;
use hookstead_handler::Attempt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::outstanding::Outstanding;
use crate::slot::{Posted, Slot};
use crate::target::{Sight, Target};

/// Posts the reports of one reporter, unless there is a reason not to.
pub(crate) struct Poster<T: Target> {
    pub(crate) target: T,
    pub(crate) slot: Arc<Slot>,
    pub(crate) number: u64,
    /// The run of the work that it reports on: all its attempts have the same.
    pub(crate) work: String,
    /// GitHub's number of the last report of this work, by whichever attempt; 0 if it is unknown.
    own: AtomicU64,
    /// Whether an earlier attempt may have left something that nobody has looked at yet.
    is_unseen: AtomicBool,
    steps: Steps,
}

/// The order in which the reports of one reporter were meant. Their tasks may start in another.
#[derive(Debug, Default)]
struct Steps {
    begun: AtomicU64,
    /// The last one that had its turn.
    done: AtomicU64,
}

/// Which word a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Others follow.
    First,
    /// None follows: GitHub is asked whether somebody else took over.
    Last,
}

impl<T: Target> Poster<T> {
    pub(crate) fn new(target: T, attempt: &Attempt) -> Self {
        let work = format!("{} {} {}", attempt.handler(), attempt.delivery().id, attempt.run());
        let is_later = attempt.number() > 1;
        let (slot, number) = Slot::join(target.repo(), target.name());
        let (own, steps) = (AtomicU64::new(0), Steps::default());
        Self { target, slot, number, work, own, is_unseen: AtomicBool::new(is_later), steps }
    }

    /// GitHub's number of the last report of this work, if it is known.
    pub(crate) fn own(&self) -> Option<u64> {
        Some(self.own.load(Ordering::SeqCst)).filter(|own| *own != 0)
    }

    /// Learns it from an earlier attempt.
    pub(crate) fn set_own(&self, own: Option<u64>) {
        self.own.store(own.unwrap_or_default(), Ordering::SeqCst);
    }

    /// Posts a report in a task of its own. Dropping whoever waits for it therefore neither tears
    /// off a call half-way, which GitHub might carry out later all the same, nor lets the next report
    /// overtake it.
    pub(crate) fn spawn(
        self: &Arc<Self>,
        runtime: &Handle,
        report: T::Report,
        word: Word,
    ) -> JoinHandle<Result<(), Error>> {
        let (poster, counted) = (self.clone(), Outstanding::new());
        let step = self.steps.begun.fetch_add(1, Ordering::SeqCst);
        let posting = async move {
            let outcome = poster.post(step, report, word).await;
            drop(counted);
            outcome
        };
        runtime.spawn(posting.in_current_span())
    }

    /// Posts a report at its turn.
    async fn post(&self, step: u64, report: T::Report, word: Word) -> Result<(), Error> {
        let mut last = self.slot.turn.lock().await;
        let (repo, on) = (self.target.repo().name(), self.target.short_name());
        if self.slot.is_taken_from(self.number) {
            tracing::debug!(%repo, on, "newer work took over, posting nothing");
            return Ok(());
        }
        if self.steps.done.fetch_max(step, Ordering::SeqCst) > step {
            return Ok(());
        }
        let said = serde_json::to_string(&report).unwrap_or_default();
        let own = last.as_ref().filter(|last| last.by == self.number);
        if own.is_some_and(|own| own.said == said) {
            return Ok(());
        }
        let sight = self.sight(&report, word).await;
        if let Some(sight) = &sight {
            if word == Word::Last && sight.is_overtaken {
                tracing::warn!(%repo, on, "newer work reports elsewhere, not overwriting it");
                return Ok(());
            }
            if sight.is_said {
                tracing::debug!(%repo, on, "an earlier attempt has said so already");
                self.set_own(sight.latest);
                *last = Some(Posted { by: self.number, said });
                return Ok(());
            }
        }
        // Until GitHub answers, nobody knows what is there.
        *last = None;
        match self.target.post(&report, sight.as_ref()).await {
            Ok(id) => self.set_own(Some(id)),
            // Its answer could not be read.
            Err(error) if error.took_effect() => {}
            Err(error) => {
                let error_text = &error as &dyn StdError;
                tracing::warn!(%repo, on, error = error_text, "cannot post a report");
                return Err(error);
            }
        }
        *last = Some(Posted { by: self.number, said });
        Ok(())
    }

    /// Looks at what GitHub has, where that matters: before the last word, and once after an earlier
    /// attempt.
    async fn sight(&self, report: &T::Report, word: Word) -> Option<Sight> {
        let own = self.own();
        let is_unseen = self.is_unseen.swap(false, Ordering::SeqCst);
        if !(is_unseen || (word == Word::Last && own.is_some())) {
            return None;
        }
        match self.target.look(report, own).await {
            Ok(sight) => Some(sight),
            Err(error) => {
                // That the report arrives is worth more than certainty.
                let error = &error as &dyn StdError;
                tracing::debug!(error, "cannot look for earlier and newer reports, posting anyway");
                None
            }
        }
    }
}
