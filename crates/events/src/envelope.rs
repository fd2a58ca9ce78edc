use std::fmt;

use hookstead_types::RepoName;

use crate::decode::json_scan::{Fault, members, skip_space, skip_value};

/// The longest `action` that is told, in bytes as it is written. The longest that GitHub takes from
/// a caller of its API has 100 characters, each of which may be written as two escapes of six bytes.
/// A longer one is none: it would go into log lines, answers and an index.
const LONGEST_ACTION: usize = 100 * 12 + 2;

/// The longest name of a repository that is told, in bytes as it is written: GitHub's longest has 140
/// characters, and each may be written as an escape of six bytes. It goes where the action goes.
const LONGEST_REPOSITORY: usize = 140 * 6 + 2;

/// What a receiver needs of a payload before anybody decodes it: that it is one JSON object, and
/// the values that tell deliveries apart. Everything else is skipped, which is nearly free.
///
/// ```
/// use hookstead_events::Envelope;
///
/// let payload = br#"{"action": "opened", "repository": {"full_name": "octocat/hello-world"},
///                    "installation": {"id": 7}, "x": [1]}"#;
/// let envelope = Envelope::scan(payload)?;
/// assert_eq!(envelope.action.as_deref(), Some("opened"));
/// assert_eq!(envelope.repository.as_deref(), Some("octocat/hello-world"));
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
    /// `repository.full_name`, if it is one: `octocat/hello-world`.
    pub repository: Option<String>,
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
        // The scan does not look inside strings, so UTF-8 is checked first.
        let text = std::str::from_utf8(payload).map_err(NotAnObject::no_text)?;
        Self::of(text).map_err(|fault| NotAnObject(fault.in_words(payload)))
    }

    fn of(text: &str) -> Result<Self, Fault> {
        let bytes = text.as_bytes();
        let start = skip_space(bytes, 0);
        if bytes.get(start) != Some(&b'{') {
            return Err(Fault::no_object(bytes, start));
        }
        let (mut action, mut installation, mut repository) = (None, None, None);
        // The value of one key of the object at this position, if it is an object.
        let inner = |at, name, found: &mut Option<_>| {
            *found = None;
            if bytes.get(at) != Some(&b'{') {
                return skip_value(bytes, at);
            }
            members(bytes, at, |key, at| {
                let end = skip_value(bytes, at)?;
                if is(key, name) {
                    *found = text.get(at..end);
                }
                Ok(end)
            })
        };
        let end = members(bytes, start, |key, at| {
            if is(key, "action") {
                let end = skip_value(bytes, at)?;
                action = text.get(at..end);
                return Ok(end);
            }
            if is(key, "installation") {
                return inner(at, "id", &mut installation);
            }
            if is(key, "repository") {
                return inner(at, "full_name", &mut repository);
            }
            skip_value(bytes, at)
        })?;
        let end = skip_space(bytes, end);
        if end < bytes.len() {
            return Err(Fault::trailing(end));
        }
        // Of a key that occurs several times the last one counts, as with the types of the events.
        let action = action.filter(|json| json.len() <= LONGEST_ACTION);
        let repository = repository.filter(|json| json.len() <= LONGEST_REPOSITORY);
        let repository = repository.and_then(|json| serde_json::from_str::<RepoName>(json).ok());
        Ok(Self {
            action: action.and_then(|json| serde_json::from_str(json).ok()),
            repository: repository.map(|name| name.as_str().to_owned()),
            installation: installation.and_then(|json| json.parse().ok()),
        })
    }
}

/// Whether a key, as it is written in JSON, is this name, which needs no escapes.
#[inline]
fn is(written: &[u8], name: &str) -> bool {
    match written.first() {
        Some(b'\\') => is_escaped(written, name),
        first if first == name.as_bytes().first() => {
            written.len() >= name.len() && (written == name.as_bytes() || is_escaped(written, name))
        }
        _ => false,
    }
}

fn is_escaped(written: &[u8], name: &str) -> bool {
    let mut rest = written;
    for letter in name.bytes() {
        rest = match rest {
            [b'\\', b'u', digits @ ..] => {
                let code = digits.get(..4).and_then(|code| std::str::from_utf8(code).ok());
                if code.and_then(|code| u32::from_str_radix(code, 16).ok()) != Some(letter.into()) {
                    return false;
                }
                digits.get(4..).unwrap_or_default()
            }
            [byte, rest @ ..] if *byte == letter => rest,
            _ => return false,
        };
    }
    rest.is_empty()
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
            r#"{"installation": [7]}"#,
            r#"{"installation": {"id": 7.0}}"#,
            r#"{"installation": {"id": -7}}"#,
            r#"{"installation": {"id": 18446744073709551616}}"#,
            r#"{"Action": "a", "actions": "b", "\u0061\u0063tion ": "c"}"#,
            r#"{"installation": {"account": {"id": 7}}, "x": {"action": "a", "id": 7}}"#,
            r#"{"action": "a", "action": null, "installation": {"id": 7}, "installation": null}"#,
            r#"{"action": "lone \ud800"}"#,
            r#"{"repository": "octocat/hello"}"#,
            r#"{"repository": {"full_name": 7}}"#,
            r#"{"repository": {"full_name": "octocat"}}"#,
            r#"{"repository": {"full_name": "octocat/\u001b[2J"}}"#,
            r#"{"repository": {"owner": {"full_name": "a/b"}, "name": "b"}}"#,
            r#"{"repository": {"full_name": "a/b"}, "repository": {"full_name": null}}"#,
        ] {
            assert_eq!(Envelope::scan(json.as_bytes()).unwrap(), Envelope::default(), "{json}");
        }
        assert_eq!(Envelope::scan(br#"{"action":"a\u0062c"}"#).unwrap().action.unwrap(), "abc");
    }

    #[test]
    fn keys_may_be_escaped_and_the_last_one_counts() {
        let json = br#"{"\u0061ction": "a", "installation": {"id": 6}, "act\u0069on" : "b",
            "repository" : {"full_name": "a/b", "full\u005fname": "\u0063/d", "fullname": "e/f"},
            "inst\u0061llation" : {"id": 7 , "i\u0064": 8, "ID": 9} }"#;
        let envelope = Envelope::scan(json).unwrap();
        assert_eq!((envelope.action.as_deref(), envelope.installation), (Some("b"), Some(8)));
        assert_eq!(envelope.repository.as_deref(), Some("c/d"));
    }

    #[test]
    fn an_endless_action_is_none() {
        for (letters, is_told) in [(100, true), (1200, true), (1201, false), (100_000, false)] {
            let json = format!(r#"{{"action": "{}"}}"#, "a".repeat(letters));
            assert_eq!(Envelope::scan(json.as_bytes()).unwrap().action.is_some(), is_told);
        }
        let hundred = format!(r#"{{"action": "{}"}}"#, r"\ud83d\ude00".repeat(100));
        assert_eq!(Envelope::scan(hundred.as_bytes()).unwrap().action, Some("😀".repeat(100)));
    }

    #[test]
    fn an_endless_repository_is_none() {
        for (letters, is_told) in [(100, true), (838, true), (839, false), (100_000, false)] {
            let json = format!(r#"{{"repository": {{"full_name": "o/{}"}}}}"#, "a".repeat(letters));
            assert_eq!(Envelope::scan(json.as_bytes()).unwrap().repository.is_some(), is_told);
        }
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
