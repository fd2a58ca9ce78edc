use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use hookstead_types::User;
use hookstead_types::decode::{path_of_error, without_contents};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;

/// An answer does not fit its type. Says where and how, never what stands there.
#[derive(Debug)]
pub(crate) struct DecodeProblem {
    /// `.` is the whole.
    path: String,
    problem: String,
}

/// Decodes an answer.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeProblem> {
    serde_json::from_slice(body).map_err(|error| locate(body, &error))
}

/// Decodes the list in this field of an answer, and skips its other fields.
pub(crate) fn decode_list_in<T: DeserializeOwned>(
    field: &'static str,
    body: &[u8],
) -> Result<Vec<T>, DecodeProblem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let list = ListIn { field, items: PhantomData };
    let list = json.deserialize_map(list).and_then(|items| json.end().map(|()| items));
    list.map_err(|error| locate(body, &error))
}

/// Reads an object of which one field is a list, and nothing else of interest.
struct ListIn<T> {
    field: &'static str,
    items: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListIn<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with `{}`", self.field)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if key == self.field {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| A::Error::missing_field(self.field))
    }
}

#[cold]
fn locate(body: &[u8], error: &serde_json::Error) -> DecodeProblem {
    let whole = || ".".to_owned();
    if body.iter().all(u8::is_ascii_whitespace) {
        return DecodeProblem { path: whole(), problem: "it is empty".to_owned() };
    }
    let text = error.to_string();
    // Where the JSON itself is broken, the line and the column say more.
    let path = match error.is_data() {
        true => path_of_error(body, error.line(), error.column(), &text),
        false => whole(),
    };
    DecodeProblem { path, problem: without_contents(text) }
}

impl DecodeProblem {
    /// The answer as a whole is not what was asked for.
    pub(crate) fn of_whole(problem: &str) -> Self {
        Self { path: ".".to_owned(), problem: problem.to_owned() }
    }
}

impl fmt::Display for DecodeProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path != "." {
            write!(formatter, "at {}: ", self.path)?;
        }
        formatter.write_str(&self.problem)
    }
}

/// Reads the account beside something else: who created it, whose it is. Nobody is there where an
/// account was deleted, and where there is something that is no user, such as `{}` or an enterprise:
/// what the answer is about matters more.
///
/// # Errors
///
/// Fails when the JSON is broken.
pub(crate) fn user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<User>, D::Error> {
    Value::deserialize(deserializer).map(|account| User::deserialize(account).ok())
}

/// Reads what stands beside something else, as [`user`] does: what does not fit is not there.
///
/// # Errors
///
/// Fails when the JSON is broken.
pub(crate) fn beside<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Value::deserialize(deserializer).map(|it| T::deserialize(it).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Item {
        #[expect(dead_code, reason = "only decoded")]
        id: u64,
        #[expect(dead_code, reason = "only decoded")]
        kind: Option<Kind>,
    }

    /// What a user of the crate may decode.
    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        One,
        Two,
    }

    #[test]
    fn the_place_is_named_and_the_contents_are_not() {
        for (json, expected) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            (r#"[{"id": 1}, {"id": "hunter2"}]"#, "at [1].id: invalid type: string, expected u64"),
            (
                r#"[{"id": 1, "kind": "hunter2"}]"#,
                "at [0].kind: unknown variant, expected `One` or `Two` at line 1 column",
            ),
            (r#"[{"hunter2": 1}]"#, "at [0]: missing field `id`"),
            (r#""hunter2""#, "invalid type: string, expected a sequence"),
            (r#"[{"id": 1}"#, "EOF while parsing a list"),
            (r#"[{"id": 1, "hunt"#, "EOF while parsing a string"),
            ("<html>hunter2", "expected value at line 1 column 1"),
            ("[] hunter2", "trailing characters"),
        ] {
            let problem = decode::<Vec<Item>>(json.as_bytes()).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_list_in_an_object_is_found_and_its_place_is_named() {
        let of = |json: &str| decode_list_in::<Item>("items", json.as_bytes());
        assert_eq!(
            of(r#"{"total": {"a": [1]}, "items": [{"id": 1}], "more": 2}"#).unwrap().len(),
            1
        );
        for (json, expected) in [
            (r#"{"total": 0}"#, "missing field `items`"),
            (r#"{"items": null}"#, "at items: invalid type: null, expected a sequence"),
            (r#"{"items": [{"id": "hunter2"}]}"#, "at items[0].id: invalid type: string"),
            (r#"["hunter2"]"#, "invalid type: sequence, expected an object with `items`"),
            (r#"{"items": []} x"#, "trailing characters"),
            ("", "it is empty"),
        ] {
            let problem = of(json).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
