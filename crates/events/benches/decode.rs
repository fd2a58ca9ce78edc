//! What verifying and decoding a delivery costs, beside the least that it could cost: hashing the
//! body, scanning its JSON, and *the floor*, which is hashing it and decoding a handful of fields
//! that were picked by hand.
//!
//! `cargo bench -p hookstead-events` prints it as a table, with GitHub's recorded payloads if
//! `HOOKSTEAD_EXAMPLES` names them (see the tests). The package in the folder `peer` prints the
//! same with another library beside it.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a payload that cannot be read ends the benchmark")]

mod shared;

use std::hint::black_box;

use hookstead_events::{AnyEvent, Event as _};
use serde::de::IgnoredAny;
use serde_json::Value;

use shared::payloads::Payload;
use shared::rounds::{Work, measure};
use shared::{floor, payloads, table};

fn main() {
    let verifier = payloads::verifier();
    let verify = |payload: &Payload| {
        black_box(verifier.verify(&payload.json, &payload.signature).unwrap());
    };
    let ignore = |payload: &Payload| {
        black_box(serde_json::from_slice::<IgnoredAny>(&payload.json).unwrap());
    };
    let value = |payload: &Payload| {
        black_box(serde_json::from_slice::<Value>(&payload.json).unwrap());
    };
    let floor = |payload: &Payload| {
        verify(payload);
        floor::of(payload.event.as_str())(&payload.json);
    };
    let full = |payload: &Payload| {
        verify(payload);
        black_box(AnyEvent::decode(&payload.event, &payload.json).unwrap());
    };
    let work: [Work<'_>; 5] = [&verify, &ignore, &value, &floor, &full];

    let mut rows = vec![table::row([
        "medians, µs a payload",
        "bytes",
        "HMAC",
        "IgnoredAny",
        "Value",
        "HMAC + few fields",
        "HMAC + AnyEvent",
        "to the floor",
    ])];
    for row in payloads::rows() {
        let medians = measure(&row, &work, 3);
        let mut cells = vec![row.name.clone(), (row.bytes() / row.payloads.len()).to_string()];
        cells.extend(medians.microseconds.iter().map(|time| format!("{time:.2}")));
        cells.push(format!("{:.2} x", medians.ratios[4]));
        rows.push(cells);
    }
    println!();
    table::print(&rows);
}
