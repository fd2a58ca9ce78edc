use async_trait::async_trait;
use hookstead_events::{DecodeError, Event, EventName};

use crate::attempt::Attempt;
use crate::decoded::Decoded;
use crate::delivery::Delivery;
use crate::end::End;
use crate::error::HandlerError;
use crate::failure::FailureCause;
use crate::handler::Handler;
use crate::placement::Placement;
use crate::registration::Registration;

/// A handler with its registration, whatever its event type.
#[async_trait]
pub(crate) trait Route: Send + Sync {
    fn event(&self) -> Option<EventName>;
    fn decode(&self, decoded: &Decoded) -> Result<(), DecodeError>;
    fn place(&self, delivery: &Delivery, decoded: &Decoded) -> Placement;
    async fn handle(&self, attempt: &Attempt, decoded: Decoded) -> Result<(), FailureCause>;
    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError>;
}

pub(crate) struct TypedRoute<E, H> {
    pub(crate) handler: H,
    pub(crate) registration: Registration<E>,
}

#[async_trait]
impl<E: Event, H: Handler<E>> Route for TypedRoute<E, H> {
    fn event(&self) -> Option<EventName> {
        E::event_name()
    }

    fn decode(&self, decoded: &Decoded) -> Result<(), DecodeError> {
        decoded.get::<E>().map(drop)
    }

    fn place(&self, delivery: &Delivery, decoded: &Decoded) -> Placement {
        let without_lane = Placement::Task { lane: None };
        if !self.registration.looks_at_events() {
            return without_lane;
        }
        let event = match decoded.get_or_why::<E>() {
            Ok(event) => event,
            // Another version may well decode it, and must not do it beside another of its lane.
            Err(why) if self.registration.has_lane() => {
                return Placement::Dead { reason: format!("its lane cannot be found: {why}") };
            }
            // It is told by the attempt, which fails.
            Err(_) => return without_lane,
        };
        if !self.registration.takes(&event) {
            return Placement::Declined;
        }
        match self.registration.lane_of(&event, delivery) {
            Ok(lane) => Placement::Task { lane },
            Err(message) => Placement::Dead {
                reason: format!("the function that finds its lane panicked: {message}"),
            },
        }
    }

    async fn handle(&self, attempt: &Attempt, decoded: Decoded) -> Result<(), FailureCause> {
        let event = decoded.get::<E>().map_err(FailureCause::Decode)?;
        // Of what others need, this one keeps nothing.
        drop(decoded);
        self.handler.handle(&event, attempt).await.map_err(FailureCause::Error)
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        self.handler.ended(attempt, end).await
    }
}
