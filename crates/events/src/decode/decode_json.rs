use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use hookstead_types::decode::Budget;

use crate::decode::decode_error::DecodeError;
use crate::decode::json_scan::{skip_space, skip_value};
use crate::decode::lenient;
use crate::event_name::EventName;

/// How much memory the decoding of a payload may ask for: [`MEMORY_PER_BYTE`] times its length, and
/// [`MEMORY_ALWAYS`].
#[must_use]
pub fn memory_for(length: usize) -> usize {
    length.saturating_mul(MEMORY_PER_BYTE).saturating_add(MEMORY_ALWAYS)
}

/// For each byte of a payload, decoding it may ask for so many of memory.
///
/// A push of many usual commits asks for less than three. One of the smallest commits would ask for
/// fifty, and take as many times longer. Another limit is given to [`decode_json_within`].
pub const MEMORY_PER_BYTE: usize = 5;

/// So many bytes of memory decoding may ask for in any case, so that a small payload never meets the
/// limit, whatever it is made of.
pub const MEMORY_ALWAYS: usize = 1024 * 1024;

/// Decodes a JSON payload into any deserialisable type, as the types of this crate do it.
///
/// The memory that this asks for is limited: see [`memory_for`].
///
/// What does not fit is passed over where the type can do without it: a field that may be missing
/// is as if it were, and a list has one item less. Then the payload is read a second time, which
/// takes several times as long; a payload that fits pays nothing for it. This goes for types that
/// derive [`Decode`](hookstead_types::Decode).
///
/// # Errors
///
/// Fails when the payload does not fit the type. Only then the path to the place is looked for;
/// success pays nothing for it.
pub fn decode_json<T: DeserializeOwned>(
    name: &EventName,
    payload: &[u8],
) -> Result<T, DecodeError> {
    decode_json_within(name, payload, memory_for(payload.len()))
}

/// Decodes a JSON payload like [`decode_json`], with another limit on the bytes of memory that this
/// asks for. What counts is what [`Decode`](hookstead_types::Decode) reads: structs, lists and maps, not the
/// text of strings, and nothing that serde's own derive reads.
///
/// # Errors
///
/// Fails when the payload does not fit the type, or asks for more memory.
pub fn decode_json_within<T: DeserializeOwned>(
    name: &EventName,
    payload: &[u8],
    memory: usize,
) -> Result<T, DecodeError> {
    // Checked once as a whole, UTF-8 costs much less than string by string.
    let text = match std::str::from_utf8(payload) {
        Ok(text) => text,
        Err(error) => return Err(DecodeError::no_text(name, payload, error.valid_up_to())),
    };
    let budget = Budget::of(memory);
    match serde_json::from_str(text) {
        Ok(event) => Ok(event),
        // To read it once more would ask for as much again.
        Err(error) if budget.is_exceeded() => {
            Err(DecodeError::locate(name, text.as_bytes(), &error))
        }
        Err(error) => {
            drop(budget);
            decode_again(name, text, &error, memory)
        }
    }
}

/// Whether all of it is one value. Where it is not, serde_json finds better words for it.
fn is_json(text: &[u8]) -> bool {
    skip_value(text, skip_space(text, 0)).is_ok_and(|end| skip_space(text, end) == text.len())
}

const TOO_MUCH: &str = "takes too much memory for its length";

/// Decodes a payload that did not fit, without what does not fit where nothing has to stand.
#[cold]
#[inline(never)]
fn decode_again<T: DeserializeOwned>(
    name: &EventName,
    text: &str,
    error: &serde_json::Error,
    memory: usize,
) -> Result<T, DecodeError> {
    if !is_json(text.as_bytes())
        && let Err(broken) = serde_json::from_str::<IgnoredAny>(text)
    {
        // Behind a value that did not fit, this is no JSON at all.
        let error = if error.is_data() { &broken } else { error };
        return Err(DecodeError::locate(name, text.as_bytes(), error));
    }
    // What the first reading asked for is given back by now.
    let budget = Budget::of(memory);
    lenient::from_str(text).map_err(|misfit| {
        if budget.is_exceeded() {
            return DecodeError::new(name, misfit.path(), TOO_MUCH.to_owned());
        }
        let first = DecodeError::locate(name, text.as_bytes(), error);
        let path = misfit.path();
        if first.path() == path {
            // It has the line and the column as well.
            first
        } else {
            DecodeError::new(name, path, misfit.problem())
        }
    })
}

/// Decodes a part of a payload that was kept as it came.
pub(crate) fn decode_part<T: DeserializeOwned>(
    name: &EventName,
    part: &str,
    value: &Value,
) -> Result<T, DecodeError> {
    // Read as text, because an error in a text has a place.
    decode_json(name, value.to_string().as_bytes()).map_err(|error| error.of_part(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only decoded")]
        sha: String,
        #[expect(dead_code, reason = "only decoded")]
        count: Option<u8>,
        #[expect(dead_code, reason = "only decoded")]
        kind: Option<Kind>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        #[serde(rename = "it")]
        It,
        #[serde(rename = "other")]
        Other,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "only decoded")]
        commits: Vec<Inner>,
    }

    fn problem(json: &str) -> String {
        decode_json::<Outer>(&EventName::from("push"), json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_place_is_named_and_the_contents_are_not() {
        for (json, expected) in [
            (
                r#"{"commits": [{"sha": "a"}, {"sha": 3}]}"#,
                "push: commits[1].sha: invalid type: integer, ",
            ),
            (
                r#"{"commits": "it, expected \"x"}"#,
                "push: commits: invalid type: string, expected a sequence",
            ),
            (
                r#"{"commits": [{"sha": "a", "count": 999}]}"#,
                "push: commits[0].count: invalid value: integer, ",
            ),
            (
                r#"{"commits": [{"sha": true}]}"#,
                "push: commits[0].sha: invalid type: boolean, expected a string",
            ),
            (
                r#"{"commits": [{"sha": null}]}"#,
                "push: commits[0].sha: invalid type: null, expected a string",
            ),
            (
                r#"{"commits": [{"sha": "a", "kind": "it, expected `x"}]}"#,
                "push: commits[0].kind: unknown variant, expected `it` or `other` at",
            ),
            (r#"{"commits": [{}]}"#, "push: commits[0]: missing field `sha`"),
            (r#"{"commits": []} x"#, "push: .: trailing characters"),
            (r#"{"commits": [}"#, "push: commits[0]: expected value"),
        ] {
            let problem = problem(json);
            assert!(problem.starts_with(expected), "{problem}");
        }
    }
}
