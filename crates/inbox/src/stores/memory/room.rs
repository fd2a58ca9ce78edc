//! How much the store may hold, and what is forgotten first.

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{DeliveryNumber, Standing};
use crate::error::InboxError;

impl Shelf {
    /// Whether one more delivery with so many bytes may be open.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        let open = self.deliveries.tally(Standing::Open);
        open.count < self.limits.deliveries && open.bytes.saturating_add(bytes) <= self.limits.bytes
    }

    /// Makes room for one more open delivery with so many bytes. If what is open leaves none, nothing is
    /// forgotten for it. `kept` stays: the one that will be open.
    pub(super) fn make_room(
        &mut self,
        bytes: usize,
        kept: Option<DeliveryNumber>,
        now: Moment,
    ) -> Result<(), InboxError> {
        if !self.has_room(bytes) {
            return Err(InboxError::full());
        }
        let before = kept.and_then(|number| {
            let row = self.deliveries.get(number)?;
            Some((number, row.standing, row.bytes()))
        });
        if let Some((number, ..)) = before {
            // It must not go to make room for itself.
            self.deliveries.change(number, |row| row.standing = Standing::Open);
        }
        let bytes = bytes.saturating_sub(before.map_or(0, |(.., counted)| counted));
        while self.total_bytes().saturating_add(bytes) > self.limits.bytes {
            if !self.drop_oldest_body() && !self.forget_oldest(Standing::Dead, now) {
                break;
            }
        }
        let one = usize::from(before.is_none());
        while self.kept() + one > self.limits.deliveries {
            if !self.forget_oldest(Standing::Dead, now) {
                break;
            }
        }
        if let Some((number, standing, _)) = before {
            self.deliveries.change(number, |row| row.standing = standing);
        }
        Ok(())
    }

    /// Forgets what is beyond the limits of what is done.
    pub(super) fn trim(&mut self, now: Moment) {
        while self.deliveries.tally(Standing::Settled).bytes > self.limits.done_bytes {
            if !self.drop_oldest_body() {
                break;
            }
        }
        while self.deliveries.tally(Standing::Settled).count > self.limits.done {
            if !self.forget_oldest(Standing::Settled, now) {
                break;
            }
        }
    }

    /// Open and dead ones.
    fn kept(&self) -> usize {
        [Standing::Open, Standing::Dead].map(|it| self.deliveries.tally(it).count).iter().sum()
    }

    fn total_bytes(&self) -> usize {
        let all = [Standing::Open, Standing::Dead, Standing::Settled];
        all.map(|it| self.deliveries.tally(it).bytes).iter().sum()
    }

    fn drop_oldest_body(&mut self) -> bool {
        let oldest = self.deliveries.oldest_body(Standing::Settled);
        if let Some((_, number)) = oldest {
            self.deliveries.change(number, |row| row.body = None);
        }
        oldest.is_some()
    }

    fn forget_oldest(&mut self, standing: Standing, now: Moment) -> bool {
        let oldest = self.deliveries.oldest(standing);
        if let Some((_, number)) = oldest {
            self.forget(number, now);
        }
        oldest.is_some()
    }

    /// Forgets a delivery with all its tasks. Returns how many those were.
    pub(super) fn forget(&mut self, number: DeliveryNumber, now: Moment) -> u64 {
        let tasks = self.deliveries.get(number).map(|row| row.tasks.clone()).unwrap_or_default();
        for id in &tasks {
            self.remove(*id, now);
        }
        self.deliveries.remove(number);
        tasks.len() as u64
    }
}
