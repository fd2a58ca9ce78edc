//! Measures several pieces of work side by side.
//!
//! On a shared machine a minute differs from the next, and so do two runs of one program. So the
//! pieces take turns, a fraction of a millisecond each, and what is compared is what ran in the
//! same round: the ratios hold where the microseconds do not.

use std::time::{Duration, Instant};

use super::payloads::{Payload, Row};

/// How long a turn takes at least.
const TURN: Duration = Duration::from_micros(300);

/// How many rounds are measured; the median of so many is steady to about a percent.
const ROUNDS: usize = 401;

/// A piece of work to be done with a payload.
pub(crate) type Work<'a> = &'a dyn Fn(&Payload);

/// The work's medians over all rounds, in the order in which it was given.
pub(crate) struct Medians {
    /// How long it takes, for each payload in microseconds.
    pub(crate) microseconds: Vec<f64>,
    /// How long it takes, against the work number `against` in the same round.
    pub(crate) ratios: Vec<f64>,
}

/// Whether to measure: in a release build. In any other the figures mean nothing, and everything
/// is done once, to see that it can be.
fn measuring() -> bool {
    !cfg!(debug_assertions)
}

/// Measures the pieces of work over all payloads of a row.
pub(crate) fn measure(row: &Row, work: &[Work<'_>], against: usize) -> Medians {
    let once = |work: Work<'_>| row.payloads.iter().for_each(work);
    let repeats: Vec<usize> = work
        .iter()
        .map(|work| {
            once(work);
            let start = Instant::now();
            once(work);
            (TURN.as_nanos() / start.elapsed().as_nanos().max(1)) as usize + 1
        })
        .collect();
    let rounds = if measuring() { ROUNDS } else { 1 };
    let mut times = vec![Vec::with_capacity(rounds); work.len()];
    for _ in 0..rounds {
        for ((work, &repeats), times) in work.iter().zip(&repeats).zip(&mut times) {
            let start = Instant::now();
            (0..repeats).for_each(|_| once(work));
            times.push(start.elapsed().as_secs_f64() * 1e6 / repeats as f64);
        }
    }
    let payloads = row.payloads.len() as f64;
    let floor = times[against].clone();
    let ratio =
        |times: &Vec<f64>| median(times.iter().zip(&floor).map(|(time, floor)| time / floor));
    Medians {
        ratios: times.iter().map(ratio).collect(),
        microseconds: times.into_iter().map(|times| median(times) / payloads).collect(),
    }
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
