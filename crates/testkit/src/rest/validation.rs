//! Reading bodies as strictly as GitHub's schemas do.

use serde_json::{Map, Value};

use super::answer::Answer;

/// The longest description of a status; GitHub counts characters.
const DESCRIPTION_LIMIT: usize = 140;

/// The longest context of a status, in characters.
const CONTEXT_LIMIT: usize = 255;

pub(super) type Object = Map<String, Value>;

/// A string that may be missing or `null`.
pub(super) fn text<'a>(body: &'a Object, key: &str) -> Result<Option<&'a str>, Answer> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong_type(key, other, "a string")),
    }
}

/// A string that must be there.
pub(super) fn required_text<'a>(body: &'a Object, key: &str) -> Result<&'a str, Answer> {
    text(body, key)?.ok_or_else(|| missing(key))
}

/// `true` or `false`, and perhaps missing.
pub(super) fn boolean(body: &Object, key: &str) -> Result<Option<bool>, Answer> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(other) => Err(wrong_type(key, other, "a boolean")),
    }
}

/// A list of strings, perhaps missing.
pub(super) fn texts(body: &Object, key: &str) -> Result<Option<Vec<String>>, Answer> {
    let entries = match body.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(entries)) => entries,
        Some(other) => return Err(wrong_type(key, other, "an array")),
    };
    let texts = entries.iter().map(|entry| match entry {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong_type(key, other, "a string")),
    });
    texts.collect::<Result<_, _>>().map(Some)
}

/// A list of numbers, perhaps missing.
pub(super) fn numbers(body: &Object, key: &str) -> Result<Option<Vec<u64>>, Answer> {
    let entries = match body.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(entries)) => entries,
        Some(other) => return Err(wrong_type(key, other, "an array")),
    };
    let number = |it: &Value| it.as_u64().ok_or_else(|| wrong_type(key, it, "an integer"));
    entries.iter().map(number).collect::<Result<_, _>>().map(Some)
}

/// A description within GitHub's limit.
pub(super) fn description<'a>(body: &'a Object, resource: &str) -> Result<Option<&'a str>, Answer> {
    let description = text(body, "description")?;
    if description.is_some_and(|it| it.chars().count() > DESCRIPTION_LIMIT) {
        let message =
            format!("description is too long (maximum is {DESCRIPTION_LIMIT} characters)");
        return Err(Answer::invalid(resource, "description", &message));
    }
    // Four bytes in UTF-8: what old tables of MySQL cannot hold.
    if description.is_some_and(|it| it.chars().any(|it| it.len_utf8() > 3)) {
        let message = "description doesn't accept 4-byte Unicode";
        return Err(Answer::invalid(resource, "description", message));
    }
    Ok(description)
}

/// A status' context within GitHub's limit.
pub(super) fn context(body: &Object) -> Result<&str, Answer> {
    let context = text(body, "context")?.unwrap_or("default");
    if context.chars().count() > CONTEXT_LIMIT {
        let message = format!("context is too long (maximum is {CONTEXT_LIMIT} characters)");
        return Err(Answer::invalid("Status", "context", &message));
    }
    Ok(context)
}

/// A link that people can follow. An empty one is none.
pub(super) fn link<'a>(
    body: &'a Object,
    key: &str,
    resource: &str,
) -> Result<Option<&'a str>, Answer> {
    let link = text(body, key)?;
    let has_scheme = |link: &str| match link.split_once("://") {
        Some((scheme, rest)) => {
            let scheme = scheme.to_ascii_lowercase();
            (scheme == "http" || scheme == "https") && !rest.is_empty()
        }
        None => false,
    };
    match link {
        Some(link) if !link.is_empty() && !has_scheme(link) => {
            Err(Answer::invalid(resource, key, &format!("{key} must use http(s) scheme")))
        }
        _ => Ok(link),
    }
}

/// Refuses keys that the schema does not know.
pub(super) fn only_keys(body: &Object, allowed: &[&str]) -> Result<(), Answer> {
    match body.keys().find(|key| !allowed.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(invalid_request(&format!("\"{key}\" is not a permitted key."))),
    }
}

pub(super) fn missing(key: &str) -> Answer {
    invalid_request(&format!("\"{key}\" wasn't supplied."))
}

pub(super) fn wrong_type(key: &str, found: &Value, expected: &str) -> Answer {
    invalid_request(&format!("For 'properties/{key}', {found} is not {expected}."))
}

pub(super) fn invalid_request(problem: &str) -> Answer {
    Answer::unprocessable(&format!("Invalid request.\n\n{problem}"))
}
