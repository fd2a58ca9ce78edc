//! After an outage: of each name one later attempt goes first, as a probe, then twice as many, and so on.
//! Else ten thousand tasks that are all due again meet, at the same moment, a side that has just come back.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::store::registry::TakerId;

/// A probe that runs for so long without meeting the outage counts as passed: it may be an hour's build.
const LONG_PROBE: Duration = Duration::from_secs(60);

/// So many at a time are no probe any more.
const ALL: usize = 1 << 10;

/// What this process knows of outages, by name.
#[derive(Default)]
pub(super) struct Ramps(HashMap<TakerId, Ramp>);

#[derive(Debug, Clone, Copy)]
struct Ramp {
    /// So many later attempts may run at a time.
    level: usize,
    /// Since the last change.
    since: Instant,
}

impl Ramps {
    /// An attempt met an outage. Whether it is the first one, of which the log tells.
    pub(super) fn met(&mut self, taker: TakerId, now: Instant) -> bool {
        self.0.insert(taker, Ramp { level: 1, since: now }).is_none()
    }

    /// A later attempt met none. Whether the outage is over with it.
    pub(super) fn passed(&mut self, taker: TakerId, most: usize, now: Instant) -> bool {
        let Some(ramp) = self.0.get_mut(&taker) else { return false };
        *ramp = Ramp { level: ramp.level.saturating_mul(2), since: now };
        let is_over = ramp.level > most.min(ALL);
        if is_over {
            self.0.remove(&taker);
        }
        is_over
    }

    /// Whether there is an outage, as far as is known.
    pub(super) fn knows(&self, taker: TakerId) -> bool {
        self.0.contains_key(&taker)
    }

    /// So many later attempts of this name may run at a time.
    pub(super) fn allowed(&self, taker: TakerId, now: Instant) -> usize {
        let Some(ramp) = self.0.get(&taker) else { return usize::MAX };
        let waited = now.saturating_duration_since(ramp.since).as_secs() / LONG_PROBE.as_secs();
        let doubled = u32::try_from(waited).ok().and_then(|waited| 1_usize.checked_shl(waited));
        match doubled.and_then(|factor| ramp.level.checked_mul(factor)) {
            Some(level) if level <= ALL => level,
            _ => usize::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: TakerId = TakerId(1);
    const ANOTHER: TakerId = TakerId(2);

    #[test]
    fn one_goes_first_then_twice_as_many() {
        let mut ramps = Ramps::default();
        let now = Instant::now();
        assert_eq!(ramps.allowed(NAME, now), usize::MAX);
        assert!(ramps.met(NAME, now));
        assert!(!ramps.met(NAME, now), "the log tells of one outage once");
        let mut allowed = vec![ramps.allowed(NAME, now)];
        while !ramps.passed(NAME, 32, now) {
            allowed.push(ramps.allowed(NAME, now));
        }
        assert_eq!(allowed, [1, 2, 4, 8, 16, 32]);
        assert_eq!(ramps.allowed(NAME, now), usize::MAX);
        assert!(!ramps.passed(NAME, 32, now), "it was over already");
    }

    #[test]
    fn a_probe_that_meets_the_outage_again_starts_anew() {
        let mut ramps = Ramps::default();
        let now = Instant::now();
        ramps.met(NAME, now);
        assert!(!ramps.passed(NAME, 32, now) && !ramps.passed(NAME, 32, now));
        assert_eq!(ramps.allowed(NAME, now), 4);
        assert!(!ramps.met(NAME, now));
        assert_eq!(ramps.allowed(NAME, now), 1);
        assert_eq!(ramps.allowed(ANOTHER, now), usize::MAX, "each name for itself");
    }

    #[test]
    fn a_long_probe_holds_up_nobody_for_ever() {
        let mut ramps = Ramps::default();
        let now = Instant::now();
        ramps.met(NAME, now);
        for (minutes, allowed) in
            [(0, 1), (1, 2), (3, 8), (10, 1024), (11, usize::MAX), (999, usize::MAX)]
        {
            assert_eq!(ramps.allowed(NAME, now + minutes * LONG_PROBE), allowed, "{minutes}");
        }
    }

    #[test]
    fn a_small_pool_is_full_soon() {
        let mut ramps = Ramps::default();
        let now = Instant::now();
        ramps.met(NAME, now);
        assert!(ramps.passed(NAME, 1, now));
    }
}
