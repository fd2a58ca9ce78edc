//! Writes down the outcomes, those that are ready at the same time in one call of the store.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;

use tokio::time::{Instant, sleep, sleep_until};

use super::attempt::interrupted;
use super::ended;
use super::outcomes::{AttemptEnds, Outcome};
use super::settings::STORE_BACK_OFF;
use super::shared::Shared;
use super::taken::Taken;
use crate::log;
use crate::store::lease::LeaseToken;
use crate::store::rank::Rank;
use crate::store::settlement::{Settled, Settlement};

/// At most so many outcomes are written in one call, so that no call takes long.
const MOST_AT_ONCE: usize = 256;

/// An outcome that the store refuses so often, while it takes others, is given up; the lease then runs
/// out.
const MOST_REFUSALS: u32 = 12;

/// What is to be written.
struct Unsettled {
    taken: Arc<Taken>,
    settlement: Settlement,
    /// The store has refused it so often alone, while it took others.
    refusals: u32,
    retry_at: Instant,
}

/// Writes outcomes for as long as it is polled, and for as long as the store takes to take them.
pub(super) async fn settle_forever(shared: Arc<Shared>) {
    let mut settler =
        Settler { shared, unsettled: VecDeque::new(), failures: 0, at_once: MOST_AT_ONCE };
    loop {
        let outcomes = settler.outcomes().await;
        for outcome in outcomes {
            settler.add(outcome);
        }
        settler.say_unwritten();
        settler.write().await;
        settler.say_unwritten();
    }
}

struct Settler {
    shared: Arc<Shared>,
    unsettled: VecDeque<Unsettled>,
    /// So many calls in a row have failed.
    failures: u32,
    /// So many go into one call: half as many after one that failed, for it may be one among them that the
    /// store refuses; and twice as many after one that did not.
    at_once: usize,
}

impl Settler {
    /// Waits until there is something to write, if only again.
    async fn outcomes(&self) -> Vec<Outcome> {
        let next = self.unsettled.iter().map(|unsettled| unsettled.retry_at).min();
        let Some(next) = next else { return self.shared.outcomes.next().await };
        tokio::select! {
            outcomes = self.shared.outcomes.next() => outcomes,
            () = sleep_until(next) => self.shared.outcomes.take(),
        }
    }

    fn add(&mut self, Outcome { taken, end }: Outcome) {
        let settlement = match end {
            AttemptEnds::Settled(settlement) => Some(settlement),
            AttemptEnds::Dropped => match taken.why() {
                Some(why) => interrupted(why),
                None if self.shared.is_stopping() => Some(Settlement::Release),
                None => {
                    tracing::warn!(
                        "the runtime of the handlers is gone; a lease runs out by itself"
                    );
                    None
                }
            },
        };
        if taken.counters.abandoned >= Rank::SUSPECT_AFTER {
            // The next one that may be what ends its process may begin.
            self.shared.nudge();
        }
        let Some(settlement) = settlement else { return self.shared.holdings.remove(taken.token) };
        let retry_at = Instant::now();
        self.unsettled.push_back(Unsettled { taken, settlement, refusals: 0, retry_at });
    }

    fn say_unwritten(&self) {
        self.shared.outcomes.set_unwritten(self.unsettled.len(), self.failures > 0);
    }

    /// Writes what is due.
    async fn write(&mut self) {
        let now = Instant::now();
        let mut batch: Vec<Unsettled> = Vec::new();
        let mut later = VecDeque::new();
        for unsettled in std::mem::take(&mut self.unsettled) {
            // What was refused is asked for alone.
            let is_alone = |it: &Unsettled| it.refusals > 0;
            let fits = batch.is_empty()
                || batch.len() < self.at_once
                    && !batch.iter().any(is_alone)
                    && !is_alone(&unsettled);
            if unsettled.retry_at <= now && fits {
                batch.push(unsettled);
            } else {
                later.push_back(unsettled);
            }
        }
        self.unsettled = later;
        if !batch.is_empty() {
            self.call(batch).await;
        }
    }

    async fn call(&mut self, batch: Vec<Unsettled>) {
        let call: Vec<(LeaseToken, Settlement)> =
            batch.iter().map(|it| (it.taken.token, it.settlement.clone())).collect();
        match self.shared.inbox.store().settle(&call).await {
            Ok(answers) => {
                self.failures = 0;
                self.at_once = (self.at_once * 2).min(MOST_AT_ONCE);
                for (unsettled, settled) in batch.into_iter().zip(answers) {
                    self.settled(unsettled, settled);
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "will try again to settle tasks");
                self.refused(batch).await;
            }
        }
    }

    async fn refused(&mut self, mut batch: Vec<Unsettled>) {
        let halved = batch.len() > 1;
        if halved {
            self.at_once = batch.len() / 2;
        }
        if let [unsettled] = &mut batch[..]
            && self.failures == 0
        {
            // It alone is refused: the others need not wait.
            unsettled.refusals += 1;
            unsettled.retry_at = Instant::now() + STORE_BACK_OFF.longest(unsettled.refusals);
            if unsettled.refusals >= MOST_REFUSALS {
                log::lost(unsettled.taken.about(), "because the store refuses its outcome");
                self.shared.holdings.remove(unsettled.taken.token);
                return;
            }
        }
        self.failures += 1;
        // The others first.
        self.unsettled.extend(batch);
        // Halving is to be over soon; a store that is down must not be asked all the time.
        let failures = if halved { 1 } else { self.failures };
        sleep(STORE_BACK_OFF.delay(failures)).await;
    }

    fn settled(&self, unsettled: Unsettled, settled: Settled) {
        let Unsettled { taken, settlement, .. } = unsettled;
        log::settled(taken.about(), &settlement, settled);
        let end = match (settled, settlement) {
            (Settled::MustEnd(end), _) | (Settled::Settled, Settlement::End { end, .. }) => end,
            (Settled::Settled | Settled::Lost, _) => {
                return self.shared.holdings.remove(taken.token);
            }
        };
        ended::begin(&self.shared, taken, end, None);
    }
}
