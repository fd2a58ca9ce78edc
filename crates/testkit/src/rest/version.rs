//! The versions of the API, by the header `X-GitHub-Api-Version`.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::answer::{Answer, Body};

const DEFAULT: &str = "2022-11-28";
const NEWER: &str = "2026-03-10";

/// What the newer version has not any more.
const REMOVED: &[&str] =
    &["merge_commit_sha", "assignee", "has_downloads", "use_squash_pr_title_as_default"];

/// The version asked for.
pub(super) fn requested(headers: &HeaderMap) -> Result<&'static str, Answer> {
    match headers.get("x-github-api-version").map(HeaderValue::as_bytes) {
        None => Ok(DEFAULT),
        Some(version) if version == DEFAULT.as_bytes() => Ok(DEFAULT),
        Some(version) if version == NEWER.as_bytes() => Ok(NEWER),
        Some(_) => Err(Answer::error(StatusCode::BAD_REQUEST, "Invalid API version")),
    }
}

/// Makes an answer of the default version one of the version asked for.
pub(super) fn adapt(answer: &mut Answer, version: &'static str) {
    if let (NEWER, Body::Json(body)) = (version, &mut answer.body) {
        remove(body);
    }
    let selected = HeaderName::from_static("x-github-api-version-selected");
    answer.headers.push((selected, HeaderValue::from_static(version)));
}

fn remove(json: &mut Value) {
    match json {
        Value::Object(object) => {
            object.retain(|key, _| !REMOVED.contains(&key.as_str()));
            // A payload is its creator's (of a deployment) or the webhook's own (of a delivery).
            object.iter_mut().filter(|(key, _)| *key != "payload").for_each(|(_, it)| remove(it));
        }
        Value::Array(entries) => entries.iter_mut().for_each(remove),
        _ => {}
    }
}
