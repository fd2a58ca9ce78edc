//! What is served beside the API: the page, and the calls that control the fake.

use bytes::Bytes;
use hookstead_testkit::FakeGitHub;
use http::{Method, Request, Response, StatusCode};

use super::control::{self, Refusal};
use super::{answer, page};

/// What all of it begins with. GitHub's API has no path of this name.
pub(crate) const PREFIX: &str = "/_fake";

/// The page's path below the prefix.
const PAGE: &str = "/page";

/// Serves the page and the control beside the fake's API.
pub(crate) fn mount(github: &FakeGitHub) {
    let handle = github.clone();
    github.mount(PREFIX, move |request| respond(handle.clone(), request));
}

/// Where the server itself is, above the API's prefix.
pub(crate) fn origin(github: &FakeGitHub) -> String {
    let api = github.api_url();
    let path = api.splitn(4, '/').nth(3).map_or(0, |path| path.len() + 1);
    api[..api.len() - path].to_owned()
}

/// The page's address.
pub(crate) fn page_url(github: &FakeGitHub) -> String {
    format!("{}{PREFIX}{PAGE}", origin(github))
}

async fn respond(github: FakeGitHub, request: Request<Bytes>) -> Response<Bytes> {
    let (mut head, body) = request.into_parts();
    if head.method == Method::HEAD {
        // The server leaves the body out by itself.
        head.method = Method::GET;
    }
    let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let path = path.strip_suffix('/').unwrap_or(&path);
    if head.method == Method::GET && path.is_empty() {
        let index = control::index(PREFIX, &page_url(&github));
        return answer::json(StatusCode::OK, &index);
    }
    if head.method == Method::GET
        && let Some(below) = path.strip_prefix(PAGE)
        && (below.is_empty() || below.starts_with('/'))
    {
        return page::respond(&github, &format!("{PREFIX}{PAGE}"), below, head.uri.query());
    }
    match control::answer(&github, &head, path, &body).await {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(refusal) => Refusal::into_response(refusal),
    }
}
