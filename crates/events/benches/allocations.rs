//! How often decoding a payload asks for memory, and for how much. A program of its own, because
//! counting takes time: `decode` beside it measures that.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a payload that cannot be read ends the benchmark")]

mod shared;

use std::alloc::System;
use std::hint::black_box;

use hookstead_events::{AnyEvent, Event as _};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use shared::allocations::count;
use shared::{floor, payloads, table};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let mut rows = vec![table::row([
        "allocations a payload",
        "few fields",
        "its KiB",
        "Value",
        "its KiB",
        "AnyEvent",
        "its KiB",
    ])];
    for row in payloads::rows() {
        let mut cells = vec![row.name.clone()];
        cells.extend(count(&row, |payload| floor::of(payload.event.as_str())(&payload.json)));
        cells.extend(count(&row, |payload| {
            black_box(serde_json::from_slice::<Value>(&payload.json).unwrap());
        }));
        cells.extend(count(&row, |payload| {
            black_box(AnyEvent::decode(&payload.event, &payload.json).unwrap());
        }));
        rows.push(cells);
    }
    println!();
    table::print(&rows);
}
