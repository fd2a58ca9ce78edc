//! What a store makes of a clock that was set back.
//!
//! A database writes down when a delivery is due: at once, when its pause is over, when its lease ends.
//! If the clock is set back, or a server with another clock takes over, that moment seems to lie further
//! ahead than anybody asked for, and a lane whose holder died would be held for as long. So each moment
//! is kept with the wait that it came from, and **none is believed that lies further ahead than its
//! wait**: such a delivery waits anew from now on. A lease that is held gets its whole length again and
//! is renewed before that is over; one whose holder died ends after it; what was ready is ready.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Moments that lie ahead by less are let be: clocks are read one after the other. Nobody notices that
/// long a wait.
pub(crate) const SLACK: Duration = Duration::from_secs(1);

/// So often moments that lie too far ahead are looked for: a clock that was set back costs no more.
const INTERVAL: Duration = Duration::from_secs(1);

/// Looking takes at most so much of the time, however much waits.
const SHARE: u32 = 20;

/// Says when it is time to look.
pub(crate) struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// Time to look at once: while nobody was here, the clock may have been set.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether it is time. Then it is not again before [`looked`](Self::looked), or for a while.
    pub(crate) fn is_due(&self) -> bool {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = next.is_none_or(|next| next <= now);
        if is_due {
            *next = Some(now + INTERVAL);
        }
        is_due
    }

    /// It was looked for so long.
    pub(crate) fn looked(&self, taken: Duration) {
        let pause = INTERVAL.max(taken * SHARE);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + pause);
    }
}

/// Says so in the log.
pub(crate) fn tell_set_back(deliveries: usize) {
    if deliveries > 0 {
        tracing::warn!(deliveries, "the store's clock was set back; they wait no longer for it");
    }
}
