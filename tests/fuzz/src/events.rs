//! Payloads.

use hookstead_events::{AnyEvent, Envelope, Event, EventName};
use hookstead_types::RepoName;
use serde::de::IgnoredAny;
use serde_json::Value;

/// An envelope is read from exactly what serde_json calls an object, and says the same as the whole
/// of it does.
pub(crate) fn envelope(input: &[u8]) {
    let read = Envelope::scan(input);
    let first = input.iter().find(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'));
    let is_object = first == Some(&b'{')
        && std::str::from_utf8(input).is_ok()
        && serde_json::from_slice::<IgnoredAny>(input).is_ok();
    assert_eq!(read.is_ok(), is_object, "{read:?}");
    match (read, serde_json::from_slice::<Value>(input)) {
        (Ok(envelope), Ok(whole)) => {
            assert_eq!(envelope.installation, whole["installation"]["id"].as_u64());
            let repository = whole["repository"]["full_name"].as_str();
            let name = repository.filter(|it| it.parse::<RepoName>().is_ok());
            // A very long name or action is none.
            assert!(
                envelope.repository.as_deref() == name || name.is_some_and(|it| it.len() > 140)
            );
            let action = whole["action"].as_str();
            assert!(
                envelope.action.as_deref() == action || action.is_some_and(|it| it.len() > 100)
            );
        }
        (Ok(_), Err(_)) => {}
        (Err(error), _) => {
            let text = error.to_string();
            assert!(text.is_ascii() && text.len() < 160, "{text}");
        }
    }
}

/// The first line is the event's name, the rest is its payload. What decodes is written so that it
/// decodes again to the same. An error never tells what stands in the payload.
pub(crate) fn event(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (Ok(name), Some(payload)) = (std::str::from_utf8(&input[..end]), input.get(end + 1..))
    else {
        return;
    };
    let name = EventName::from(name);
    match AnyEvent::decode(&name, payload) {
        Ok(event) => {
            let _ = (event.common(), format!("{event:?}"));
            let kept = serde_json::to_vec(&event).unwrap();
            let again = AnyEvent::decode(&name, &kept)
                .unwrap_or_else(|error| panic!("{error} of {}", kept.escape_ascii()));
            assert_eq!(again.name(), &name);
            assert_eq!(serde_json::to_vec(&again).unwrap(), kept);
        }
        Err(error) => assert!(!error.problem().contains(SECRET), "{error}"),
    }
}

/// What the mutator puts into strings, to be found nowhere else.
pub(crate) const SECRET: &str = "s3cret";
