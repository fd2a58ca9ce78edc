use std::time::SystemTime;

use tokio::time::Instant;

use crate::clock::SLACK;

/// When it was last looked at the clocks.
#[derive(Default)]
pub(super) struct Clocks {
    last: Option<(SystemTime, Instant)>,
    /// Once more, for what was being written when it was mended.
    mends_again: bool,
}

impl Clocks {
    /// Whether the clock was set back since the last look, or just before it.
    pub(super) fn is_set_back(&mut self, now: SystemTime, by_what_was_noted: bool) -> bool {
        let by_our_clock = self.last.is_some_and(|(then, at)| {
            let expected = then.checked_add(at.elapsed());
            expected.is_some_and(|expected| {
                expected.duration_since(now).is_ok_and(|behind| behind > SLACK)
            })
        });
        self.last = Some((now, Instant::now()));
        let is_set_back = by_what_was_noted || by_our_clock;
        let mends = is_set_back || self.mends_again;
        self.mends_again = is_set_back;
        mends
    }
}
