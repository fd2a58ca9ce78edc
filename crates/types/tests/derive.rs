//! What `#[derive(Decode)]` reads, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::collections::BTreeMap;

use hookstead_types::Decode;
use hookstead_types::decode::{PASSED_OVER, items};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess};

#[derive(Debug, PartialEq, Decode)]
struct Everything {
    required: u64,
    r#type: String,
    // A list in a map says itself how it is read.
    #[serde(deserialize_with = "serde::Deserialize::deserialize")]
    optional: Option<BTreeMap<String, Vec<u8>>>,
    path: std::option::Option<u8>,
    #[serde(default)]
    defaulted: Vec<String>,
    #[serde(default = "seven")]
    seven: u64,
    #[serde(rename = "_links", default)]
    pub(crate) links: (u8, u8),
    #[serde(default, deserialize_with = "items")]
    items: Vec<u8>,
    #[serde(deserialize_with = "doubled")]
    doubled: u64,
    #[serde(deserialize_with = "doubled_or_none")]
    maybe: Option<u64>,
    nested: Box<Pair<Pair<u8>>>,
}

#[derive(Debug, PartialEq, Decode)]
struct Pair<T> {
    left: T,
    right: Option<T>,
}

#[derive(Debug, PartialEq, Decode)]
struct Nothing {}

fn seven() -> u64 {
    7
}

fn doubled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    u64::deserialize(deserializer).map(|number| number * 2)
}

fn doubled_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(deserializer).map(|number: Option<u64>| number.map(|number| number * 2))
}

const LEAST: &str =
    r#"{"required": 1, "type": "a", "doubled": 2, "nested": {"left": {"left": 1}}}"#;

fn least() -> Everything {
    Everything {
        required: 1,
        r#type: "a".to_owned(),
        optional: None,
        path: None,
        defaulted: Vec::new(),
        seven: 7,
        links: (0, 0),
        items: Vec::new(),
        doubled: 4,
        maybe: None,
        nested: Box::new(Pair { left: Pair { left: 1, right: None }, right: None }),
    }
}

/// The least with these fields in front.
fn read(fields: &str) -> Result<Everything, String> {
    serde_json::from_str(&LEAST.replacen('{', &format!("{{{fields}"), 1))
        .map_err(|error| error.to_string())
}

#[test]
fn what_may_be_missing_may_be_null() {
    assert_eq!(read(""), Ok(least()));
    let nulls = r#""optional": null, "path": null, "defaulted": null, "seven": null,
                   "_links": null, "items": null, "maybe": null,"#;
    assert_eq!(read(nulls), Ok(least()));
}

#[test]
fn every_field_is_read() {
    let all = r#""optional": {"a": [1]}, "path": 3, "defaulted": ["x"], "seven": 8,
                 "_links": [1, 2], "items": [1, null], "maybe": 4,"#;
    let expected = Everything {
        optional: Some(BTreeMap::from([("a".to_owned(), vec![1])])),
        path: Some(3),
        defaulted: vec!["x".to_owned()],
        seven: 8,
        links: (1, 2),
        items: vec![1],
        maybe: Some(8),
        ..least()
    };
    assert_eq!(read(all), Ok(expected));
}

#[test]
fn unknown_keys_are_skipped_and_escaped_ones_are_known() {
    let unknown = r#""links": {"a": [{}, null]}, "": "}", "Required": 5, "\u0073even": 9,"#;
    assert_eq!(read(unknown), Ok(Everything { seven: 9, ..least() }));
    assert_eq!(serde_json::from_str::<Nothing>(r#"{"a": 1}"#).unwrap(), Nothing {});
}

#[test]
fn the_last_of_equal_keys_counts() {
    let twice = r#""required": 5, "seven": 1, "seven": 2, "maybe": 3, "maybe": null,"#;
    assert_eq!(read(twice), Ok(Everything { seven: 2, ..least() }));
}

#[test]
fn a_misfit_is_an_error() {
    for (json, expected) in [
        ("{}", "missing field `required`"),
        (r#"{"required": 1}"#, "missing field `type`"),
        (r#"{"required": null}"#, "invalid type: null, expected u64"),
        (r#"{"required": -1}"#, "invalid value: integer `-1`, expected u64"),
        (r#"{"_links": 3}"#, "invalid type: integer `3`, expected a tuple of size 2"),
        (r#"{"doubled": "x"}"#, "invalid type: string \"x\", expected u64"),
        (r#"{"other": [}"#, "expected value"),
        (r#"[1, "a"]"#, "invalid type: sequence, expected struct Everything"),
        ("3", "invalid type: integer `3`, expected struct Everything"),
    ] {
        let error = serde_json::from_str::<Everything>(json).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{json}: {error}");
    }
}

#[test]
fn any_reader_of_serde_will_do() {
    let value: serde_json::Value = serde_json::from_str(LEAST).unwrap();
    assert_eq!(serde_json::from_value::<Everything>(value).unwrap(), least());
    assert_eq!(serde_json::from_reader::<_, Everything>(LEAST.as_bytes()).unwrap(), least());
}

/// A map that goes on behind a value that does not fit.
struct GoesOn<A> {
    map: A,
    is_passed_over: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for GoesOn<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.map.next_key_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let result = self.map.next_value_seed(seed);
        self.is_passed_over = result.is_err();
        result
    }

    fn size_hint(&self) -> Option<usize> {
        if self.is_passed_over { PASSED_OVER } else { None }
    }
}

#[test]
fn what_may_be_missing_may_not_fit_where_the_map_goes_on() {
    let read = |json: &str| {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json).unwrap();
        let map = GoesOn { map: MapDeserializer::new(object.into_iter()), is_passed_over: false };
        Everything::deserialize(MapAccessDeserializer::new(map)).map_err(|error| error.to_string())
    };
    let odd = r#"{"optional": 1, "path": "x", "defaulted": {}, "seven": [], "_links": {},
                  "items": "x", "maybe": "x","#;
    assert_eq!(read(&LEAST.replacen('{', odd, 1)), Ok(least()));
    let error = read(&LEAST.replace(r#""type": "a""#, r#""type": 1"#)).unwrap_err();
    assert!(error.starts_with("invalid type: integer `1`, expected a string"), "{error}");
}
