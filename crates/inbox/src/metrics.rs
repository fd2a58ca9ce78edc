//! What the inbox and its worker count (feature `metrics`), once for all stores. The table of all
//! names is in the documentation of the crate `hookstead`.

use std::collections::BTreeSet;
use std::sync::Once;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_handler::{Delivery, HandlerName};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};
use tokio::time::Instant;

use crate::about::About;
use crate::store::accept::Accepted;
use crate::store::entry::{Depth, TaskState};
use crate::work::RESERVED;

const ACCEPT: &str = "hookstead_accept_seconds";
const ACCEPTED: &str = "hookstead_deliveries_accepted_total";
const HANDED_OVER: &str = "hookstead_tasks_handed_over_total";
const SETTLED: &str = "hookstead_tasks_settled_total";
const LEASES_LOST: &str = "hookstead_leases_lost_total";
const SLOTS_HELD: &str = "hookstead_slots_held_total";
const WAITING: &str = "hookstead_waiting_seconds";
const HANDLING: &str = "hookstead_handling_seconds";
const TASKS: &str = "hookstead_inbox_tasks";
const SETTLED_TASKS: &str = "hookstead_inbox_settled_tasks";
const OLDEST_READY: &str = "hookstead_inbox_oldest_ready_seconds";

/// Tells the recorder what the names mean, for people who read them there.
pub(crate) fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_histogram!(ACCEPT, Unit::Seconds, "How long the inbox took to accept a delivery");
        describe_counter!(ACCEPTED, "Deliveries that came, by what became of them");
        describe_counter!(HANDED_OVER, "Tasks that were handed to a handler as they were accepted");
        describe_counter!(SETTLED, "Attempts by their outcome");
        describe_counter!(LEASES_LOST, "Attempts that lost their lease");
        describe_counter!(SLOTS_HELD, "Slots that a handler holds for longer than a day");
        describe_histogram!(WAITING, Unit::Seconds, "From receiving to the first attempt");
        describe_histogram!(HANDLING, Unit::Seconds, "How long an attempt's handler took");
        describe_gauge!(TASKS, "Open tasks by handler and state, counted up to 10,000");
        describe_gauge!(SETTLED_TASKS, "Settled tasks by state, counted up to 10,000");
        describe_gauge!(OLDEST_READY, Unit::Seconds, "How long the oldest ready task is ready");
    });
}

pub(crate) fn accepted(delivery: &Delivery, accepted: &Accepted) {
    let result = match accepted {
        Accepted::New { .. } => "new",
        Accepted::Duplicate { .. } => "duplicate",
        Accepted::Again { .. } => "again",
        Accepted::Declined => "declined",
        Accepted::Replay => "replay",
    };
    counter!(ACCEPTED, "event" => event(delivery), "result" => result).increment(1);
}

pub(crate) fn handed_over(handler: &HandlerName) {
    counter!(HANDED_OVER, "handler" => handler.to_string()).increment(1);
}

pub(crate) fn leased(about: About<'_>) {
    // When a later attempt was due, the store alone knows.
    if (about.run, about.attempt) == (1, 1)
        && let Some(received_at) = about.delivery.received_at.instant()
    {
        let waited = jiff::Timestamp::now().duration_since(received_at);
        // Clocks of several machines may differ by more than it waited.
        let waited = Duration::try_from(waited).unwrap_or_default();
        histogram!(WAITING, "handler" => about.handler.to_string()).record(waited);
    }
}

pub(crate) fn settled(about: About<'_>, outcome: &'static str) {
    let handler = about.handler.to_string();
    counter!(SETTLED, "handler" => handler, "outcome" => outcome).increment(1);
}

pub(crate) fn lost(about: About<'_>) {
    counter!(LEASES_LOST, "handler" => about.handler.to_string()).increment(1);
}

/// A slot is held for longer than anybody is told to.
pub(crate) fn slot_held(about: About<'_>) {
    counter!(SLOTS_HELD, "handler" => about.handler.to_string()).increment(1);
}

/// The time that accepting takes, until dropped: also when it fails or is given up.
pub(crate) struct Accepting(Instant);

impl Accepting {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Drop for Accepting {
    fn drop(&mut self) {
        histogram!(ACCEPT).record(self.0.elapsed());
    }
}

/// The time that a handler takes, until dropped: also when it panics or is aborted.
pub(crate) struct Handling {
    handler: HandlerName,
    started: Instant,
}

impl Handling {
    pub(crate) fn start(handler: &HandlerName) -> Self {
        Self { handler: handler.clone(), started: Instant::now() }
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        let handler = self.handler.to_string();
        histogram!(HANDLING, "handler" => handler).record(self.started.elapsed());
    }
}

/// Shows the depth. A name that was shown once is shown again with zeros when nothing of it is open.
pub(crate) fn show(depth: &Depth, shown: &mut BTreeSet<HandlerName>) {
    shown.extend(depth.names.iter().map(|name| name.name.clone()));
    for name in shown.iter() {
        let open = depth.names.iter().find(|open| open.name == *name);
        let states = [
            (TaskState::Ready, open.map_or(0, |open| open.ready)),
            (TaskState::Leased, open.map_or(0, |open| open.leased)),
            (TaskState::Delayed, open.map_or(0, |open| open.delayed)),
            (TaskState::Blocked, open.map_or(0, |open| open.blocked)),
        ];
        for (state, count) in states {
            let handler = name.to_string();
            gauge!(TASKS, "handler" => handler, "state" => state.as_str()).set(float(count));
        }
        let oldest = open.and_then(|open| open.oldest_ready).unwrap_or_default();
        gauge!(OLDEST_READY, "handler" => name.to_string()).set(oldest.as_secs_f64());
    }
    for (state, count) in [
        (TaskState::Done, depth.done),
        (TaskState::Superseded, depth.superseded),
        (TaskState::Canceled, depth.canceled),
        (TaskState::Dead, depth.dead),
    ] {
        gauge!(SETTLED_TASKS, "state" => state.as_str()).set(float(count));
    }
}

fn float(count: u64) -> f64 {
    // No count is larger than `Depth::MOST` by much.
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The event as a label. What GitHub has not named yet shares one: whoever knows the secret of a
/// hook could otherwise fill the recorder's memory with names. Work of one's own never comes from
/// outside.
fn event(delivery: &Delivery) -> String {
    match &delivery.event {
        EventName::Unknown(name) if !name.starts_with(RESERVED) => "other".to_owned(),
        event => event.as_str().to_owned(),
    }
}
