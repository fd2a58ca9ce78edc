//! What the inbox and its worker count (feature `metrics`). The table of all names is in the
//! documentation of the crate `hookstead`.

use std::error::Error;
use std::sync::{Arc, Once};
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_handler::Delivery;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};
use tokio::time::{Instant, sleep};

use crate::{Accepted, Depth, EntryState, Inbox, Settlement};

const ACCEPTED: &str = "hookstead_deliveries_accepted_total";
const SETTLED: &str = "hookstead_deliveries_settled_total";
const LEASES_LOST: &str = "hookstead_leases_lost_total";
const WAITING: &str = "hookstead_waiting_seconds";
const HANDLING: &str = "hookstead_handling_seconds";
const DELIVERIES: &str = "hookstead_inbox_deliveries";
const OLDEST_READY: &str = "hookstead_inbox_oldest_ready_seconds";

/// Tells the recorder what the names mean, for people who read them there.
pub(crate) fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_counter!(ACCEPTED, "Deliveries that the inbox took: new, duplicate or again");
        describe_counter!(SETTLED, "Attempts by their outcome");
        describe_counter!(LEASES_LOST, "Attempts that lost their lease");
        describe_histogram!(WAITING, Unit::Seconds, "From receiving to the first attempt");
        describe_histogram!(HANDLING, Unit::Seconds, "How long an attempt's handlers took");
        describe_gauge!(DELIVERIES, "Deliveries in the inbox by their state");
        describe_gauge!(OLDEST_READY, Unit::Seconds, "How long the oldest ready one is ready");
    });
}

pub(crate) fn accepted(delivery: &Delivery, accepted: Accepted) {
    let result = match accepted {
        Accepted::New => "new",
        Accepted::Duplicate => "duplicate",
        Accepted::Again => "again",
        Accepted::Replay => "replay",
    };
    counter!(ACCEPTED, "event" => event(delivery), "result" => result).increment(1);
}

pub(crate) fn leased(delivery: &Delivery) {
    // When a later attempt was due, the store alone knows.
    if delivery.attempt == 1
        && let Some(received_at) = delivery.received_at.instant()
    {
        let waited = jiff::Timestamp::now().duration_since(received_at);
        // Clocks of several machines may differ by more than it waited.
        histogram!(WAITING).record(Duration::try_from(waited).unwrap_or_default());
    }
}

pub(crate) fn settled(delivery: &Delivery, settlement: &Settlement) {
    let outcome = match settlement {
        Settlement::Done => "done",
        Settlement::Superseded => "superseded",
        Settlement::Retry { .. } => "retry",
        Settlement::Dead { .. } => "dead",
        Settlement::Release => "released",
    };
    counter!(SETTLED, "event" => event(delivery), "outcome" => outcome).increment(1);
}

pub(crate) fn lease_lost() {
    counter!(LEASES_LOST).increment(1);
}

/// The time that handlers take, until dropped: also when they panic or are aborted.
pub(crate) struct Handling {
    event: String,
    started: Instant,
}

impl Handling {
    pub(crate) fn start(delivery: &Delivery) -> Self {
        Self { event: event(delivery), started: Instant::now() }
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        let event = std::mem::take(&mut self.event);
        histogram!(HANDLING, "event" => event).record(self.started.elapsed());
    }
}

/// Keeps the gauges up to date. While the store fails they stay as they are.
pub(crate) async fn keep_gauges(inbox: Arc<dyn Inbox>, interval: Duration) {
    loop {
        match inbox.depth().await {
            Ok(depth) => show(&depth),
            Err(error) => tracing::debug!(error = &error as &dyn Error, "no depth for the metrics"),
        }
        sleep(interval).await;
    }
}

fn show(depth: &Depth) {
    for state in EntryState::ALL {
        let count = match state {
            EntryState::Ready => depth.ready,
            EntryState::Delayed => depth.delayed,
            EntryState::Blocked => depth.blocked,
            EntryState::Leased => depth.leased,
            EntryState::Done => depth.done,
            EntryState::Superseded => depth.superseded,
            EntryState::Dead => depth.dead,
        };
        #[expect(clippy::cast_precision_loss, reason = "exact to 2^53 deliveries")]
        gauge!(DELIVERIES, "state" => state.as_str()).set(count as f64);
    }
    gauge!(OLDEST_READY).set(depth.oldest_ready.unwrap_or_default().as_secs_f64());
}

/// The event as a label. What GitHub has not named yet shares one: whoever knows the secret of a
/// hook could otherwise fill the recorder's memory with names.
fn event(delivery: &Delivery) -> String {
    match &delivery.event {
        EventName::Unknown(_) => "other".to_owned(),
        event => event.as_str().to_owned(),
    }
}
