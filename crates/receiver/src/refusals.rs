use std::error::Error;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId};
use hookstead_inbox::InboxError;
use http::{StatusCode, request};

use crate::answer::Answer;
use crate::request_head;
use crate::signatures::SignatureCounts;
use crate::tally::Tally;

/// What is shown of a path that nobody knows, in bytes.
const LONGEST_PATH: usize = 100;

/// A request that looks like a delivery, to another path than the hook's.
pub(crate) struct LostDelivery {
    path: String,
    event: Option<String>,
}

/// Tells the log of what was refused. Anybody can cause a refusal, at any rate.
#[derive(Debug)]
pub(crate) struct Refusals {
    answered: Tally<StatusCode>,
    not_accepted: Tally<()>,
}

impl Refusals {
    pub(crate) fn new(log_interval: Duration) -> Self {
        Self { answered: Tally::new(log_interval), not_accepted: Tally::new(log_interval) }
    }

    /// A request to the hook's path was refused.
    pub(crate) fn refused(&self, delivery: Option<(&DeliveryId, &EventName)>, answer: &Answer) {
        let event = delivery.map(|(_, event)| tracing::field::display(event));
        let delivery = delivery.map(|(id, _)| tracing::field::display(id));
        let status = answer.status().as_u16();
        if self.is_first(answer.status()) {
            tracing::warn!(delivery, event, status, "refused: {}", answer.text());
        } else {
            tracing::debug!(delivery, event, status, "refused: {}", answer.text());
        }
    }

    /// A request was refused because of its signature; `counts` has it already. Somebody may just have
    /// tried, or the secret was changed on one side only.
    pub(crate) fn wrong_signature(&self, counts: &SignatureCounts, answer: &Answer) {
        if !self.is_first(answer.status()) {
            tracing::debug!(status = answer.status().as_u16(), "refused: {}", answer.text());
            return;
        }
        let failed = counts.failed_since_verified;
        match &counts.last_verified {
            Some(last) => tracing::warn!(
                failed,
                last_verified = %last,
                "signatures failed since the last good one; has the hook's secret been changed?",
            ),
            None => tracing::warn!(
                failed,
                "signatures failed and none was ever good; the hook's secret is probably another \
                 one than the one here, or it has none",
            ),
        }
    }

    /// What a request to another path than the hook's has of a delivery, if it looks like one. Then a hook
    /// may have a wrong URL, and what it sends is lost.
    pub(crate) fn lost_delivery(&self, head: &request::Parts) -> Option<LostDelivery> {
        request_head::looks_like_delivery(head).then(|| {
            let path = head.uri.path();
            let path = path[..path.floor_char_boundary(LONGEST_PATH)].to_owned();
            LostDelivery { path, event: request_head::event(head).map(ToOwned::to_owned) }
        })
    }

    /// Nobody knows its path.
    pub(crate) fn not_found(&self, LostDelivery { path, event }: &LostDelivery) {
        let event = event.as_deref();
        if self.is_first(StatusCode::NOT_FOUND) {
            tracing::warn!(path, event, "refused: a delivery to another path than the hook's");
        } else {
            tracing::debug!(path, event, "refused: a delivery to another path than the hook's");
        }
    }

    /// A delivery was good, and the inbox did not take it, for this reason.
    pub(crate) fn not_accepted(&self, delivery: &Delivery, error: &InboxError) {
        let event = delivery.event_and_action();
        let (delivery, repository) = (&delivery.id, delivery.repository.as_deref());
        let error = error as &dyn Error;
        let summary = |count| tracing::error!(count, "as many more were not accepted since");
        if self.not_accepted.is_first((), summary) {
            tracing::error!(%delivery, event, repository, error, "not accepted");
        } else {
            tracing::debug!(%delivery, event, repository, error, "not accepted");
        }
    }

    fn is_first(&self, status: StatusCode) -> bool {
        self.answered.is_first(status, move |count| {
            tracing::warn!(status = status.as_u16(), count, "as many more were refused since");
        })
    }
}
