//! The library and its peer beside each other, in one run: see `Cargo.toml`.

#[path = "../../shared/mod.rs"]
mod shared;

use std::hint::black_box;

use hookstead_events::{AnyEvent, Event as _};
use octocrab::models::webhook_events::WebhookEvent;
use serde_json::{Value, json};

use shared::payloads::Payload;
use shared::rounds::{Work, measure};
use shared::{floor, payloads, table};

fn main() {
    speed();
    robustness();
}

fn speed() {
    let verifier = payloads::verifier();
    let verify = |payload: &Payload| {
        black_box(verifier.verify(&payload.json, &payload.signature).unwrap());
    };
    let floor = |payload: &Payload| {
        verify(payload);
        floor::of(payload.event.as_str())(&payload.json);
    };
    let full = |payload: &Payload| {
        verify(payload);
        black_box(AnyEvent::decode(&payload.event, &payload.json).unwrap());
    };
    let peer = |payload: &Payload| {
        verify(payload);
        black_box(
            WebhookEvent::try_from_header_and_body(payload.event.as_str(), &payload.json).ok(),
        );
    };
    let work: [Work<'_>; 4] = [&verify, &floor, &full, &peer];

    let mut rows = vec![table::row([
        "medians, µs a payload",
        "bytes",
        "HMAC",
        "HMAC + few fields",
        "HMAC + AnyEvent",
        "HMAC + peer",
        "to the floor",
        "peer to the floor",
        "peer to AnyEvent",
    ])];
    for row in payloads::rows() {
        let to_floor = measure(&row, &work, 1);
        let mut cells = vec![row.name.clone(), (row.bytes() / row.payloads.len()).to_string()];
        cells.extend(to_floor.microseconds.iter().map(|time| format!("{time:.2}")));
        let (full, peer) = (to_floor.ratios[2], to_floor.ratios[3]);
        cells.extend([full, peer, peer / full].map(|ratio| format!("{ratio:.2} x")));
        rows.push(cells);
    }
    table::print(&rows);
    println!();
}

/// How many of GitHub's recorded payloads are understood, and how many are once each has an action
/// that is not known yet.
fn robustness() {
    let recorded = payloads::recorded();
    let with_action: Vec<(String, Value)> = recorded
        .iter()
        .filter(|(_, payload)| payload.get("action").is_some())
        .map(|(event, payload)| {
            let mut payload = payload.clone();
            payload["action"] = json!("from_the_future");
            (event.clone(), payload)
        })
        .collect();
    let mut rows = vec![table::row(["payloads decoded", "of", "AnyEvent", "peer"])];
    for (name, payloads) in [("recorded", recorded), ("with an unknown action", with_action)] {
        let count = |decodes: &dyn Fn(&str, &[u8]) -> bool| {
            let decoded = payloads
                .iter()
                .filter(|(event, payload)| decodes(event, &serde_json::to_vec(payload).unwrap()));
            decoded.count().to_string()
        };
        rows.push(vec![
            name.to_owned(),
            payloads.len().to_string(),
            count(&|event, json| AnyEvent::decode(&event.into(), json).is_ok()),
            count(&|event, json| WebhookEvent::try_from_header_and_body(event, json).is_ok()),
        ]);
    }
    table::print(&rows);
}
