//! Redirects to repositories that have another name now.

use http::header::{HeaderValue, LOCATION};
use http::{Method, StatusCode};
use serde_json::json;

use super::answer::Answer;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// A repository's address that no renaming changes; `rest` begins with a slash if it is not empty.
pub(super) fn address(world: &World, at: RepositoryIndex, rest: &str, query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    let id = world.repository(at).id;
    format!("{}/repositories/{id}{rest}{mark}{query}", world.links.api)
}

/// GitHub's answer for a former name: a read gets 301; a write gets 307, because of which the
/// method and the body are kept, and the message of a 301 nevertheless.
pub(super) fn permanently(method: &Method, location: &str) -> Answer {
    let read = matches!(*method, Method::GET | Method::HEAD);
    let status = if read { StatusCode::MOVED_PERMANENTLY } else { StatusCode::TEMPORARY_REDIRECT };
    redirect(status, location)
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Answer {
    let mut answer = Answer::error(status, "Moved Permanently").with_field("url", json!(location));
    if let Ok(location) = HeaderValue::from_str(location) {
        answer.headers.push((LOCATION, location));
    }
    answer
}
