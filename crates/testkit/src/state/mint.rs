use std::time::{Duration, Instant};

use fastrand::Rng;
use hookstead_types::{Sha, Timestamp};

use crate::guid::guid;

/// Where everything new comes from: ids, shas, GUIDs and the time.
#[derive(Debug)]
pub(crate) struct Mint {
    random: Rng,
    next_id: u64,
    fixed_time: Option<Timestamp>,
    /// How far this clock was put forward, against where it began.
    ahead: Duration,
    /// How far it began behind the machine's.
    behind: Duration,
}

/// A moment of a [`Mint`]'s.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    instant: Instant,
    ahead: Duration,
}

impl Mint {
    /// Mints values that no other fake of the same test mints: a receiver that hears of two fakes
    /// must not take their deliveries for duplicates.
    pub(crate) fn random() -> Self {
        let mut random = Rng::new();
        // GitHub's ids have long been beyond 32 bits; a receiver had better cope.
        let next_id = (1 << 33) + random.u64(..1 << 40);
        Self { random, next_id, fixed_time: None, ahead: Duration::ZERO, behind: Duration::ZERO }
    }

    /// Mints the same values every time, for samples.
    pub(crate) fn fixed() -> Self {
        Self {
            random: Rng::with_seed(1),
            next_id: 8_600_000_000,
            fixed_time: Some(Timestamp::from("2026-03-02T09:41:07Z")),
            ahead: Duration::ZERO,
            behind: Duration::ZERO,
        }
    }

    /// Goes on as [`random`](Self::random) does, after what was minted so far.
    pub(crate) fn set_free(&self) -> Self {
        let free = Self::random();
        Self { next_id: free.next_id.max(self.next_id), ..free }
    }

    /// A number that no other object has; later objects have greater ones.
    pub(crate) fn id(&mut self) -> u64 {
        self.next_id += self.random.u64(1..100);
        self.next_id
    }

    pub(crate) fn sha(&mut self) -> Sha {
        let (high, low) = (self.random.u128(..), self.random.u32(..));
        #[expect(clippy::expect_used, reason = "40 hex digits are a sha")]
        format!("{high:032x}{low:08x}").parse().expect("40 hex digits")
    }

    /// So many letters and digits.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| self.random.alphanumeric()).collect()
    }

    pub(crate) fn guid(&mut self) -> String {
        guid(&mut self.random)
    }

    pub(crate) fn now(&self) -> Timestamp {
        let now = self.fixed_time.clone().unwrap_or_else(Timestamp::now);
        minus(&plus(&now, self.ahead), self.behind)
    }

    /// The moment so much later than now.
    pub(crate) fn later(&self, wait: Duration) -> Timestamp {
        plus(&self.now(), wait)
    }

    /// Now, in seconds since 1970.
    pub(crate) fn now_seconds(&self) -> i64 {
        self.now().instant().map_or(0, |now| now.as_second())
    }

    /// This moment, to be measured from.
    pub(crate) fn mark(&self) -> Mark {
        Mark { instant: Instant::now(), ahead: self.ahead }
    }

    /// How long ago that was, to the millisecond, by this clock.
    pub(crate) fn since(&self, mark: &Mark) -> Duration {
        mark.instant.elapsed().saturating_add(self.ahead.saturating_sub(mark.ahead))
    }

    /// Lets the clock begin so far behind the machine's.
    pub(crate) fn begin_behind(&mut self, by: Duration) {
        self.behind = by;
    }

    /// Puts the clock forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by);
    }
}

/// Whole seconds, as GitHub's times are. A moment beyond all calendars stays where it is.
fn plus(moment: &Timestamp, wait: Duration) -> Timestamp {
    let whole = Duration::from_secs(wait.as_secs());
    let later = moment.instant().and_then(|instant| instant.checked_add(whole).ok());
    if whole.is_zero() { moment.clone() } else { later.map_or(moment.clone(), Timestamp::from) }
}

/// As [`plus`], in the other direction.
fn minus(moment: &Timestamp, time: Duration) -> Timestamp {
    let whole = Duration::from_secs(time.as_secs());
    let earlier = moment.instant().and_then(|instant| instant.checked_sub(whole).ok());
    if whole.is_zero() { moment.clone() } else { earlier.map_or(moment.clone(), Timestamp::from) }
}
