//! Whatever the payload looks like, a [`DecodeError`](hookstead_events::DecodeError) names the very
//! value that does not fit: trees are built, spoilt in one known place, written with any white
//! space, and decoded.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::fmt;

use hookstead_events::{DecodeError, EventName, PullRequestEvent, decode_json};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, json};

/// An object whose keys say by their first letter what their values are; `id` must be there.
#[derive(Debug)]
struct Tree;

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a tree")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut has_id = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.chars().next() {
                Some('i') => {
                    has_id = true;
                    map.next_value::<u64>()?;
                }
                Some('s') => drop(map.next_value::<String>()?),
                Some('b') => drop(map.next_value::<Option<bool>>()?),
                Some('f') => drop(map.next_value::<f64>()?),
                Some('t') => drop(map.next_value::<Vec<String>>()?),
                Some('l') => drop(map.next_value::<Vec<Tree>>()?),
                Some('m') => drop(map.next_value::<Vec<Option<Vec<Box<Tree>>>>>()?),
                Some('o') => drop(map.next_value::<Box<Tree>>()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if has_id { Ok(Tree) } else { Err(A::Error::missing_field("id")) }
    }
}

/// What a value of this key must not be.
fn misfits(key: &str) -> Vec<Value> {
    let all = [
        json!(null),
        json!(true),
        json!(-7),
        json!(2.5),
        json!("[{\"\\"),
        json!([]),
        json!([[{"a": 1}]]),
        json!({}),
        json!({"id": "x"}),
    ];
    let fits = |value: &Value| match key.chars().next() {
        Some('s') => value.is_string(),
        Some('b') => value.is_null() || value.is_boolean(),
        Some('f') => value.is_number(),
        // Of these, what is wrong may stand further inside.
        Some('t' | 'l' | 'm') => value.is_array(),
        Some('o') => value.is_object(),
        _ => false,
    };
    all.into_iter().filter(|value| !fits(value)).collect()
}

/// Text in which a careless scanner would see structure.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z]{1,6}", r#"[\\"\[\]{}:,\n é€]{1,6}"#]
}

fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ("[sx]", text(), text().prop_map(Value::from)),
        ("[bx]", text(), prop_oneof![Just(json!(null)), Just(json!(true)), Just(json!(false))]),
        ("[fx]", text(), prop_oneof![Just(json!(0)), Just(json!(-1.5e9)), Just(json!(u64::MAX))]),
        (
            "[tx]",
            text(),
            prop::collection::vec(text().prop_map(Value::from), 0..3).prop_map(Value::from)
        ),
    ];
    let leaf = leaf.prop_map(|(kind, rest, value)| (kind + &rest, value));
    let with_id = |entries: Vec<(String, Value)>, place: usize| {
        let mut object = Map::new();
        let place = place.min(entries.len());
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at == place {
                object.insert("id".to_owned(), json!(at));
            }
            object.insert(key, value);
        }
        object.entry("id").or_insert(json!(7));
        Value::Object(object)
    };
    let flat = (prop::collection::vec(leaf, 0..4), 0..4_usize);
    let flat = flat.prop_map(move |(entries, place)| with_id(entries, place));
    flat.prop_recursive(4, 24, 3, move |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from);
        let lists = prop::collection::vec(prop_oneof![Just(json!(null)), list.clone()], 0..3);
        let entry = prop_oneof![
            ("[ox]", text(), inner),
            ("[lx]", text(), list),
            ("[mx]", text(), lists.prop_map(Value::from)),
        ];
        let entry =
            entry.prop_map(|(kind, rest, value): (String, String, Value)| (kind + &rest, value));
        (prop::collection::vec(entry, 0..4), 0..4_usize)
            .prop_map(move |(entries, place)| with_id(entries, place))
    })
}

/// One way to spoil a tree: what to do where, and the path that must be named.
#[derive(Debug, Clone)]
struct Fault {
    /// The object, as a JSON pointer.
    object: String,
    key: String,
    /// What to put there; nothing is to take the key away.
    value: Option<Value>,
    path: String,
}

/// Every way to spoil the tree.
fn faults(value: &Value, kind: &str, pointer: &str, path: &str, faults: &mut Vec<Fault>) {
    match value {
        _ if kind.starts_with('x') => {}
        Value::Object(object) => {
            for (key, value) in object {
                let dot = if path.is_empty() { "" } else { "." };
                let written = json!(key).to_string();
                let here = format!("{path}{dot}{}", &written[1..written.len() - 1]);
                if !key.starts_with('x') {
                    faults.extend(misfits(key).into_iter().map(|value| Fault {
                        object: pointer.to_owned(),
                        key: key.clone(),
                        value: Some(value),
                        path: here.clone(),
                    }));
                }
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                self::faults(value, key, &pointer, &here, faults);
            }
            faults.push(Fault {
                object: pointer.to_owned(),
                key: "id".to_owned(),
                value: None,
                path: if path.is_empty() { ".".to_owned() } else { path.to_owned() },
            });
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                let pointer = format!("{pointer}/{index}");
                self::faults(value, kind, &pointer, &format!("{path}[{index}]"), faults);
            }
        }
        _ => {}
    }
}

/// Writes JSON with these pieces of white space between its tokens, in turn.
struct Writer<'a> {
    text: String,
    spaces: std::iter::Cycle<std::slice::Iter<'a, String>>,
}

impl Writer<'_> {
    fn token(&mut self, token: &str) {
        self.text += self.spaces.next().unwrap();
        self.text += token;
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                self.token("{");
                for (index, (key, value)) in object.iter().enumerate() {
                    if index > 0 {
                        self.token(",");
                    }
                    self.token(&json!(key).to_string());
                    self.token(":");
                    self.value(value);
                }
                self.token("}");
            }
            Value::Array(list) => {
                self.token("[");
                for (index, value) in list.iter().enumerate() {
                    if index > 0 {
                        self.token(",");
                    }
                    self.value(value);
                }
                self.token("]");
            }
            other => self.token(&other.to_string()),
        }
    }
}

fn write(value: &Value, spaces: &[String]) -> String {
    let mut writer = Writer { text: String::new(), spaces: spaces.iter().cycle() };
    writer.value(value);
    writer.token("");
    writer.text
}

fn decode(text: &str) -> Result<Tree, DecodeError> {
    decode_json(&EventName::Push, text.as_bytes())
}

proptest! {
    #[test]
    fn the_spoilt_place_is_named(
        tree in object(),
        spaces in prop::collection::vec("[ \t\r\n]{0,2}", 1..7),
        choice: prop::sample::Index,
    ) {
        let sound = write(&tree, &spaces);
        prop_assert!(decode(&sound).is_ok(), "{sound}");

        let mut all = Vec::new();
        faults(&tree, "", "", "", &mut all);
        let fault = choice.get(&all);
        let mut spoilt = tree;
        let object = spoilt.pointer_mut(&fault.object).unwrap().as_object_mut().unwrap();
        match &fault.value {
            Some(value) => drop(object.insert(fault.key.clone(), value.clone())),
            None => drop(object.remove(&fault.key)),
        }
        let spoilt = write(&spoilt, &spaces);
        let error = decode(&spoilt).unwrap_err();
        prop_assert_eq!(error.path(), &fault.path, "{} in {}", error, spoilt);
    }

    /// The path may be odd then, but there is one.
    #[test]
    fn broken_bytes_make_an_error(
        at in 0..400_usize,
        noise in prop::collection::vec(any::<u8>(), 1..8),
        cut: bool,
    ) {
        let payload = json!({
            "action": "opened", "number": 2, "repository": {"id": 1, "name": "a", "full_name": "o/a"},
            "pull_request": {
                "id": 1, "number": 2, "title": "Up\n\"date\"", "state": "open",
                "labels": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "x": [[{}], []],
                "head": {"ref": "changes", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
                "base": {"ref": "main", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
            },
        });
        let mut bytes = serde_json::to_vec_pretty(&payload).unwrap();
        let at = at.min(bytes.len() - 1);
        let end = if cut { bytes.len() } else { (at + noise.len()).min(bytes.len()) };
        bytes.splice(at..end, noise);
        if let Err(error) = decode_json::<PullRequestEvent>(&EventName::PullRequest, &bytes) {
            prop_assert!(!error.path().is_empty());
        }
    }
}
