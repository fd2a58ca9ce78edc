use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What anybody can bring about is written down at most once within this time. A flood of it fills no database.
const PAUSE: Duration = Duration::from_secs(10 * 60);

/// Says now and then what happens often.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    said_at: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// How often it has happened since it was said last, with this time; nothing while it is not to be said again.
    pub(super) fn count(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.left_out += 1;
        if state.said_at.is_some_and(|at| now.duration_since(at) < PAUSE) {
            return None;
        }
        state.said_at = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_entry_which_says_how_much_it_was() {
        let (seldom, now) = (Seldom::default(), Instant::now());
        assert_eq!(seldom.count(now), Some(1));
        for _ in 0..100 {
            assert_eq!(seldom.count(now + PAUSE / 2), None);
        }
        assert_eq!(seldom.count(now + PAUSE), Some(101));
        assert_eq!(seldom.count(now + PAUSE * 3 / 2), None);
    }
}
