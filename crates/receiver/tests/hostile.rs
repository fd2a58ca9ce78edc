//! A body made to cost the most takes no more memory than its length, and half of that again. How much
//! time it takes is measured by the benchmark of the same name; here nothing depends on a clock.
//!
//! One test, so that nobody else allocates meanwhile.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "../benches/hostile/cases.rs"]
mod cases;
#[path = "support/ignoring.rs"]
mod ignoring;

use std::alloc::System;

use ignoring::Ignoring;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Beyond the payload itself: the answer, and the nesting of a deep text as it grows.
const A_FEW: usize = 40;

#[test]
fn hostile_bodies_take_little_more_memory_than_their_length() {
    const LENGTH: usize = 512 * 1024;
    let mut receiver = Ignoring::new();
    for (content_type, cases) in [
        ("application/json", cases::json(LENGTH)),
        ("application/x-www-form-urlencoded", cases::forms(LENGTH)),
    ] {
        for (name, body) in cases {
            assert_eq!(body.len(), LENGTH, "{name}");
            let request = Ignoring::request(content_type, &body);
            let region = Region::new(&INSTRUMENTED_SYSTEM);
            let status = receiver.receive(request);
            let change = region.change();
            assert!(matches!(status.as_u16(), 200 | 400), "{name}: {status}");
            let count = change.allocations + change.reallocations;
            assert!(count <= A_FEW, "{name}: {count} allocations");
            // The body itself is not on the heap; the payload of a form is, and is no longer than it.
            let bytes = change.bytes_allocated;
            assert!(bytes <= LENGTH * 3 / 2, "{name}: {bytes} bytes");
        }
    }
}
