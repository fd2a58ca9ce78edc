//! What became due, for those who wait.

use std::collections::HashMap;

use super::moment::Moment;
use crate::store::registry::TakerId;

/// So many waiters return at once for one piece of news, before somebody has looked at it: enough for
/// all workers of a process, also for those that came just after it; and few enough that what nobody
/// takes does not keep them awake.
const HEARERS: u32 = 64;

/// Remembers for which names something became due that nobody has looked at.
#[derive(Debug, Default)]
pub(super) struct News {
    /// How many may still hear of it at once.
    unseen: HashMap<TakerId, u32>,
    /// Counts everything that became due.
    told: u64,
    /// Counts what will be due later.
    planned: u64,
}

/// How far somebody has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard(u64);

impl News {
    /// Something of this name can be leased from this moment on.
    pub(super) fn of(&mut self, taker: TakerId, due: Moment, now: Moment) {
        if due <= now {
            self.unseen.insert(taker, HEARERS);
            self.told += 1;
        } else {
            self.planned += 1;
        }
    }

    /// Somebody has taken all that is due of this name.
    pub(super) fn seen(&mut self, taker: TakerId) {
        self.unseen.remove(&taker);
    }

    /// Somebody begins to wait: how far it has heard, else there is news for it already.
    pub(super) fn begin(&mut self) -> Option<Heard> {
        if self.unseen.is_empty() {
            return Some(self.heard());
        }
        self.unseen.retain(|_, hearers| {
            *hearers -= 1;
            *hearers > 0
        });
        None
    }

    pub(super) fn heard(&self) -> Heard {
        Heard(self.told)
    }

    /// Changes whenever those who wait have to look again.
    pub(super) fn version(&self) -> u64 {
        self.told.wrapping_add(self.planned)
    }
}
