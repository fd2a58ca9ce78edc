use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use hookstead_types::decode::without_contents;

/// What a receiver needs of a payload before anybody decodes it: that it is one JSON object, and
/// the two values that tell deliveries apart. Everything else is skipped, which is nearly free.
///
/// ```
/// use hookstead_events::Envelope;
///
/// let envelope = Envelope::scan(br#"{"action": "opened", "installation": {"id": 7}, "x": [1]}"#)?;
/// assert_eq!(envelope.action.as_deref(), Some("opened"));
/// assert_eq!(envelope.installation, Some(7));
///
/// let error = Envelope::scan(br#"{"action": }"#).unwrap_err();
/// assert_eq!(error.to_string(), "the payload is no JSON object: expected value at line 1 column 12");
/// # Ok::<(), hookstead_events::NotAnObject>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope {
    /// The top-level `action`, if there is one and it is a string.
    pub action: Option<String>,
    /// `installation.id`: which installation of a GitHub App the delivery belongs to.
    pub installation: Option<u64>,
}

impl Envelope {
    /// Scans a payload.
    ///
    /// # Errors
    ///
    /// Fails when the payload is not UTF-8, not JSON, no object, or followed by something else.
    pub fn scan(payload: &[u8]) -> Result<Self, NotAnObject> {
        // serde_json does not look inside the strings that it skips, so UTF-8 is checked first.
        let text = std::str::from_utf8(payload).map_err(NotAnObject::no_text)?;
        serde_json::from_str(text).map_err(|error| NotAnObject(without_contents(error.to_string())))
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Action => envelope.action = map.next_value::<Lenient<String>>()?.0,
                Key::Installation => {
                    envelope.installation =
                        map.next_value::<Lenient<Installation>>()?.0.map(|it| it.id);
                }
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(envelope)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Action,
    Installation,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

/// A `T`, or anything else as nothing.
struct Lenient<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

/// A payload is not one JSON object. Says where it broke, not what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnObject(String);

impl NotAnObject {
    fn no_text(error: std::str::Utf8Error) -> Self {
        Self(format!("no UTF-8 at byte {}", error.valid_up_to()))
    }
}

impl fmt::Display for NotAnObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the payload is no JSON object: {}", self.0)
    }
}

impl std::error::Error for NotAnObject {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oddities_are_skipped() {
        for json in [
            "{}",
            " {} \n",
            r#"{"action": null}"#,
            r#"{"action": {"a": 1}, "installation": "x"}"#,
            r#"{"installation": {"id": "seven"}}"#,
            r#"{"installation": {}}"#,
        ] {
            assert_eq!(Envelope::scan(json.as_bytes()).unwrap(), Envelope::default(), "{json}");
        }
        assert_eq!(Envelope::scan(br#"{"action":"a\u0062c"}"#).unwrap().action.unwrap(), "abc");
    }

    #[test]
    fn only_one_object_passes() {
        for bad in
            ["", " ", "[]", "1", "null", r#""text""#, "{", "{} {}", "{},", "\u{feff}{}", "{'a':1}"]
        {
            assert!(Envelope::scan(bad.as_bytes()).is_err(), "{bad:?}");
        }
        let error = Envelope::scan(b"{\"a\": \"\xff\"}").unwrap_err().to_string();
        assert_eq!(error, "the payload is no JSON object: no UTF-8 at byte 7");
        let error = Envelope::scan(br#""s3cret""#).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
        assert!(Envelope::scan(deep.as_bytes()).is_ok());
    }
}
