use std::time::Duration;

use hookstead_handler::End;

/// How a lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// The handler did its work.
    Done,
    /// There is another attempt after this long. If the task was marked, it [ends](Settled::MustEnd)
    /// instead.
    Again {
        /// The pause, at least.
        after: Duration,
        /// Why; this decides what is counted.
        because: Because,
        /// What went wrong, or what it waits for.
        text: String,
    },
    /// Given back untried: due at once, and the attempt does not count. If the task was marked, it has
    /// ended like that, and waits for `ended` without a lease.
    Release,
    /// It has ended like this. Lease and lane stay: `ended` is called next. If the task was marked, that
    /// is [how it ends](Settled::MustEnd).
    End {
        /// How.
        end: End,
        /// Why, for people.
        text: String,
    },
    /// `ended` was called, after [`End`](Self::End) or for a task that was leased with an
    /// [end](super::Leased::end).
    Ended,
}

/// Why there is another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Because {
    /// It failed, which counts as one more failure; for `ended`, as one more abandoned lease.
    Failure,
    /// The other side is out of order. It counts as no failure, but the run fails from now on.
    Outage,
    /// It waits. It counts nowhere. If it was woken meanwhile, it is due at once.
    Wait,
}

/// What came of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Settled {
    /// It is written.
    Settled,
    /// The task was marked meanwhile and ends like this, which is written: lease and lane stay, `ended`
    /// is called next.
    MustEnd(End),
    /// The lease was lost; nothing changed.
    Lost,
}
