//! How often decoding a payload asks for memory, and for how much. A program of its own, because
//! counting takes time: `decode` beside it measures that.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a payload that cannot be read ends the benchmark")]

mod shared;

use std::alloc::System;
use std::hint::black_box;

use hookstead_events::{AnyEvent, Event as _};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use shared::payloads::{Payload, Row};
use shared::{floor, payloads, table};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let mut rows = vec![table::row([
        "allocations a payload",
        "few fields",
        "Value",
        "AnyEvent",
        "its KiB",
        "payload's KiB",
    ])];
    for row in payloads::rows() {
        let floor = count(&row, |payload| floor::of(payload.event.as_str())(&payload.json));
        let value = count(&row, |payload| {
            black_box(serde_json::from_slice::<Value>(&payload.json).unwrap());
        });
        let full = count(&row, |payload| {
            black_box(AnyEvent::decode(&payload.event, &payload.json).unwrap());
        });
        let payloads = row.payloads.len();
        rows.push(vec![
            row.name.clone(),
            (floor.0 / payloads).to_string(),
            (value.0 / payloads).to_string(),
            (full.0 / payloads).to_string(),
            format!("{:.1}", full.1 as f64 / payloads as f64 / 1024.0),
            format!("{:.1}", row.bytes() as f64 / payloads as f64 / 1024.0),
        ]);
    }
    println!();
    table::print(&rows);
}

/// How many allocations and growths of one, and how many bytes, the work takes over all payloads.
fn count(row: &Row, work: impl Fn(&Payload)) -> (usize, usize) {
    let region = Region::new(MEMORY);
    row.payloads.iter().for_each(work);
    let change = region.change();
    (change.allocations + change.reallocations, change.bytes_allocated)
}
