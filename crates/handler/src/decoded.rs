use std::any::{Any, TypeId};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use hookstead_events::{DecodeError, Event, EventName};

use crate::delivery::Delivery;
use crate::panics::message_of;

/// What was decoded of a delivery: each event type at most once, whoever asks for it. All
/// registrations that a delivery goes to share one, from [placing](crate::Registered::place) it to
/// [running](crate::Registered::run). Cloning is cheap, and all clones are the same.
#[derive(Clone)]
pub struct Decoded {
    inner: Arc<Inner>,
}

struct Inner {
    event: EventName,
    body: Bytes,
    slots: Mutex<Vec<(TypeId, Slot)>>,
}

/// Nothing, until somebody has decoded it.
type Slot = Arc<OnceLock<Result<Arc<dyn Any + Send + Sync>, DecodeError>>>;

impl Decoded {
    /// Nothing yet of this delivery.
    #[must_use]
    pub fn new(delivery: &Delivery) -> Self {
        let inner = Inner {
            event: delivery.event.clone(),
            body: delivery.body.clone(),
            slots: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// This one, if it is of this delivery: of the same body in memory, not of an equal one. Else a new
    /// one.
    pub(crate) fn or_of(&self, delivery: &Delivery) -> Self {
        let (one, other) = (&self.inner.body, &delivery.body);
        let is_same = self.inner.event == delivery.event
            && one.as_ptr() == other.as_ptr()
            && one.len() == other.len();
        if is_same { self.clone() } else { Self::new(delivery) }
    }

    /// The event as this type, else a sentence that says why there is none: also after a panic.
    pub(crate) fn get_or_why<E: Event>(&self) -> Result<Arc<E>, String> {
        match catch_unwind(AssertUnwindSafe(|| self.get())) {
            Ok(decoded) => decoded.map_err(|error| error.to_string()),
            Err(panic) => Err(format!("decoding panicked: {}", message_of(&*panic))),
        }
    }

    /// The event as this type.
    pub(crate) fn get<E: Event>(&self) -> Result<Arc<E>, DecodeError> {
        let inner = &*self.inner;
        // Another thread that asks for the same type at the same time waits for this one.
        let decoded = self
            .slot(TypeId::of::<E>())
            .get_or_init(|| {
                let event = E::decode(&inner.event, &inner.body)?;
                Ok(Arc::new(event) as Arc<dyn Any + Send + Sync>)
            })
            .clone()?;
        match decoded.downcast() {
            Ok(event) => Ok(event),
            // The slot is this type's, so this never happens.
            Err(_) => E::decode(&inner.event, &inner.body).map(Arc::new),
        }
    }

    fn slot(&self, of_type: TypeId) -> Slot {
        let mut slots = self.inner.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, slot)) = slots.iter().find(|(known, _)| *known == of_type) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        slots.push((of_type, Arc::clone(&slot)));
        slot
    }
}

/// Leaves the events out: they may be private, and they are long.
impl fmt::Debug for Decoded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots = self.inner.slots.lock().unwrap_or_else(PoisonError::into_inner);
        formatter
            .debug_struct("Decoded")
            .field("event", &self.inner.event)
            .field("types", &slots.len())
            .finish_non_exhaustive()
    }
}
