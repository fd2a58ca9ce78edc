use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts what is created at GitHub within an hour, so that what decorates gives way to what matters.
///
/// GitHub allows some 500 such writes an hour for a token, and then refuses all of them for a while. A build takes
/// two or three statuses: *queued* where it waits, *running*, and how it ended. Near the limit *queued* is left out.
#[derive(Debug)]
pub struct Budget {
    writes: Mutex<VecDeque<Instant>>,
    limit: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::DEFAULT_LIMIT)
    }
}

impl Budget {
    /// 500 writes in an hour: what GitHub allows.
    pub const DEFAULT_LIMIT: usize = 500;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    /// So many writes in an hour.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { writes: Mutex::default(), limit }
    }

    /// So many writes were made now.
    pub fn spend(&self, writes: usize) {
        let mut made = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut made);
        made.extend(std::iter::repeat_n(Instant::now(), writes));
        if made.len() >= self.limit && made.len() - writes < self.limit {
            tracing::warn!(
                writes = made.len(),
                limit = self.limit,
                "GitHub's limit of writes within an hour is reached: reports may be late"
            );
        }
    }

    /// How many writes were made within the last hour, and how many may be.
    #[must_use]
    pub fn spent(&self) -> (usize, usize) {
        let mut made = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut made);
        (made.len(), self.limit)
    }

    /// Whether there is room for what only decorates: until three quarters are used.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let (made, limit) = self.spent();
        made < limit / 4 * 3
    }
}

fn forget_old(made: &mut VecDeque<Instant>) {
    while made.front().is_some_and(|at| at.elapsed() > Budget::HOUR) {
        made.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorations_give_way_first() {
        let budget = Budget::new(8);
        assert!(budget.has_room());
        budget.spend(5);
        assert!(budget.has_room());
        budget.spend(1);
        assert!(!budget.has_room());
        assert_eq!(budget.spent(), (6, 8));
    }
}
