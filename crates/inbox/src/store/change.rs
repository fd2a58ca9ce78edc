use std::time::Duration;

use hookstead_handler::DeliveryId;

/// What an operator, or a program, does to one task.
///
/// | | waiting | leased | done, superseded, canceled | dead |
/// |---|---|---|---|---|
/// | [`Rerun`](Self::Rerun) | refused | refused | new run, steps forgotten | new run, steps forgotten |
/// | [`Revive`](Self::Revive) | refused | refused | refused | goes on: counters 0, steps kept |
/// | [`Cancel`](Self::Cancel) | canceled | marked | refused | refused |
/// | [`Wake`](Self::Wake) | due now | remembered | refused | refused |
///
/// A task for which `ended` is still to be called counts as leased for a rerun, and is refused else. A dead
/// task that holds up a lane which [halts](hookstead_handler::LaneMode::InOrder) may be canceled: then the
/// lane goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskChange {
    /// A new run, from the beginning. It supersedes nobody and ignores what came before it, but is
    /// superseded by whatever its lane gets after it.
    Rerun,
    /// A dead task goes on. Where a newer one of its lane is known, it is superseded at once.
    Revive {
        /// Forgets the step with this name, so that it runs again.
        forget: Option<String>,
        /// It is due so long from now: many are spread over the time that they need.
        after: Duration,
    },
    /// Ends it.
    Cancel {
        /// Why, for people.
        reason: String,
    },
    /// What it waits for is there.
    Wake,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Changed {
    /// It is done.
    Changed,
    /// It is leased, and will be told.
    Marked,
    /// A newer one of its lane takes its place; it stays settled.
    Superseded {
        /// The delivery of the newer one.
        by: DeliveryId,
    },
    /// Its state is one in which this is not done.
    Refused,
    /// Its body is gone, and without it there is nothing to do again: only *Redeliver* helps.
    NoBody,
    /// There is no such task.
    Unknown,
}
