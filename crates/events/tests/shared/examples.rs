//! The payloads that the tests go through, and the places in them.

#![allow(dead_code, reason = "not all of them need all of it")]

use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use hookstead_events::{AnyEvent, DecodeError, Event as _, EventName};
use hookstead_testkit::samples;
use serde_json::{Map, Value};

use super::shared::folder::{self, Recorded};
use super::shared::paths::is_omitted;

/// The testkit's samples, which cover every event, and the official payloads if they are there.
pub(crate) static EXAMPLES: LazyLock<Vec<Recorded>> = LazyLock::new(|| {
    let mut examples: Vec<Recorded> = samples::EVENTS
        .iter()
        .map(|&name| EventName::from(name))
        .map(|event| Recorded {
            payload: samples::payload(&event).unwrap(),
            origin: format!("the sample of {event}"),
            event,
        })
        .collect();
    let Some(folder) = std::env::var_os("HOOKSTEAD_EXAMPLES") else {
        // Written past the capture of the test harness, which would hide it from a passing test.
        let notice = "\n*** SKIPPED: the official examples; only the samples are tested. To run both:\n\
            ***   npm pack @octokit/webhooks-examples@7.6.1\n\
            ***   tar xzf octokit-webhooks-examples-7.6.1.tgz\n\
            ***   HOOKSTEAD_EXAMPLES=$PWD/package cargo test -p hookstead-events\n\n";
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
        return examples;
    };
    let official = folder::read(Path::new(&folder)).unwrap();
    assert!(official.len() >= 329, "only {} payloads in {folder:?}", official.len());
    examples.extend(official);
    examples
});

/// Whether the official payloads are there, which show every case that there is.
pub(crate) fn are_official() -> bool {
    EXAMPLES.len() > samples::EVENTS.len()
}

/// The examples of the events that have a type.
pub(crate) fn typed() -> impl Iterator<Item = &'static Recorded> {
    EXAMPLES
        .iter()
        .filter(|example| !matches!(decode(example, &example.payload), Ok(AnyEvent::Other(_))))
}

pub(crate) fn decode(example: &Recorded, payload: &Value) -> Result<AnyEvent, DecodeError> {
    AnyEvent::decode(&example.event, &serde_json::to_vec(payload).unwrap())
}

/// Gives every value that is an object to `edit`, with the key that it stands under.
pub(crate) fn each_object(
    key: &str,
    value: &mut Value,
    edit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                each_object(key, value, edit);
            }
            edit(key, object);
        }
        Value::Array(list) => list.iter_mut().for_each(|item| each_object(key, item, edit)),
        _ => {}
    }
}

pub(crate) fn without_omitted_links(payload: &Value) -> Value {
    let mut payload = payload.clone();
    each_object("", &mut payload, &mut |_, object| {
        let links: Vec<String> =
            object.keys().filter(|key| is_omitted(object, key)).cloned().collect();
        for link in links {
            object.remove(&link);
        }
    });
    payload
}

/// A key of an object somewhere in a payload.
pub(crate) struct Place {
    /// The way to the object, as a JSON pointer.
    pub(crate) object: String,
    pub(crate) key: String,
    /// The way to the value by names alone: items of a list have the list's.
    pub(crate) path: String,
}

impl Place {
    pub(crate) fn all(value: &Value, pointer: &str, path: &str, places: &mut Vec<Self>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let path = format!("{path}.{key}");
                    Self::all(value, &format!("{pointer}/{key}"), &path, places);
                    places.push(Self { object: pointer.to_owned(), key: key.clone(), path });
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    Self::all(value, &format!("{pointer}/{index}"), path, places);
                }
            }
            _ => {}
        }
    }

    /// Which field this is: the same place in the same event is the same field, whatever the
    /// example. `Common` shows that these three are of the same type in every event.
    pub(crate) fn field(&self) -> String {
        let mut names = self.path.splitn(3, '.');
        match (names.next(), names.next(), names.next()) {
            (_, Some(shared @ ("repository" | "organization" | "sender")), Some(rest)) => {
                format!("*.{shared}.{rest}")
            }
            _ => self.path.clone(),
        }
    }

    /// The last two names of the path. A scalar is of one type wherever they are the same; nearly.
    pub(crate) fn last_names(&self) -> String {
        let from = self.path.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
        self.path.get(from..).unwrap_or_default().to_owned()
    }

    /// The way to the value, as a JSON pointer.
    pub(crate) fn pointer(&self) -> String {
        format!("{}/{}", self.object, self.key)
    }

    pub(crate) fn object<'a>(&self, payload: &'a mut Value) -> &'a mut Map<String, Value> {
        payload.pointer_mut(&self.object).and_then(Value::as_object_mut).unwrap()
    }
}
