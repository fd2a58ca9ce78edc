//! What is mounted beside the API.

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use crate::shared::Shared;
use crate::traffic::mount::Mount;

/// The longest body that is read: it may bring files along.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// The mount that a request is for; of several the last one.
pub(super) fn find(shared: &Shared, head: &Parts) -> Option<Mount> {
    let path = head.uri.path();
    shared.read_all(|fake| fake.mounts.iter().rev().find(|mount| mount.has(path)).cloned())
}

pub(super) async fn respond(mount: &Mount, head: Parts, body: Incoming) -> Response<Bytes> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => mount.respond(Request::from_parts(head, body.to_bytes())).await,
        Err(_) => {
            let mut response = Response::new(Bytes::from_static(b"The body is too long.\n"));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
    }
}
