use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderValue, USER_AGENT};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Limited};
use hyper::body::Incoming;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::answer::Answer;
use super::authorization::{Caller, authorize};
use super::body::{Cut, ServedBody};
use super::call::Call;
use super::faults::Sent;
use super::git::GitRequest;
use super::git_body::GitBody;
use super::record::{path_below, recorded, without_token};
use super::routes::{Endpoint, Found};
use super::{conditional, git_serving, mounted, routes, version, website};
use crate::fake::Fake;
use crate::shared::{Settings, Shared};
use crate::state::world::World;
use crate::traffic::fault::{Fault, Kind};
use crate::traffic::request::RecordedRequest;
use crate::traffic::route::{Route, RouteRequest};

const NOT_MODIFIED: StatusCode = StatusCode::NOT_MODIFIED;

/// The longest body that is read; the API's bodies are short.
const BODY_LIMIT: usize = 1024 * 1024;

/// The one place that every request passes.
pub(super) async fn respond(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
    closing: &Arc<AtomicBool>,
) -> Result<Response<Either<ServedBody, GitBody>>, Cut> {
    let (head, body) = request.into_parts();
    if let Some(mount) = mounted::find(shared, &head) {
        let response = mounted::respond(&mount, head, body).await;
        return Ok(response.map(|body| Either::Left(ServedBody::whole(body))));
    }
    match GitRequest::recognise(&head) {
        Some(request) => git_serving::respond(shared, &request, head, body, closing).await,
        None => {
            let response = respond_to_call(shared, head, body, closing).await;
            response.map(|response| response.map(Either::Left))
        }
    }
}

/// A request of the API, or for a page of the website.
async fn respond_to_call(
    shared: &Arc<Shared>,
    head: Parts,
    body: Incoming,
    closing: &Arc<AtomicBool>,
) -> Result<Response<ServedBody>, Cut> {
    let path = path_below(&shared.settings, &head);
    let fault = shared.update_all(|fake| fake.faults.take(&head.method, path));
    let delay = fault.as_ref().map_or(Duration::ZERO, |fault| fault.delay);
    let lets_work = fault.as_ref().is_none_or(Fault::lets_work);
    let unread = fault.as_ref().is_some_and(|it| it.kind == Kind::DroppedConnection) && !lets_work;
    let late = fault.as_ref().is_some_and(|fault| fault.after_effect);
    let body = if unread {
        Ok(Bytes::new())
    } else {
        let limited = Limited::new(body, BODY_LIMIT).collect().await;
        let too_large = |_| Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "Payload too large");
        limited.map(|body| body.to_bytes()).map_err(too_large)
    };
    let received = Received { head, body, fault };
    if delay.is_zero() {
        return received.answer(shared, closing);
    }
    // GitHub goes on with what it has begun even if the client has gone.
    let (sender, receiver) = oneshot::channel();
    let (working, closing) = (Arc::clone(shared), Arc::clone(closing));
    shared.spawn(async move {
        if !late {
            sleep(delay).await;
        }
        let answer = received.answer(&working, &closing);
        if late {
            sleep(delay).await;
        }
        let _gone = sender.send(answer);
    });
    receiver.await.unwrap_or(Err(Cut))
}

/// A request that has come, and what is to go wrong with it.
struct Received {
    head: Parts,
    /// `Err` if it is too long.
    body: Result<Bytes, Answer>,
    fault: Option<Fault>,
}

impl Received {
    fn answer(
        self,
        shared: &Arc<Shared>,
        closing: &Arc<AtomicBool>,
    ) -> Result<Response<ServedBody>, Cut> {
        let settings = &shared.settings;
        let Self { head, body, fault } = self;
        let json = body.as_ref().ok().and_then(|body| serde_json::from_slice(body).ok());
        let lets_work = fault.as_ref().is_none_or(Fault::lets_work);
        // A route of the test's own comes first, and before the lock is taken: it may use the fake.
        let routed = lets_work.then(|| routed(shared, &head, &body)).flatten();
        // The effect and its record are one change: who waits for the one finds the other.
        shared.update_all(|fake| {
            let own = || routed.unwrap_or_else(|| own_answer(settings, fake, &head, body));
            let own = lets_work.then(own);
            let succeeded = |status: StatusCode| status.is_success() || status == NOT_MODIFIED;
            let is_page = website::page(settings, &head.uri).is_some();
            let effect = !is_page && own.as_ref().is_some_and(|own| succeeded(own.status));
            let sent = match &fault {
                None => Sent::Whole(own.unwrap_or_else(Answer::not_found)),
                Some(fault) => fault.spoil(own, &fake.world, &head),
            };
            let status = sent.status();
            let request = recorded(settings, &head, json);
            fake.requests.push(RecordedRequest { status, effect, fault, ..request });
            let world = &mut fake.world;
            if status != Some(NOT_MODIFIED) && path_below(settings, &head) != "/rate_limit" {
                world.rate.count(world.mint.now_seconds());
            }
            sent.into_response(settings, world, closing)
        })
    }
}

/// What a route of the test's own answers, if there is one for the request.
fn routed(shared: &Shared, head: &Parts, body: &Result<Bytes, Answer>) -> Option<Answer> {
    let body = body.as_ref().ok()?;
    let path = head.uri.path().strip_prefix(&shared.settings.prefix)?;
    let found = shared.read_all(|fake| {
        let matches = |route: &Route| Some((route.clone(), route.matches(&head.method, path)?));
        let (route, parameters) = fake.routes.iter().rev().find_map(matches)?;
        let allowed = check(&shared.settings, &fake.world, head);
        Some(allowed.map(|(version, _)| (route, parameters, version)))
    })?;
    Some(found.map_or_else(std::convert::identity, |(route, parameters, version)| {
        let request = RouteRequest {
            method: head.method.clone(),
            path: path.to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: without_token(&head.headers),
            body: body.clone(),
            parameters,
        };
        let mut answer = Answer::of_route(route.respond(&request));
        version::adapt(&mut answer, version);
        answer
    }))
}

/// What a request is answered if nothing goes wrong.
fn own_answer(
    settings: &Settings,
    fake: &mut Fake,
    head: &Parts,
    body: Result<Bytes, Answer>,
) -> Answer {
    if let Some(page) = website::page(settings, &head.uri) {
        return page;
    }
    let accepted = body.and_then(|body| accept(settings, &fake.world, head, &body));
    let answer = accepted.and_then(|accepted| accepted.answer(fake));
    let mut answer = answer.unwrap_or_else(|refusal| refusal);
    conditional::apply(&head.method, &head.headers, &mut answer);
    answer
}

/// A request that is well-formed, authorised and has an endpoint.
struct Accepted {
    call: Call,
    endpoint: Endpoint,
    version: &'static str,
}

impl Accepted {
    fn answer(self, fake: &mut Fake) -> Result<Answer, Answer> {
        let mut answer = self.endpoint.answer(fake, &self.call)?;
        version::adapt(&mut answer, self.version);
        Ok(answer)
    }
}

/// The rules that hold for every request, before an endpoint's own.
fn accept(
    settings: &Settings,
    world: &World,
    head: &Parts,
    body: &[u8],
) -> Result<Accepted, Answer> {
    let (version, caller) = check(settings, world, head)?;
    let path = head.uri.path().strip_prefix(&settings.prefix).ok_or_else(Answer::not_found)?;
    let found = routes::find(&head.method, path).ok_or_else(Answer::not_found)?;
    let Found { endpoint, parameters, for_app } = found;
    caller.check(for_app)?;
    let query = head.uri.query().unwrap_or_default();
    let method = head.method.clone();
    let user = caller.login(settings);
    let call = Call::new(method, path, parameters, query, &head.headers, body, (caller, user))?;
    Ok(Accepted { call, endpoint, version })
}

/// What every request must have, and who sends it: the version asked for, and the caller.
fn check(
    settings: &Settings,
    world: &World,
    head: &Parts,
) -> Result<(&'static str, Caller), Answer> {
    if head.headers.get(USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return Err(Answer::plain(
            StatusCode::FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a \
             User-Agent header.",
        ));
    }
    let version = version::requested(&head.headers)?;
    Ok((version, authorize(settings, world, &head.headers)?))
}
