use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};

use super::answer::Answer;

/// What an endpoint is about, by a part of its path, and the permission that covers it; the first that
/// fits counts.
const PERMISSIONS: &[(&str, &str)] = &[
    ("/check-runs", "checks"),
    ("/check-suites", "checks"),
    ("/environments", "actions"),
    ("/deployments", "deployments"),
    ("/hooks", "repository_hooks"),
    ("/issues", "issues"),
    ("/merge", "contents"),
    ("/pulls", "pull_requests"),
    ("/status", "statuses"),
    ("/commits", "contents"),
];

/// 403: GitHub knows the token, and it lacks a permission. The permissions that would do are named, which
/// tells this refusal from others.
pub(super) fn missing(method: &Method, path: &str) -> Answer {
    let found = PERMISSIONS.iter().find(|(part, _)| path.contains(part));
    let permission = found.map_or("metadata", |(_, permission)| permission);
    let level = if *method == Method::GET { "read" } else { "write" };
    let mut answer = nameless(StatusCode::FORBIDDEN);
    if let Ok(value) = HeaderValue::from_str(&format!("{permission}={level}")) {
        answer.headers.push((HeaderName::from_static("x-accepted-github-permissions"), value));
    }
    answer
}

/// The same words without the permissions.
pub(super) fn nameless(status: StatusCode) -> Answer {
    Answer::error(status, "Resource not accessible by integration")
}
