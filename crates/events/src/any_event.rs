use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{DecodeError, EventName, decode_json};

/// An event without a type of its own: its name and its JSON as it came.
///
/// ```
/// use hookstead_events::{AnyEvent, Event, EventName};
///
/// let event = AnyEvent::decode(&EventName::from("cache_sync"), br#"{"cache_location": "x"}"#)?;
/// let AnyEvent::Other(event) = event else { unreachable!() };
/// assert_eq!(event.name().as_str(), "cache_sync");
/// assert_eq!(event.json(), r#"{"cache_location": "x"}"#);
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct OtherEvent {
    name: EventName,
    payload: Box<RawValue>,
}

impl OtherEvent {
    pub(crate) fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self { name: name.clone(), payload: decode_json(name, payload)? })
    }

    /// The event's name.
    #[must_use]
    pub fn name(&self) -> &EventName {
        &self.name
    }

    /// The payload's JSON, byte for byte.
    #[must_use]
    pub fn json(&self) -> &str {
        self.payload.get()
    }

    /// The payload as a type of yours, `serde_json::Value` for instance.
    ///
    /// # Errors
    ///
    /// Fails when the payload does not fit the type.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode_json(&self.name, self.json().as_bytes())
    }
}
