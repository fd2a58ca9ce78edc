//! How often either library asks for memory, and for how much.

#[path = "../../../shared/mod.rs"]
mod shared;

use std::alloc::System;
use std::hint::black_box;

use hookstead_events::{AnyEvent, Event as _};
use octocrab::models::webhook_events::WebhookEvent;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use shared::allocations::count;
use shared::{payloads, table};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let mut rows =
        vec![table::row(["allocations a payload", "AnyEvent", "its KiB", "peer", "its KiB"])];
    for row in payloads::rows() {
        let mut cells = vec![row.name.clone()];
        cells.extend(count(&row, |payload| {
            black_box(AnyEvent::decode(&payload.event, &payload.json).unwrap());
        }));
        cells.extend(count(&row, |payload| {
            let event = payload.event.as_str();
            black_box(WebhookEvent::try_from_header_and_body(event, &payload.json).ok());
        }));
        rows.push(cells);
    }
    table::print(&rows);
}
