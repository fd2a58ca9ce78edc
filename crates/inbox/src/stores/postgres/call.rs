//! One call of `accept`, and what it is called in an error.

use crate::store::accept::NewDelivery;
use crate::store::lease::LeaseToken;

pub(super) const DOING: &str = "accept a delivery";

/// One call. When its answer is lost it is made again, and knows by these numbers what it wrote itself.
pub(super) struct Call {
    pub(super) new: NewDelivery,
    pub(super) ticket: i64,
    /// A lease's token for each task.
    pub(super) tokens: Vec<i64>,
}

impl Call {
    pub(super) fn new(new: NewDelivery) -> Self {
        let tokens = new.tasks.iter().map(|_| LeaseToken::random().to_i64()).collect();
        Self { new, ticket: LeaseToken::random().to_i64(), tokens }
    }
}
