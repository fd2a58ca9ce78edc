use hookstead_testkit::Fault;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

/// A field of a call's body. The check and the documentation are made of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
    pub(crate) about: &'static str,
}

pub(crate) const fn required(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, is_required: true, about }
}

pub(crate) const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, is_required: false, about }
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Texts,
    Flag,
    Whole,
    /// How often: a number, or `always`.
    Times,
    Seconds,
    /// Paths, each with the file's text, or with null where it is removed.
    Files,
    Json,
    OneOf(&'static [&'static str]),
}

/// The longest span that a call may name, in seconds: ten years. A clock beyond all calendars stands still.
const LONGEST: f64 = 10.0 * 365.25 * 24.0 * 60.0 * 60.0;

impl Kind {
    /// What it holds, in words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Times => "a whole number from 1 on, or \"always\"".to_owned(),
            Self::Seconds => "seconds, from 0 to ten years, perhaps with a fraction".to_owned(),
            Self::Files => {
                "an object of paths, each with the file's text, or null to remove it".to_owned()
            }
            Self::Json => "any JSON".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }

    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Texts => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
            Self::Flag => value.is_boolean(),
            Self::Whole => value.is_u64(),
            Self::Times => value.as_u64().is_some_and(|it| it > 0) || value == "always",
            Self::Seconds => value.as_f64().is_some_and(|it| (0.0..=LONGEST).contains(&it)),
            Self::Files => value
                .as_object()
                .is_some_and(|all| all.values().all(|it| it.is_string() || it.is_null())),
            Self::Json => true,
            Self::OneOf(words) => value.as_str().is_some_and(|it| words.contains(&it)),
        }
    }
}

impl Field {
    /// As the list of calls shows it to machines.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({
            "name": self.name,
            "required": self.is_required,
            "takes": self.kind.words(),
            "about": self.about,
        });
        if let Kind::OneOf(words) = self.kind {
            shown["one_of"] = json!(words);
        }
        shown
    }
}

/// Reads a body that these fields describe. Null stands for a field that is not there.
pub(crate) fn read(fields: &[Field], body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let parsed = match body.trim_ascii() {
        [] => Ok(Value::Object(Map::new())),
        body => serde_json::from_slice(body),
    };
    let mut body = match parsed {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(Refusal::bad("body", "the body must be a JSON object")),
        Err(error) => return Err(Refusal::bad("body", format!("the body is no JSON: {error}"))),
    };
    body.retain(|_, value| !value.is_null());
    for (name, value) in &body {
        let at = format!("body.{name}");
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            return Err(Refusal::bad(at, unknown(name, fields)));
        };
        if !field.kind.holds(value) {
            let (wanted, got) = (field.kind.words(), short(value));
            return Err(Refusal::bad(at, format!("`{name}` must be {wanted}, and is {got}")));
        }
    }
    match fields.iter().find(|field| field.is_required && !body.contains_key(field.name)) {
        Some(Field { name, kind, .. }) => {
            let message = format!("`{name}` is missing; it is {}", kind.words());
            Err(Refusal::bad(format!("body.{name}"), message))
        }
        None => Ok(body),
    }
}

fn unknown(name: &str, fields: &[Field]) -> String {
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    match known.as_slice() {
        [] => format!("there is no field `{name}`: this call takes none"),
        known => format!("there is no field `{name}`, but {}", known.join(", ")),
    }
}

/// What somebody sent, cut where it is long.
fn short(value: &Value) -> String {
    crate::text::cut(&value.to_string(), 60)
}

/// How often a fault hits, for a field of [`Kind::Times`].
pub(crate) fn times(fault: Fault, value: Option<&Value>) -> Fault {
    match value {
        None => fault,
        Some(Value::String(_always)) => fault.times(usize::MAX),
        Some(number) => {
            fault.times(number.as_u64().and_then(|it| it.try_into().ok()).unwrap_or(usize::MAX))
        }
    }
}
