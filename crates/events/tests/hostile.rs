//! A payload made to cost the most takes no more memory than a few times its length, in whatever
//! place it is filled with whatever. How much time it takes is measured by the benchmark of the same
//! name; here nothing depends on a clock.
//!
//! One test of memory, so that nobody else allocates meanwhile.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "../benches/hostile/cases.rs"]
mod cases;
#[path = "shared/examples.rs"]
mod examples;
mod shared;

use std::alloc::System;
use std::collections::BTreeSet;

use hookstead_events::{AnyEvent, Event as _, EventName, MEMORY_ALWAYS, MEMORY_PER_BYTE};
use hookstead_testkit::samples;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use examples::Place;

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LENGTH: usize = 128 * 1024;

/// What fills a place: a start, what repeats, an end.
const FILLINGS: [(&str, &str, &str); 4] = [
    ("[", r#""","#, "1]"),
    ("[", "[1],", "[]]"),
    ("[", r#"{"":0},"#, "{}]"),
    // Enough for most of the types.
    ("[", r#"{"id":1,"login":"","name":""},"#, "{}]"),
];

/// All that is asked for, no less than what is asked for at a time. A payload is read twice at most,
/// and its text, with an error's words, does not count.
fn check(event: &EventName, json: &[u8], what: &str) {
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    let decoded = AnyEvent::decode(event, json);
    let asked = region.change().bytes_allocated;
    let allowed = 2 * ((MEMORY_PER_BYTE + 1) * json.len() + MEMORY_ALWAYS);
    assert!(asked <= allowed, "{what}: {asked} bytes for {}, {decoded:?}", json.len());
}

/// The first and smallest items of a list make its items, where there are any.
fn smallest_item(value: &Value) -> Option<String> {
    let object = value.get(0)?.as_object()?;
    let kept =
        object.iter().filter(|(key, _)| ["id", "login", "name", "sha"].contains(&key.as_str()));
    Some(Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect()).to_string())
}

#[test]
fn no_place_makes_a_payload_take_much_more_memory_than_its_length() {
    for case in cases::all(LENGTH) {
        check(&case.event, case.json.as_bytes(), case.name);
    }
    let mut seen = BTreeSet::new();
    for name in samples::EVENTS {
        let event = EventName::from(*name);
        let payload = samples::payload(&event).unwrap();
        let mut places = Vec::new();
        Place::all(&payload, "", name, &mut places);
        for place in places {
            // A scalar takes no list, and names tell types: a few of each are enough in a debug build.
            let value = payload.pointer(&place.pointer()).unwrap();
            if !(value.is_array() || value.is_object()) || !seen.insert(place.last_names()) {
                continue;
            }
            let own = smallest_item(value).map(|item| ("[", item + ",", "{}]"));
            let fillings = FILLINGS.map(|(start, unit, end)| (start, unit.to_owned(), end));
            for (start, unit, end) in fillings.into_iter().chain(own) {
                let mut filled = payload.clone();
                place.object(&mut filled).insert(place.key.clone(), "HERE".into());
                let filling = format!("{start}{}{end}", unit.repeat(LENGTH / unit.len()));
                let json = filled.to_string().replace("\"HERE\"", &filling);
                check(&event, json.as_bytes(), &format!("{}: {unit}", place.path));
            }
        }
    }
}
