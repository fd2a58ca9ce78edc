//! What a body costs that was made to cost the most, against a plain one of the same length.
//!
//! `cargo bench -p hookstead-receiver` prints it as a table. A body's cost is the whole of what a
//! receiver does with it: it is signed, read, verified, unwrapped and scanned, and then ignored, as
//! no handler wants it. All bodies of a table take turns in one run: compare the ratios, not the
//! milliseconds.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a body that cannot be made ends the benchmark")]

mod cases;
#[path = "../../tests/support/ignoring.rs"]
mod ignoring;

use std::time::{Duration, Instant};

use cases::Case;
use ignoring::Ignoring;

const MEBIBYTE: usize = 1024 * 1024;

/// In a debug build the figures mean nothing, and everything is done once, to see that it can be.
const ROUNDS: usize = if cfg!(debug_assertions) { 1 } else { 7 };

fn main() {
    let (json, form) = if cfg!(debug_assertions) { (1, 1) } else { (25, 70) };
    table("application/json", json, cases::json(json * MEBIBYTE));
    table("application/x-www-form-urlencoded", form, cases::forms(form * MEBIBYTE));
}

fn table(content_type: &'static str, mebibytes: usize, cases: Vec<Case>) {
    let mut receiver = Ignoring::new();
    let mut best = vec![Duration::MAX; cases.len()];
    for _ in 0..ROUNDS {
        for ((_, body), best) in cases.iter().zip(&mut best) {
            let request = Ignoring::request(content_type, body);
            let start = Instant::now();
            receiver.receive(request);
            *best = start.elapsed().min(*best);
        }
    }
    println!("\n{content_type}, {mebibytes} MiB");
    println!("{:28} {:>8} {:>8}", "", "ms", "to plain");
    for ((name, _), time) in cases.iter().zip(&best) {
        let ratio = time.as_secs_f64() / best[0].as_secs_f64();
        println!("{name:28} {:8.1} {ratio:8.2}", time.as_secs_f64() * 1e3);
    }
}
