//! The REST API. Every request passes through [`respond`]; an endpoint is a function of the state
//! and a [`Call`](call::Call), and a line in the table of [`routes`].

mod answer;
mod call;
mod commit_statuses;
mod deployment_statuses;
mod deployments;
mod hook_deliveries;
mod hooks;
mod merges;
mod page;
mod pull_requests;
mod repositories;
mod routes;
mod validation;
mod version;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::RecordedRequest;
use crate::shared::{Settings, Shared};
use crate::state::World;
use answer::Answer;
use call::Call;
use routes::Endpoint;

/// The longest body that is read; the API's bodies are short.
const BODY_LIMIT: usize = 1024 * 1024;

/// Serves the API until it is dropped, connections and all.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // The machine is out of something; it passes when others have ended.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(|request| async {
                Ok::<_, Infallible>(respond(&shared, request).await)
            });
            // A client that goes away in the middle of a request is no concern of anybody's.
            let _gone = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// The one place that every request passes.
async fn respond(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(_) => Err(Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "Payload too large")),
    };
    let json = body.as_ref().ok().and_then(|body| serde_json::from_slice(body).ok());
    let accepted = body.and_then(|body| accept(&shared.settings, &head, &body));
    // The effect and its record are one change: who waits for the one finds the other.
    shared.update(|world| {
        let answer = accepted.and_then(|accepted| accepted.answer(world));
        let answer = answer.unwrap_or_else(|refusal| refusal);
        world.requests.push(recorded(&shared.settings, &head, json, answer.status));
        answer.into_response(&shared.settings, world.requests.len(), world.mint.guid())
    })
}

/// A request that is well-formed, authorised and has an endpoint.
struct Accepted {
    call: Call,
    endpoint: Endpoint,
    version: &'static str,
}

impl Accepted {
    fn answer(self, world: &mut World) -> Result<Answer, Answer> {
        let mut answer = (self.endpoint)(world, &self.call)?;
        version::adapt(&mut answer, self.version);
        Ok(answer)
    }
}

/// The rules that hold for every request, before an endpoint's own.
fn accept(settings: &Settings, head: &Parts, body: &[u8]) -> Result<Accepted, Answer> {
    if head.headers.get(USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return Err(Answer::plain(
            StatusCode::FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a \
             User-Agent header.",
        ));
    }
    let version = version::requested(&head.headers)?;
    authorize(&settings.tokens, &head.headers)?;
    let path = head.uri.path().strip_prefix(&settings.prefix).ok_or_else(Answer::not_found)?;
    let (endpoint, parameters) = routes::find(&head.method, path).ok_or_else(Answer::not_found)?;
    let query = head.uri.query().unwrap_or_default();
    let call = Call::new(path, parameters, query, body, settings.api_user.clone())?;
    Ok(Accepted { call, endpoint, version })
}

/// Whether there is a token, and one that is known.
fn authorize(tokens: &[String], headers: &HeaderMap) -> Result<(), Answer> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Err(Answer::error(StatusCode::UNAUTHORIZED, "Requires authentication"));
    };
    let token = header.to_str().ok().and_then(|header| header.split_once(' '));
    let known = token.is_some_and(|(scheme, token)| {
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token"))
            && !token.is_empty()
            && (tokens.is_empty() || tokens.iter().any(|expected| expected == token))
    });
    if known { Ok(()) } else { Err(Answer::error(StatusCode::UNAUTHORIZED, "Bad credentials")) }
}

fn recorded(
    settings: &Settings,
    head: &Parts,
    body: Option<Value>,
    status: StatusCode,
) -> RecordedRequest {
    let mut headers = head.headers.clone();
    if let Some(header) = headers.get_mut(AUTHORIZATION) {
        let scheme = header.to_str().ok().and_then(|header| header.split_once(' '));
        let scheme = scheme.map_or("", |(scheme, _)| scheme);
        *header = HeaderValue::from_str(&format!("{scheme} [redacted]"))
            .unwrap_or(HeaderValue::from_static("[redacted]"));
    }
    let path = head.uri.path();
    RecordedRequest {
        method: Method::clone(&head.method),
        path: path.strip_prefix(&settings.prefix).unwrap_or(path).to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
        status,
    }
}
