use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// A moment as GitHub writes it.
///
/// GitHub's timestamps are mixed: `2019-05-15T15:20:33Z` is usual, `+00:00`, other offsets and
/// milliseconds occur, and `push` and `installation` carry integer epoch seconds. All of these are
/// read into an [`instant`](Self::instant). Anything else (`2018-04-25 20:42:10` without a zone
/// was seen) is kept as it came and has no instant. Every form is written back as it was read.
///
/// ```
/// use hookstead_types::Timestamp;
///
/// let usual = Timestamp::from("2019-05-15T15:20:33Z");
/// let offset = Timestamp::from("2019-05-15T11:20:33.000-04:00");
/// let epoch = Timestamp::from_epoch_seconds(1_557_933_633);
/// assert_eq!(usual, offset);
/// assert_eq!(usual, epoch);
/// assert!(Timestamp::from("yesterday").instant().is_none());
/// ```
#[derive(Clone)]
pub struct Timestamp {
    instant: Option<jiff::Timestamp>,
    written: Written,
}

/// How the timestamp was written, so that it can be written back the same.
#[derive(Clone)]
enum Written {
    /// `2019-05-15T15:20:33Z`, the form that the instant prints as.
    Usual,
    /// Integer epoch seconds.
    Epoch(i64),
    /// Any other text.
    Text(Box<str>),
}

impl Timestamp {
    /// The moment, unless the text was in a form that names none.
    #[must_use]
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        self.instant
    }

    /// The moment this many seconds after 1970-01-01T00:00:00Z, written as an integer.
    #[must_use]
    pub fn from_epoch_seconds(seconds: i64) -> Self {
        Self {
            instant: jiff::Timestamp::from_second(seconds).ok(),
            written: Written::Epoch(seconds),
        }
    }

    /// The present moment, by this machine's clock, in whole seconds as GitHub writes it.
    #[must_use]
    pub fn now() -> Self {
        let now = jiff::Timestamp::now();
        Self::from(jiff::Timestamp::from_second(now.as_second()).unwrap_or(now))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self { instant: Some(instant), written: Written::Usual }
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        let instant = text.parse::<jiff::Timestamp>().ok();
        // The usual form has exactly this length, and its instant prints as it was written, but
        // for a leap second. (Reading it by hand instead of with jiff makes decoding a
        // `pull_request` 1 % faster: not worth it.)
        let usual = text.len() == "2019-05-15T15:20:33Z".len()
            && text.as_bytes().get(10) == Some(&b'T')
            && text.ends_with('Z')
            && !text.ends_with(":60Z");
        let written =
            if instant.is_some() && usual { Written::Usual } else { Written::Text(text.into()) };
        Self { instant, written }
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Two timestamps are equal when they name the same moment, however they are written; two that
/// name none are equal when they are written alike.
impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        match (self.instant, other.instant) {
            (Some(one), Some(two)) => one == two,
            (None, None) => self.to_string() == other.to_string(),
            _ => false,
        }
    }
}

impl Eq for Timestamp {}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The instant in UTC as RFC 3339, else the text as it came.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.instant, &self.written) {
            (Some(instant), _) => fmt::Display::fmt(&instant, formatter),
            (None, Written::Text(text)) => formatter.pad(text),
            (None, Written::Epoch(seconds)) => fmt::Display::fmt(seconds, formatter),
            (None, Written::Usual) => Ok(()),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.written {
            Written::Usual => serializer.collect_str(self),
            Written::Epoch(seconds) => serializer.serialize_i64(*seconds),
            Written::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimestampVisitor;

        impl Visitor<'_> for TimestampVisitor {
            type Value = Timestamp;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a timestamp: a string or integer epoch seconds")
            }

            fn visit_str<E>(self, text: &str) -> Result<Timestamp, E> {
                Ok(Timestamp::from(text))
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<Timestamp, E> {
                Ok(Timestamp::from_epoch_seconds(seconds))
            }

            fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
                i64::try_from(seconds)
                    .map(Timestamp::from_epoch_seconds)
                    .map_err(|_| E::custom("epoch seconds beyond 64 bits"))
            }
        }

        deserializer.deserialize_any(TimestampVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_seen_in_the_wild_round_trips() {
        for (json, utc) in [
            (r#""2019-05-15T15:20:33Z""#, "2019-05-15T15:20:33Z"),
            (r#""2019-05-15T15:20:33+00:00""#, "2019-05-15T15:20:33Z"),
            (r#""2021-04-28T22:32:21.000-04:00""#, "2021-04-29T02:32:21Z"),
            (r#""2021-04-28T22:32:21.123Z""#, "2021-04-28T22:32:21.123Z"),
            (r#""2016-12-31T23:59:60Z""#, "2016-12-31T23:59:59Z"),
            (r#""2019-02-29T15:20:33Z""#, "2019-02-29T15:20:33Z"),
            (r#""0000-01-01T00:00:00Z""#, "0000-01-01T00:00:00Z"),
            (r#""2018-04-25 20:42:10""#, "2018-04-25 20:42:10"),
            (r#""""#, ""),
            ("1557933642", "2019-05-15T15:20:42Z"),
            ("-1", "1969-12-31T23:59:59Z"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            let timestamp: Timestamp = serde_json::from_str(json).unwrap();
            assert_eq!(timestamp.to_string(), utc);
            assert_eq!(serde_json::to_string(&timestamp).unwrap(), json);
        }
    }

    #[test]
    fn something_else_is_refused() {
        for json in ["null", "{}", "1.5", "true", "18446744073709551615"] {
            assert!(serde_json::from_str::<Timestamp>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn now_is_written_in_the_usual_form() {
        let now = Timestamp::now();
        let json = serde_json::to_value(&now).unwrap();
        let text = json.as_str().unwrap();
        assert_eq!(text.len(), "2019-05-15T15:20:33Z".len(), "{text}");
        assert_eq!(Timestamp::from(text), now);
    }
}
