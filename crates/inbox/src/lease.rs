use std::time::Duration;

use hookstead_handler::{Delivery, Interruption};

/// What a worker asks for in [`Inbox::lease`](crate::Inbox::lease).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct LeaseRequest {
    /// At most so many deliveries.
    pub limit: usize,
    /// For how long, unless renewed.
    pub duration: Duration,
    /// After so many attempts without an outcome a delivery is dead.
    pub max_attempts: u32,
}

impl LeaseRequest {
    /// A request for at most `limit` deliveries.
    #[must_use]
    pub fn new(limit: usize, duration: Duration, max_attempts: u32) -> Self {
        Self { limit, duration, max_attempts }
    }
}

/// A delivery and the lease on it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Leased {
    /// What proves the lease when it is renewed or settled.
    pub token: LeaseToken,
    /// The delivery; its `attempt` counts this one.
    pub delivery: Delivery,
}

impl Leased {
    /// A lease; for those who write a store.
    #[must_use]
    pub fn new(token: LeaseToken, delivery: Delivery) -> Self {
        Self { token, delivery: delivery.uninterrupted() }
    }

    /// The same, of a delivery that a newer one of its lane has superseded.
    #[must_use]
    pub fn superseded(self) -> Self {
        self.delivery.interrupt(Interruption::Superseded);
        self
    }
}

/// What came of renewing a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renewal {
    /// It lasts longer.
    Renewed,
    /// It lasts longer, and a newer delivery of the lane has superseded this one.
    Superseded,
    /// Somebody else may have the delivery.
    Lost,
}

/// Proves that a lease is held. It is fresh and random for every lease, so a worker that lost its
/// lease cannot settle what another has taken since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken(u64);

impl LeaseToken {
    /// A fresh token.
    #[must_use]
    pub fn random() -> Self {
        Self(fastrand::u64(..))
    }

    /// The token as a number that fits a database's signed integer.
    #[must_use]
    pub fn to_i64(self) -> i64 {
        self.0.cast_signed()
    }

    /// The token that [`to_i64`](Self::to_i64) gave.
    #[must_use]
    pub fn from_i64(number: i64) -> Self {
        Self(number.cast_unsigned())
    }
}
