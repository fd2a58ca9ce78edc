//! Writes down the outcomes, those that are ready at the same time in one call of the store.

use std::error::Error;
use std::sync::Arc;

use tokio::time::{Instant, sleep, sleep_until};

use super::STORE_BACK_OFF;
use super::attempt::interrupted;
use super::ended;
use super::outcomes::{AttemptEnds, Outcome};
use super::shared::Shared;
use super::taken::Taken;
use crate::{LeaseToken, Rank, Settled, Settlement, log};

/// At most so many outcomes are written in one call, so that no call takes long.
const MOST_AT_ONCE: usize = 256;

/// While fewer outcomes wait to be written, the slots of handlers that have done their work are free
/// before that is written. Beyond that the store is too slow for more.
const MOST_AHEAD: usize = 256;

/// An outcome that the store refuses so often, while it takes others, is given up; the lease then runs
/// out.
const MOST_FAILURES: u32 = 12;

/// What is to be written.
struct Unsettled {
    taken: Arc<Taken>,
    settlement: Settlement,
    /// The store has refused it so often.
    failures: u32,
    /// It has refused it alone, and taken others since.
    is_alone_in_it: bool,
    retry_at: Instant,
}

/// Writes outcomes for as long as it is polled, and for as long as the store takes to take them.
pub(super) async fn settle_forever(shared: Arc<Shared>) {
    let mut settler = Settler { shared, unsettled: Vec::new(), failures: 0 };
    loop {
        let outcomes = settler.outcomes().await;
        for outcome in outcomes {
            settler.add(outcome);
        }
        settler.write().await;
    }
}

struct Settler {
    shared: Arc<Shared>,
    unsettled: Vec<Unsettled>,
    /// So many calls in a row have failed.
    failures: u32,
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
        if settlement == Settlement::Done && self.failures == 0 && self.unsettled.len() < MOST_AHEAD
        {
            taken.free_slot();
        }
        let (failures, retry_at) = (0, Instant::now());
        let is_alone_in_it = false;
        self.unsettled.push(Unsettled { taken, settlement, failures, is_alone_in_it, retry_at });
    }

    /// Writes what is due: together what was never refused, and one by one what was.
    async fn write(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.unsettled)
            .into_iter()
            .partition::<Vec<_>, _>(|unsettled| unsettled.retry_at <= now);
        self.unsettled = later;
        let (mut good, refused) =
            due.into_iter().partition::<Vec<_>, _>(|unsettled| unsettled.failures == 0);
        while !good.is_empty() {
            let rest = good.split_off(good.len().min(MOST_AT_ONCE));
            self.call(std::mem::replace(&mut good, rest)).await;
        }
        for unsettled in refused {
            self.call(vec![unsettled]).await;
        }
    }

    async fn call(&mut self, batch: Vec<Unsettled>) {
        let call: Vec<(LeaseToken, Settlement)> =
            batch.iter().map(|it| (it.taken.token, it.settlement.clone())).collect();
        match self.shared.inbox.store().settle(&call).await {
            Ok(answers) => {
                self.failures = 0;
                for unsettled in self.unsettled.iter_mut().filter(|it| it.failures > 0) {
                    unsettled.is_alone_in_it = true;
                }
                for (unsettled, settled) in batch.into_iter().zip(answers) {
                    self.settled(unsettled, settled);
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "will try again to settle tasks");
                self.failures += 1;
                self.refused(batch);
                // One that is refused must not slow down the others much; a store that is down must not be
                // asked all the time.
                sleep(STORE_BACK_OFF.delay(self.failures)).await;
            }
        }
    }

    fn refused(&mut self, batch: Vec<Unsettled>) {
        for mut unsettled in batch {
            unsettled.failures += 1;
            if unsettled.failures > MOST_FAILURES && unsettled.is_alone_in_it {
                let about = unsettled.taken.about();
                log::lost(about, "because the store refuses its outcome");
                self.shared.holdings.remove(unsettled.taken.token);
                continue;
            }
            unsettled.retry_at = Instant::now() + STORE_BACK_OFF.delay(unsettled.failures);
            self.unsettled.push(unsettled);
        }
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
