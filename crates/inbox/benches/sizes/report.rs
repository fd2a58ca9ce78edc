//! Prints what came out, in Markdown.

use std::time::Duration;

use crate::measuring::Measured;
use crate::place::Kind;
use crate::shape::{Shape, Sizes};

/// A full store is at most so many times as slow.
const GOAL: f64 = 2.0;

/// A probe takes at most so long.
const PROBE: Duration = Duration::from_millis(10);

/// What takes less is no slower for anybody, whatever the ratio: memory that is not in the processor's
/// caches is slower than memory that is.
const UNSEEN: Duration = Duration::from_micros(100);

pub(crate) fn name(kind: Kind, shape: Shape, sizes: &Sizes) -> String {
    format!("{}, {} {}", kind.name(), shape.count(sizes), shape.name())
}

pub(crate) fn print_head(sizes: &Sizes) {
    println!(
        "\nA call beside much, to one in an empty store, in {} rounds: the ratio of the lower quartiles \
         (median and 99th percentile beside much)\n",
        sizes.rounds
    );
    println!("| beside | accept | lease | settle | probe |");
    println!("|---|---|---|---|---|");
}

pub(crate) fn print_row(name: &str, measured: &Measured) {
    let Measured { full, empty, bare } = measured;
    let accept = match bare.is_empty() {
        true => cell(&full.accept, &empty.accept),
        false => {
            let bare = cell(&full.accept, bare);
            format!("{bare}, of bare inserts; {}", cell(&full.accept, &empty.accept))
        }
    };
    let lease = cell(&full.lease, &empty.lease);
    let settle = cell(&full.settle, &empty.settle);
    let mut probe = cell(&full.probe, &empty.probe);
    if percentile(&full.probe, 50) >= PROBE {
        probe += " MISSED";
    }
    println!("| {name} | {accept} | {lease} | {settle} | {probe} |");
}

/// The ratio of the lower quartiles: what others on the machine take away is in the slower calls.
fn cell(full: &[Duration], yardstick: &[Duration]) -> String {
    let (usual, empty) = (percentile(full, 25), percentile(yardstick, 25));
    let ratio = usual.as_secs_f64() / empty.as_secs_f64();
    let verdict = if ratio > GOAL && usual > UNSEEN { " MISSED" } else { "" };
    let (median, slow) = (percentile(full, 50), percentile(full, 99));
    format!("{ratio:.2} x{verdict} ({} ms, {})", milliseconds(median), milliseconds(slow))
}

fn percentile(values: &[Duration], percent: usize) -> Duration {
    let mut values = values.to_vec();
    values.sort();
    values.get(values.len() * percent / 100).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1e3;
    if milliseconds < 0.1 { format!("{milliseconds:.3}") } else { format!("{milliseconds:.2}") }
}
