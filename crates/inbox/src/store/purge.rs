use std::time::Duration;

/// What [`Store::purge`](super::Store::purge) forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purge {
    /// The bodies of deliveries whose tasks are all settled (none of them dead), the last one for so long.
    pub bodies_after: Duration,
    /// The bodies of deliveries with dead tasks, likewise.
    pub dead_bodies_after: Duration,
    /// Settled tasks, and deliveries without tasks, for so long.
    pub settled_after: Duration,
    /// Tasks that wait for a name that no process alive takes, and were accepted so long ago. They die
    /// without `ended`.
    pub untaken_after: Duration,
    /// At most so many rows are changed in one call.
    pub limit: u32,
}

impl Purge {
    /// For those who write a store.
    #[must_use]
    pub fn new(bodies_after: Duration, settled_after: Duration, limit: u32) -> Self {
        Self {
            bodies_after,
            dead_bodies_after: settled_after,
            settled_after,
            untaken_after: settled_after,
            limit,
        }
    }
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// Bodies.
    pub bodies: u64,
    /// Tasks.
    pub tasks: u64,
    /// Deliveries.
    pub deliveries: u64,
    /// Tasks of names that nobody takes, which are dead now.
    pub untaken: u64,
    /// Whether there may be more: the limit was reached.
    pub is_more: bool,
}
