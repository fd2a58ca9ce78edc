use std::fmt;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::common::{Common, CommonFields};
use crate::decode::decode_error::DecodeError;
use crate::decode::decode_json::decode_json;
use crate::event_name::EventName;

/// An event without a type of its own: its name and its JSON as it came.
///
/// ```
/// use hookstead_events::{AnyEvent, Event, EventName};
///
/// let event = AnyEvent::decode(&EventName::from("from_the_future"), br#"{"beam": "up"}"#)?;
/// let AnyEvent::Other(event) = event else { unreachable!() };
/// assert_eq!(event.name().as_str(), "from_the_future");
/// assert_eq!(event.json(), r#"{"beam": "up"}"#);
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct OtherEvent {
    name: EventName,
    payload: Box<RawValue>,
    /// Read when somebody asks for them.
    common: OnceLock<Box<CommonFields>>,
}

impl OtherEvent {
    pub(crate) fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self {
            name: name.clone(),
            payload: decode_json(name, payload)?,
            common: OnceLock::new(),
        })
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

    pub(crate) fn common(&self) -> Common<'_> {
        self.common.get_or_init(|| Box::new(CommonFields::read(self.json()))).common()
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

/// Leaves the payload out: nobody knows what is in it, and it is long.
impl fmt::Debug for OtherEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OtherEvent")
            .field("name", &self.name)
            .field("payload", &format_args!("{} bytes", self.json().len()))
            .finish()
    }
}

/// Writes the payload as it came.
impl Serialize for OtherEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.payload.serialize(serializer)
    }
}
