//! What decoding a payload costs that was made to cost the most, against a plain one of the same length.
//!
//! `cargo bench -p hookstead-events` prints it as a table. All payloads take turns in one run: compare
//! the ratios, not the nanoseconds. *Memory* is all that was asked for, whether or not it was let go
//! again meanwhile: no less than the peak.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod cases;

use std::alloc::System;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hookstead_events::{AnyEvent, Event as _};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// In a debug build the figures mean nothing, and everything is done once, to see that it can be.
const ROUNDS: usize = if cfg!(debug_assertions) { 1 } else { 5 };

const LENGTH: usize = if cfg!(debug_assertions) { 1 } else { 10 } * 1024 * 1024;

fn main() {
    let cases = cases::all(LENGTH);
    let mut best = vec![Duration::MAX; cases.len()];
    let mut memory = vec![0; cases.len()];
    let mut outcomes = vec![String::new(); cases.len()];
    for _ in 0..ROUNDS {
        for (number, case) in cases.iter().enumerate() {
            let region = Region::new(&INSTRUMENTED_SYSTEM);
            let start = Instant::now();
            let event = black_box(AnyEvent::decode(&case.event, case.json.as_bytes()));
            memory[number] = region.change().bytes_allocated;
            outcomes[number] = event.as_ref().map_or_else(ToString::to_string, |_| String::new());
            drop(event);
            best[number] = start.elapsed().min(best[number]);
        }
    }
    println!("\n{:34} {:>8} {:>8} {:>8}", "", "ns/byte", "to plain", "memory/length");
    for (number, case) in cases.iter().enumerate() {
        let length = case.json.len() as f64;
        let nanoseconds = best[number].as_secs_f64() * 1e9 / length;
        let ratio = best[number].as_secs_f64() / best[0].as_secs_f64();
        let memory = memory[number] as f64 / length;
        println!(
            "{:34} {nanoseconds:8.2} {ratio:8.2} {memory:8.2}  {}",
            case.name, outcomes[number]
        );
    }
}
