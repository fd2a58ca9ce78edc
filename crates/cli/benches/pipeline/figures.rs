//! What was measured, in words.

use std::fs;
use std::time::Duration;

/// The machine, and what else it does.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    format!("{cores} cores; load before, of 1, 5 and 15 minutes: {load}")
}

/// A row: half of the waits and 99 % of them took at most so long.
pub(crate) fn row(name: &str, waits: &mut [Duration], goals: [u64; 2]) -> String {
    waits.sort_unstable();
    let at = |percent: usize| {
        let last = waits.len().saturating_sub(1);
        let found = waits.get((waits.len() * percent / 100).min(last));
        found.copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    let [half, nearly_all] = goals;
    format!(
        "{name}, {} deliveries | p50 {:.1} ms (goal {half}) | p90 {:.1} | p99 {:.1} ms (goal {nearly_all}) | most {:.1}",
        waits.len(),
        at(50),
        at(90),
        at(99),
        at(100)
    )
}
