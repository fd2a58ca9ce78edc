//! What the log says of a delivery on its way. Ids, events and attempts; never a body.

use hookstead_handler::Delivery;

use crate::{Accepted, Settlement};

pub(crate) fn accepted(delivery: &Delivery, accepted: Accepted) {
    #[cfg(feature = "metrics")]
    crate::metrics::accepted(delivery, accepted);
    let event = delivery.event_and_action();
    match accepted {
        Accepted::New => tracing::info!(id = %delivery.id, event, "accepted"),
        Accepted::Again => tracing::info!(id = %delivery.id, event, "accepted again"),
        Accepted::Duplicate => tracing::info!(id = %delivery.id, event, "duplicate"),
        // Whoever refuses it says so.
        Accepted::Replay => tracing::debug!(id = %delivery.id, event, "replay"),
    }
}

pub(crate) fn leased(delivery: &Delivery) {
    #[cfg(feature = "metrics")]
    crate::metrics::leased(delivery);
    let event = delivery.event_and_action();
    tracing::debug!(id = %delivery.id, event, attempt = delivery.attempt, "leased");
}

pub(crate) fn lease_lost(delivery: &Delivery, when: &str) {
    #[cfg(feature = "metrics")]
    crate::metrics::lease_lost();
    let event = delivery.event_and_action();
    tracing::warn!(id = %delivery.id, event, attempt = delivery.attempt, "lost the lease {when}");
}

pub(crate) fn settled(delivery: &Delivery, settlement: &Settlement) {
    #[cfg(feature = "metrics")]
    crate::metrics::settled(delivery, settlement);
    let id = &delivery.id;
    let event = delivery.event_and_action();
    let attempt = delivery.attempt;
    match settlement {
        Settlement::Done => tracing::info!(%id, event, attempt, "done"),
        Settlement::Superseded => tracing::info!(%id, event, attempt, "superseded"),
        Settlement::Retry { after, error } => {
            tracing::warn!(%id, event, attempt, ?after, error, "retry");
        }
        Settlement::Dead { error } => tracing::error!(%id, event, attempt, error, "dead"),
        Settlement::Release => tracing::info!(%id, event, attempt, "released"),
    }
}
