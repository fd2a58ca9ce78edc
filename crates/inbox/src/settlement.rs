use std::time::Duration;

/// How a lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// The work is done.
    Done,
    /// A newer delivery of the lane took its place, and whatever else was to do is done.
    Superseded,
    /// Try again after this long.
    Retry {
        /// The pause before the next attempt.
        after: Duration,
        /// What went wrong.
        error: String,
    },
    /// No attempt will follow, unless somebody revives or redelivers it.
    Dead {
        /// What went wrong.
        error: String,
    },
    /// The worker gives the delivery back unfinished, because it shuts down: ready at once, and
    /// the attempt does not count.
    Release,
}

impl Settlement {
    /// What [`lease`](crate::Inbox::lease) writes of a delivery that has been leased as often as it
    /// may, and what went wrong before, if anything is known of it; for those who write a store.
    #[must_use]
    pub fn attempts_used_up(attempts: u32, last_error: Option<&str>) -> Self {
        let mut error = format!(
            "all {attempts} attempts are used up, the last one ended without an outcome: \
             its process died or lost its lease"
        );
        if let Some(before) = last_error {
            error.push_str("; before that: ");
            error.push_str(before);
        }
        Self::Dead { error }
    }
}
