use std::time::Duration;

use hookstead_types::Timestamp;

use super::delivery::RecordedDelivery;

/// The record of what hooks were told.
#[derive(Debug, Clone)]
pub(crate) struct Deliveries {
    /// The oldest first.
    pub(crate) finished: Vec<RecordedDelivery>,
    /// How many have been begun and are not finished.
    pub(crate) pending: usize,
    /// How long after a delivery the API repeats it.
    pub(crate) retention: Duration,
    /// In which order the API lists them.
    pub(crate) oldest_first: bool,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            finished: Vec::new(),
            pending: 0,
            retention: Duration::from_secs(3 * 24 * 60 * 60),
            oldest_first: false,
        }
    }
}

impl Deliveries {
    pub(crate) fn find(&self, id: u64) -> Option<&RecordedDelivery> {
        self.finished.iter().find(|it| it.id == id)
    }

    /// Whether the delivery was so long ago that it cannot be repeated.
    pub(crate) fn is_past_retention(&self, delivery: &RecordedDelivery, now: &Timestamp) -> bool {
        let (now, then) = (now.instant(), delivery.delivered_at.instant());
        let age = now.zip(then).map(|(now, then)| now.duration_since(then));
        let age = age.and_then(|age| Duration::try_from(age).ok());
        age.is_some_and(|age| age > self.retention)
    }
}
