//! Forgetting what was settled long ago.

use std::time::Duration;

use hookstead_handler::End;

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{DeliveryNumber, Standing, state_of};
use crate::store::purge::{Purge, Purged};
use crate::store::task_id::TaskId;

/// Why a task died that nobody took.
const UNTAKEN: &str = "no process took its name for too long";

impl Shelf {
    pub(super) fn purge(&mut self, purge: &Purge, now: Moment) -> Purged {
        let mut purged = Purged::default();
        self.purge_untaken(purge, &mut purged, now);
        for standing in [Standing::Settled, Standing::Dead] {
            let rows = purge.settled_after;
            let bodies = match standing {
                Standing::Dead => purge.dead_bodies_after,
                _ => purge.bodies_after,
            };
            while let Some(number) = is_old(self.deliveries.oldest(standing), rows, now) {
                if is_enough(&mut purged, purge) {
                    return purged;
                }
                let had_body = self.deliveries.get(number).is_some_and(|row| row.body.is_some());
                purged.bodies += u64::from(had_body);
                purged.tasks += self.forget(number, now);
                purged.deliveries += 1;
            }
            while let Some(number) = is_old(self.deliveries.oldest_body(standing), bodies, now) {
                if is_enough(&mut purged, purge) {
                    return purged;
                }
                self.deliveries.change(number, |row| row.body = None);
                purged.bodies += 1;
            }
        }
        purged
    }

    /// What waits for a name that nobody takes dies, when it has waited for too long.
    fn purge_untaken(&mut self, purge: &Purge, purged: &mut Purged, now: Moment) {
        let takers = self.registry.takers().filter(|taker| !self.registry.is_taken(*taker, now));
        let takers: Vec<_> = takers.collect();
        for taker in takers {
            let is_old = |id: &TaskId| {
                let task = self.tasks.get(id);
                task.is_some_and(|task| now.since(task.accepted) >= purge.untaken_after)
            };
            // One more than there is room for: then there is more.
            let room = usize::try_from(purge.limit).unwrap_or(usize::MAX).saturating_add(1);
            let old = self.indexes.waiting_of(taker).take_while(is_old).take(room);
            let old: Vec<TaskId> = old.collect();
            for id in old {
                if is_enough(purged, purge) {
                    return;
                }
                self.change(id, now, |task| {
                    if task.end.is_none() {
                        task.end(End::Dead, Some(UNTAKEN.to_owned()));
                    }
                    task.settle(now, state_of(task.end.unwrap_or(End::Dead)));
                });
                purged.untaken += 1;
            }
        }
    }
}

/// That delivery, if it is old enough.
fn is_old(
    oldest: Option<(Moment, DeliveryNumber)>,
    age: Duration,
    now: Moment,
) -> Option<DeliveryNumber> {
    oldest.filter(|(since, _)| now.since(*since) >= age).map(|(_, number)| number)
}

/// Whether the limit is reached; then there may be more.
fn is_enough(purged: &mut Purged, purge: &Purge) -> bool {
    let changed = purged.bodies + purged.tasks + purged.deliveries + purged.untaken;
    purged.is_more = changed >= u64::from(purge.limit);
    purged.is_more
}
