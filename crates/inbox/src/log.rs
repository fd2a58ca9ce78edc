//! What the log says of deliveries and tasks on their way, once for all stores: ids, events,
//! repositories, registered names and attempts; never a body, never a Rust type. Whatever is logged
//! here is counted for the metrics as well.

use std::time::Duration;

use hookstead_handler::{Delivery, End};
use tracing::Span;

use crate::about::About;
use crate::store::accept::Accepted;
use crate::store::change::{Changed, TaskChange};
use crate::store::entry::Entry;
use crate::store::settlement::{Because, Settled, Settlement};

/// An event of the log about an attempt.
macro_rules! tell {
    ($level:ident, $about:ident, $($rest:tt)+) => {{
        let About { delivery, handler, run, attempt } = $about;
        tracing::$level!(
            delivery = %delivery.id,
            event = delivery.event_and_action(),
            repository = repository(delivery),
            %handler,
            run,
            attempt,
            $($rest)+
        );
    }};
}

/// The span of an attempt: whatever a handler logs is about it.
pub(crate) fn span(about: About<'_>) -> Span {
    let About { delivery, handler, run, attempt } = about;
    tracing::info_span!(
        "attempt",
        delivery = %delivery.id,
        event = delivery.event_and_action(),
        repository = repository(delivery),
        %handler,
        run,
        attempt,
    )
}

/// What became of a delivery that came, or of work that was submitted.
pub(crate) fn accepted(delivery: &Delivery, accepted: &Accepted) {
    #[cfg(feature = "metrics")]
    crate::metrics::accepted(delivery, accepted);
    /// The fields are made only where somebody listens.
    macro_rules! tell {
        ($level:ident, $($rest:tt)+) => {
            tracing::$level!(
                delivery = %delivery.id,
                event = delivery.event_and_action(),
                repository = repository(delivery),
                $($rest)+
            )
        };
    }
    match accepted {
        Accepted::New { tasks } => tell!(info, tasks, "accepted"),
        Accepted::Again { tasks, superseded } => tell!(info, tasks, superseded, "accepted again"),
        Accepted::Duplicate { at_work, tasks } => tell!(info, at_work, tasks, "duplicate"),
        Accepted::Declined => tell!(debug, "no handler wants it"),
        // Whoever refuses it says so.
        Accepted::Replay => tell!(debug, "replay"),
    }
}

/// An attempt begins.
pub(crate) fn leased(about: About<'_>) {
    #[cfg(feature = "metrics")]
    crate::metrics::leased(about);
    tell!(debug, about, "leased");
}

/// An attempt has lost its lease. `when` goes on: *while handling it, aborting*.
pub(crate) fn lost(about: About<'_>, when: &str) {
    #[cfg(feature = "metrics")]
    crate::metrics::lost(about);
    tell!(warn, about, "lost the lease {when}");
}

/// An attempt was settled like this, and that came of it.
pub(crate) fn settled(about: About<'_>, settlement: &Settlement, settled: Settled) {
    match settled {
        Settled::Lost => return lost(about, "before the end"),
        // What it ends like says the call of `ended`.
        Settled::MustEnd(end) => {
            #[cfg(feature = "metrics")]
            crate::metrics::settled(about, end_word(end));
            return tell_end(about, end, "it was told so while it ran");
        }
        Settled::Settled => {}
    }
    #[cfg(feature = "metrics")]
    if let Some(outcome) = outcome(settlement) {
        crate::metrics::settled(about, outcome);
    }
    match settlement {
        Settlement::Done => tell!(info, about, "done"),
        Settlement::Again { after, because: Because::Failure, text } => {
            tell!(warn, about, ?after, error = text, "failed, will try again");
        }
        Settlement::Again { after, because: Because::Outage, text } => {
            // The worker says once for each handler that an outage has begun, not 10,000 times.
            tell!(debug, about, ?after, error = text, "the other side is down, will try again");
        }
        Settlement::Again { after, because: Because::Wait, text } => {
            tell!(info, about, ?after, reason = text, "waits");
        }
        Settlement::Release => tell!(info, about, "released"),
        Settlement::End { end, text } => tell_end(about, *end, text),
        // Told when it ended.
        Settlement::Ended => tell!(debug, about, "gave back the lane"),
    }
}

fn tell_end(about: About<'_>, end: End, reason: &str) {
    match end {
        End::Dead => tell!(error, about, error = reason, "dead"),
        end => tell!(info, about, reason, "{}", end_word(end)),
    }
}

/// The handler was told that its run has ended: with this error, if it failed. Then it is told again,
/// unless it was given up.
pub(crate) fn ended(about: About<'_>, end: End, error: Option<&str>, is_given_up: bool) {
    let end = end_word(end);
    match error {
        None => tell!(debug, about, end, "the handler was told of the end"),
        Some(error) if is_given_up => {
            tell!(error, about, end, error, "gave up telling the handler of the end");
        }
        Some(error) => tell!(warn, about, end, error, "will tell the handler of the end again"),
    }
}

/// A handler holds its slot for very long.
pub(crate) fn slot_held(about: About<'_>, held_for: Duration) {
    #[cfg(feature = "metrics")]
    crate::metrics::slot_held(about);
    tell!(warn, about, ?held_for, "a handler without an end in sight holds its slot");
}

/// A handler that was aborted goes on.
pub(crate) fn does_not_stop(about: About<'_>) {
    tell!(warn, about, "the handler does not stop; its lease runs out by itself");
}

/// Somebody changed a task by hand.
pub(crate) fn changed(entry: &Entry, change: &TaskChange, changed: &Changed) {
    let change = match change {
        TaskChange::Rerun => "rerun",
        TaskChange::Revive { .. } => "revive",
        TaskChange::Cancel { .. } => "cancel",
        TaskChange::Wake => "wake",
    };
    tracing::info!(
        delivery = %entry.delivery.id,
        event = entry.delivery.event_and_action(),
        repository = repository(&entry.delivery),
        handler = %entry.name,
        run = entry.run,
        change,
        "{changed}",
    );
}

/// How an attempt ended, as a label; nothing while it goes on with `ended`.
#[cfg(feature = "metrics")]
fn outcome(settlement: &Settlement) -> Option<&'static str> {
    match settlement {
        Settlement::Done => Some("done"),
        Settlement::Again { because: Because::Failure, .. } => Some("retry"),
        Settlement::Again { because: Because::Outage, .. } => Some("outage"),
        Settlement::Again { because: Because::Wait, .. } => Some("wait"),
        Settlement::Release => Some("released"),
        Settlement::End { end, .. } => Some(end_word(*end)),
        Settlement::Ended => None,
    }
}

fn end_word(end: End) -> &'static str {
    match end {
        End::Dead => "dead",
        End::Superseded => "superseded",
        End::Canceled => "canceled",
        _ => "ended",
    }
}

fn repository(delivery: &Delivery) -> Option<&str> {
    delivery.repository.as_deref()
}
