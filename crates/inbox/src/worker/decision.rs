//! What becomes of a task: from its counters and the end of its attempt, and from nothing else.

use std::time::Duration;

use hookstead_handler::{Advice, End};

use super::settings::Settings;
use super::worker::Worker;
use crate::store::lease::Leased;
use crate::store::settlement::{Because, Settlement};

/// No pause after an outage is shorter, so that a side which refuses at once is not asked all the time.
const SHORTEST_OUTAGE_PAUSE: Duration = Duration::from_secs(1);

/// No wait is shorter, whatever a handler says.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// A pause that was asked for gets at most this part of itself on top, so that all who were asked for the
/// same one do not come back in the same second.
const LARGEST_EXTRA: f64 = 0.2;

/// What the store has counted of a run before an attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counters {
    pub(super) failures: u32,
    pub(super) abandoned: u32,
    pub(super) failing_for: Option<Duration>,
    pub(super) waiting_for: Option<Duration>,
}

impl Counters {
    pub(super) fn of(leased: &Leased) -> Self {
        Self {
            failures: leased.failures,
            abandoned: leased.abandoned,
            failing_for: leased.failing_for,
            waiting_for: leased.waiting_for,
        }
    }
}

/// Before an attempt: whether there is none, because the run has ended already. Of all reasons the
/// strongest goes first.
pub(super) fn ends_before_it_begins(settings: &Settings, leased: &Leased) -> Option<(End, String)> {
    if let Some(reason) = &leased.marks.canceled {
        return Some((End::Canceled, reason.clone()));
    }
    if let Some(by) = &leased.marks.superseded_by {
        return Some((End::Superseded, superseded(by.as_str())));
    }
    let abandoned = leased.abandoned;
    (abandoned >= settings.max_abandoned).then(|| {
        let text = format!(
            "gave up: {abandoned} leases in a row ended without an outcome; it may be what ends its process"
        );
        (End::Dead, text)
    })
}

/// The text of a task whose place a newer one took.
pub(super) fn superseded(by: &str) -> String {
    format!("superseded by {by}")
}

/// After an attempt that was not successful. `portion`, between 0 and 1, is the chance in its pauses.
pub(super) fn after_failure(
    settings: &Settings,
    counters: Counters,
    advice: Advice,
    text: String,
    portion: f64,
) -> Settlement {
    match advice {
        Advice::Permanent => dead(text),
        Advice::RetryAfter(asked) => failed(
            settings,
            counters,
            longer(asked.min(settings.longest_retry_delay), portion),
            text,
        ),
        Advice::Outage(asked) => outage(settings, counters, asked, text, portion),
        Advice::Wait { left, why } => wait(settings, counters, left, why),
        // What this version does not know is a failure as well.
        _ => growing(settings, counters, text, portion),
    }
}

/// After an attempt of `ended` that was not successful: there is another, after a growing pause.
pub(super) fn after_failed_ended(settings: &Settings, abandoned: u32, text: String) -> Settlement {
    let after = settings.back_off.delay(abandoned.saturating_add(1));
    Settlement::Again { after, because: Because::Failure, text: shortened(text) }
}

/// So often `ended` is tried.
pub(super) const MOST_ENDED: u32 = 3;

fn growing(settings: &Settings, counters: Counters, text: String, portion: f64) -> Settlement {
    let after = settings.back_off.portion(counters.failures.saturating_add(1), portion);
    failed(settings, counters, after, text)
}

/// One more failure.
fn failed(settings: &Settings, counters: Counters, after: Duration, text: String) -> Settlement {
    let failures = counters.failures.saturating_add(1);
    if failures >= settings.max_failures {
        let s = if failures == 1 { "" } else { "s" };
        return dead(format!("gave up after {failures} failure{s}: {text}"));
    }
    Settlement::Again { after, because: Because::Failure, text: shortened(text) }
}

/// The other side is out of order: the pauses grow with the time that the run fails already, half of them
/// by chance.
fn outage(
    settings: &Settings,
    counters: Counters,
    asked: Option<Duration>,
    text: String,
    portion: f64,
) -> Settlement {
    let failing_for = counters.failing_for.unwrap_or_default();
    let longest = settings.longest_outage_delay;
    let shortest = SHORTEST_OUTAGE_PAUSE.min(longest);
    if failing_for >= settings.outage_for {
        let hours = settings.outage_for.as_secs_f64() / 3600.0;
        return dead(format!("gave up: it has failed for more than {hours} h: {text}"));
    }
    let after = match asked {
        Some(asked) => longer(asked.min(settings.longest_retry_delay).max(shortest), portion),
        None => failing_for.clamp(shortest, longest).mul_f64(0.5 + portion.clamp(0.0, 1.0) / 2.0),
    };
    Settlement::Again { after, because: Because::Outage, text: shortened(text) }
}

fn wait(settings: &Settings, counters: Counters, left: Duration, why: String) -> Settlement {
    let waited = counters.waiting_for.unwrap_or_default();
    if waited >= settings.longest_wait {
        let days = settings.longest_wait.as_secs_f64() / 86400.0;
        return dead(format!("gave up: for {days} days it did nothing but wait: {why}"));
    }
    // What waits for longer is asked once more at the end, and then given up.
    let after = left.min(settings.longest_wait - waited).max(SHORTEST_WAIT);
    Settlement::Again { after, because: Because::Wait, text: shortened(why) }
}

pub(super) fn dead(text: String) -> Settlement {
    Settlement::End { end: End::Dead, text: shortened(text) }
}

/// At least so long, and up to a fifth more.
fn longer(asked: Duration, portion: f64) -> Duration {
    let extra =
        Duration::try_from_secs_f64(asked.as_secs_f64() * LARGEST_EXTRA * portion.clamp(0.0, 1.0));
    asked.saturating_add(extra.unwrap_or_default())
}

/// Cuts a text to [`Worker::MAX_ERROR_LENGTH`].
pub(super) fn shortened(mut text: String) -> String {
    if text.len() > Worker::MAX_ERROR_LENGTH {
        text.truncate(text.floor_char_boundary(Worker::MAX_ERROR_LENGTH));
        text.push_str("...");
    }
    text
}
