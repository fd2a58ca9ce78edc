use serde::{Serialize, Serializer};

use crate::about::{self, About};
use crate::common::{Common, Shown};
use crate::decode::decode_error::DecodeError;
use crate::decode::decode_json::decode_json;
use crate::event::Event;
use crate::event_name::EventName;
use crate::other_event::OtherEvent;
use crate::table::table;

macro_rules! any_event {
    ($( $name:literal $variant:ident $family:ident::$file:ident::$type:ident($($field:ident)*), )*) => {
        /// Any event: the ones with a type as that type, every other with its raw JSON.
        ///
        /// A [handler](Event) of this type sees every delivery.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum AnyEvent {
            $( #[doc = concat!("`", $name, "`")] $variant(Box<crate::$family::$file::$type>), )*
            /// An event without a type of its own here.
            Other(OtherEvent),
        }

        impl AnyEvent {
            /// The event's name.
            #[must_use]
            pub fn name(&self) -> &EventName {
                match self {
                    $( Self::$variant(_) => &EventName::$variant, )*
                    Self::Other(event) => event.name(),
                }
            }
        }

        impl Event for AnyEvent {
            const NAME: Option<EventName> = None;

            fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                match name {
                    $( EventName::$variant => match boxed(name, payload) {
                        Ok(event) => Ok(Self::$variant(event)),
                        Err(error) => Err(error),
                    }, )*
                    _ => OtherEvent::decode(name, payload).map(Self::Other),
                }
            }

            fn common(&self) -> Common<'_> {
                match self {
                    $( Self::$variant(event) => event.common(), )*
                    Self::Other(event) => event.common(),
                }
            }
        }

        /// Writes the event itself, without its name.
        impl Serialize for AnyEvent {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$variant(event) => event.serialize(serializer), )*
                    Self::Other(event) => event.serialize(serializer),
                }
            }
        }

        $(
            impl Event for crate::$family::$file::$type {
                const NAME: Option<EventName> = Some(EventName::$variant);

                fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                    decode_json(name, payload)
                }

                fn common(&self) -> Common<'_> {
                    Common {
                        $( $field: self.$field.shown(), )*
                        sender: self.sender.shown(),
                        organization: self.organization.shown(),
                        installation: self.installation.shown(),
                        enterprise: self.enterprise.shown(),
                        head_sha: about::head_sha(self),
                        subject: About::subject(self),
                        is_from_fork: About::is_from_fork(self),
                        ..Common::default()
                    }
                }
            }

            impl From<crate::$family::$file::$type> for AnyEvent {
                fn from(event: crate::$family::$file::$type) -> Self {
                    Self::$variant(Box::new(event))
                }
            }
        )*
    };
}

/// Kept out of line: else the stack frame of `AnyEvent::decode` would hold every event at once.
#[inline(never)]
fn boxed<E: Event>(name: &EventName, payload: &[u8]) -> Result<Box<E>, DecodeError> {
    match E::decode(name, payload) {
        Ok(event) => Ok(Box::new(event)),
        Err(error) => Err(error),
    }
}

table!(any_event);
