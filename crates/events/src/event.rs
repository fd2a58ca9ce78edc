use std::fmt;

use serde::de::DeserializeOwned;

use crate::EventName;

/// A type that a webhook's payload can be decoded into.
///
/// The types of this crate implement it. Implement it for a type of yours where a few fields of an
/// event are enough; decoding skips the rest, which is nearly free:
///
/// ```
/// use hookstead_events::{DecodeError, Event, EventName, decode_json};
///
/// #[derive(serde::Deserialize)]
/// struct Title { title: String }
///
/// #[derive(serde::Deserialize)]
/// struct PullRequestTitle { pull_request: Title }
///
/// impl Event for PullRequestTitle {
///     const NAME: Option<EventName> = Some(EventName::PullRequest);
///
///     fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
///         decode_json(name, payload)
///     }
/// }
///
/// let payload = br#"{"pull_request": {"title": "Add a flag", "number": 7}}"#;
/// let event = PullRequestTitle::decode(&EventName::PullRequest, payload)?;
/// assert_eq!(event.pull_request.title, "Add a flag");
/// # Ok::<(), DecodeError>(())
/// ```
pub trait Event: Sized + Send + Sync + 'static {
    /// The event that this type describes; `None` for a type that takes every event.
    const NAME: Option<EventName>;

    /// Decodes the payload of the event `name`.
    ///
    /// # Errors
    ///
    /// Fails when the payload does not fit the type; the error names the place.
    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError>;
}

/// Decodes a JSON payload into any deserialisable type, as the types of this crate do it.
///
/// # Errors
///
/// Fails when the payload does not fit the type. Only then it is read a second time, to find the
/// path to the place; success pays nothing for that.
pub fn decode_json<T: DeserializeOwned>(
    name: &EventName,
    payload: &[u8],
) -> Result<T, DecodeError> {
    serde_json::from_slice(payload).map_err(|error| DecodeError::locate::<T>(name, payload, &error))
}

/// A payload does not fit its type.
///
/// Says which event, where in the payload and what was wrong there, as
/// `pull_request: pull_request.head.sha: invalid type: integer, expected a string`. It never shows
/// the payload's contents: those may be private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    event: EventName,
    path: String,
    problem: String,
}

impl DecodeError {
    #[cold]
    #[inline(never)]
    fn locate<T: DeserializeOwned>(
        event: &EventName,
        payload: &[u8],
        first: &serde_json::Error,
    ) -> Self {
        let mut json = serde_json::Deserializer::from_slice(payload);
        let (path, problem) = match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Err(error) => (error.path().to_string(), without_contents(error.inner())),
            // The value itself is sound, so the first pass stumbled over what follows it.
            Ok(_) => (String::from("."), without_contents(first)),
        };
        Self { event: event.clone(), path, problem }
    }

    /// The event whose payload it was.
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.event
    }

    /// The path to the place, such as `pull_request.head.sha` or `commits[3].id`; `.` is the
    /// payload itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was wrong there.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.event, self.path, self.problem)
    }
}

impl std::error::Error for DecodeError {}

/// The error's text without the offending value, which serde quotes after its type:
/// ``invalid type: string "hunter2", expected u64 at line 1 column 9``.
pub(crate) fn without_contents(error: &serde_json::Error) -> String {
    let text = error.to_string();
    for problem in ["invalid type: ", "invalid value: "] {
        let Some(rest) = text.strip_prefix(problem) else {
            continue;
        };
        let Some((found, expected)) = rest.rsplit_once(", expected ") else {
            continue;
        };
        let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
        return format!("{problem}{kind}, expected {expected}");
    }
    text
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
            (r#"{"commits": [{}]}"#, "push: commits[0]: missing field `sha`"),
            (r#"{"commits": []} x"#, "push: .: trailing characters"),
            (r#"{"commits": [}"#, "push: commits[0]: expected value"),
        ] {
            let problem = problem(json);
            assert!(problem.starts_with(expected), "{problem}");
        }
    }
}
