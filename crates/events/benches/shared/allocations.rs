//! Counts allocations, in a program whose global allocator is `stats_alloc`'s.

use stats_alloc::{INSTRUMENTED_SYSTEM, Region};

use super::payloads::{Payload, Row};

/// How many allocations, or growths of one, the work takes for each payload, and how many KiB.
pub(crate) fn count(row: &Row, work: impl Fn(&Payload)) -> [String; 2] {
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    row.payloads.iter().for_each(work);
    let change = region.change();
    let payloads = row.payloads.len();
    let kib = change.bytes_allocated as f64 / payloads as f64 / 1024.0;
    [((change.allocations + change.reallocations) / payloads).to_string(), format!("{kib:.1}")]
}
