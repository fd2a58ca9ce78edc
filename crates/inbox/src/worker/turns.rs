//! Whose turn it is within a pool: the names that were served longest ago go first, and a share of the
//! slots is for first attempts.

use std::collections::HashMap;

use crate::store::registry::TakerId;

/// Who was served when in a pool.
pub(super) struct Turns {
    /// When each was served last; a count, no clock.
    served: HashMap<TakerId, u64>,
    count: u64,
    fresh: FreshShare,
}

impl Turns {
    pub(super) fn new(fresh: FreshShare) -> Self {
        Self { served: HashMap::new(), count: 0, fresh }
    }

    /// These names, the one that was served longest ago first.
    pub(super) fn order(&self, mut takers: Vec<TakerId>) -> Vec<TakerId> {
        takers.sort_by_key(|taker| self.served.get(taker).copied());
        takers
    }

    /// These were served, one entry for each task.
    pub(super) fn served(&mut self, tasks: impl Iterator<Item = TakerId>) {
        let mut counts: HashMap<TakerId, u64> = HashMap::new();
        for taker in tasks {
            *counts.entry(taker).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        for (taker, tasks) in counts {
            self.served.insert(taker, self.count + tasks);
        }
        self.count += most;
    }

    /// How many of the next tasks are to be first attempts, where so many of them run already.
    pub(super) fn fresh(&mut self, running: usize, limit: usize) -> usize {
        self.fresh.next().saturating_sub(running).min(limit)
    }
}

/// So many slots of a pool are for first attempts. Where that is no whole number, sometimes one more: so
/// a pool with one slot serves both in turn.
pub(super) struct FreshShare {
    share: f64,
    carried: f64,
}

impl FreshShare {
    pub(super) fn new(slots: usize, share: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 slots")]
        let share = slots as f64 * share.clamp(0.0, 1.0);
        // The first one of what is left over goes to a first attempt.
        Self { share, carried: share.fract().ceil() }
    }

    fn next(&mut self) -> usize {
        let wanted = self.share.trunc() + self.carried.trunc();
        self.carried = self.carried.fract() + self.share.fract();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the number of slots"
        )]
        let wanted = wanted as usize;
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: TakerId = TakerId(1);
    const B: TakerId = TakerId(2);
    const C: TakerId = TakerId(3);

    fn turns(slots: usize, share: f64) -> Turns {
        Turns::new(FreshShare::new(slots, share))
    }

    fn order(turns: &Turns) -> Vec<TakerId> {
        turns.order(vec![A, B, C])
    }

    #[test]
    fn a_backlog_of_one_delays_another_by_one_task() {
        let mut turns = turns(1, 0.5);
        // C has nothing, ever; A and B have plenty.
        let mut served = Vec::new();
        for _ in 0..6 {
            let next = order(&turns).into_iter().find(|taker| *taker != C).unwrap();
            turns.served([next].into_iter());
            served.push(next);
        }
        assert_eq!(served, [A, B, A, B, A, B]);
        assert_eq!(order(&turns)[0], C, "who was never served is first");
    }

    #[test]
    fn who_got_more_comes_later() {
        let mut turns = turns(3, 0.5);
        turns.served([A, B, A].into_iter());
        assert_eq!(order(&turns), [C, B, A]);
        turns.served([C].into_iter());
        assert_eq!(order(&turns), [B, A, C]);
    }

    #[test]
    fn a_share_of_the_slots_is_for_first_attempts() {
        let mut turns = turns(32, 0.5);
        assert_eq!(turns.fresh(0, 32), 16);
        assert_eq!(turns.fresh(10, 32), 6);
        assert_eq!(turns.fresh(20, 12), 0, "the others are for later attempts");
        assert_eq!(turns.fresh(0, 3), 3);
    }

    #[test]
    fn what_is_no_whole_number_goes_in_turn() {
        for (slots, share, expected) in [
            (1, 0.5, [1, 0, 1, 0]),
            (3, 0.5, [2, 1, 2, 1]),
            (4, 0.5, [2, 2, 2, 2]),
            (1, 1.0, [1, 1, 1, 1]),
            (1, 0.0, [0, 0, 0, 0]),
            (1, 7.5, [1, 1, 1, 1]),
            (4, 0.25, [1, 1, 1, 1]),
        ] {
            let mut turns = turns(slots, share);
            assert_eq!([(); 4].map(|()| turns.fresh(0, slots)), expected, "{slots} {share}");
        }
    }
}
