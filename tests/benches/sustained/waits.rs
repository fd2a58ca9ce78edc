//! How long things waited.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Waits that are added up until somebody takes them.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<u32>>);

impl Waits {
    pub(crate) fn add(&self, wait: Duration) {
        let microseconds = u32::try_from(wait.as_micros()).unwrap_or(u32::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(microseconds);
    }

    pub(crate) fn take(&self) -> Percentiles {
        let mut waits = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        waits.sort_unstable();
        let at = |percent: usize| {
            let last = waits.len().saturating_sub(1);
            waits.get((waits.len() * percent / 100).min(last)).copied().unwrap_or_default()
        };
        Percentiles([at(50), at(90), at(99), at(100)])
    }
}

/// Half of them, 90 %, 99 % and all took at most this long, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percentiles(pub(crate) [u32; 4]);

/// In milliseconds, as cells of a table.
impl fmt::Display for Percentiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, nearly_all, all] = self.0.map(|it| f64::from(it) / 1e3);
        write!(formatter, "{half:.1} | {most:.1} | {nearly_all:.1} | {all:.0}")
    }
}
