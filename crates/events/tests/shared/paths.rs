//! What became of a payload's paths when a type was read from it and written again.

use std::collections::BTreeSet;

use hookstead_events::OMITTED_LINKS;
use serde_json::{Map, Value, json};

/// What became of the paths of payloads. A path is the names of the fields; items of a list have
/// the list's.
#[derive(Default)]
pub(crate) struct Paths {
    /// How many there were, each as often as it occurred, without the omitted links.
    pub(crate) all: usize,
    /// How many of them are there again.
    pub(crate) kept: usize,
    /// The links that are left out on purpose, as often as they occurred.
    pub(crate) omitted: usize,
    /// The paths that are missing or have another value, though they are no omitted links.
    pub(crate) lost: BTreeSet<String>,
}

impl Paths {
    /// Counts the paths of `original` that are in `written` too, with the same value but for
    /// `null` that became the type's default. `false`: this very value is another one.
    pub(crate) fn compare(&mut self, path: &str, original: &Value, written: &Value) -> bool {
        match (original, written) {
            (Value::Object(object), Value::Object(counterpart)) => {
                for (key, value) in object {
                    let path = format!("{path}.{key}");
                    match (counterpart.get(key), is_omitted(object, key)) {
                        (Some(other), false) => {
                            self.all += 1;
                            self.kept += usize::from(self.compare(&path, value, other));
                        }
                        (None, true) => self.omitted += 1,
                        (None, false) => {
                            self.all += 1 + fields_below(value);
                            self.lost.insert(path);
                        }
                        (Some(_), true) => drop(self.lost.insert(format!("{path} is kept"))),
                    }
                }
            }
            (Value::Array(list), Value::Array(counterpart))
                if items(list).count() == items(counterpart).count() =>
            {
                for (value, other) in items(list).zip(items(counterpart)) {
                    self.compare(&format!("{path}[]"), value, other);
                }
            }
            (one, other) if is_same(one, other) => {}
            (one, _) => {
                self.all += fields_below(one);
                self.lost.insert(format!("{path} is changed"));
                return false;
            }
        }
        true
    }
}

/// The items of a list. A `null` among them is left out on purpose: it stands for nothing.
fn items(list: &[Value]) -> impl Iterator<Item = &Value> {
    list.iter().filter(|item| !item.is_null())
}

/// What kind of object has left-out links, by keys that only this kind has.
pub(crate) fn kind(object: &Map<String, Value>) -> &'static str {
    for (key, kind) in [
        ("full_name", "Repository"),
        ("public_members_url", "Organization"),
        ("received_events_url", "User"),
    ] {
        if object.contains_key(key) {
            return kind;
        }
    }
    ""
}

/// Whether the types leave this key of the object out on purpose.
pub(crate) fn is_omitted(object: &Map<String, Value>, key: &str) -> bool {
    OMITTED_LINKS.iter().any(|(name, keys)| *name == kind(object) && keys.contains(&key))
}

fn is_same(one: &Value, other: &Value) -> bool {
    let defaults = [json!(false), json!(0), json!(""), json!([]), json!({})];
    one == other
        || (one.is_null() && defaults.contains(other))
        || (other.is_null() && one.as_object().is_some_and(Map::is_empty))
}

/// How many fields a value has, at any depth; all of them are gone with it.
fn fields_below(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.values().map(|value| 1 + fields_below(value)).sum(),
        Value::Array(list) => list.iter().map(fields_below).sum(),
        _ => 0,
    }
}
