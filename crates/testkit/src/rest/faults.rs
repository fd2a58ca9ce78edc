//! What a caller sees of a [`Fault`].

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hookstead_types::RepoName;
use http::Response;
use http::header::{HeaderName, HeaderValue, LINK, RETRY_AFTER};
use http::request::Parts;
use serde_json::json;

use super::answer::{Answer, Body, http_date};
use super::body::{Cut, ServedBody};
use super::{moved, permissions, website};
use crate::shared::Settings;
use crate::state::rate::RATE_LIMIT;
use crate::state::world::World;
use crate::traffic::fault::{Fault, Kind};

const HTML: &str = "<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  \
                    <body><p>We had issues producing the response to your request.</p></body>\n</html>\n";

/// How an answer leaves.
#[derive(Debug)]
pub(super) enum Sent {
    Whole(Answer),
    /// The connection is cut within the body.
    Cut(Answer),
    /// The connection is closed afterwards, which is not announced.
    ThenClosed(Answer),
    /// There is none: the connection is cut.
    Nothing,
}

impl Sent {
    /// The status that the caller sees.
    pub(super) fn status(&self) -> Option<http::StatusCode> {
        match self {
            Self::Whole(answer) | Self::Cut(answer) | Self::ThenClosed(answer) => {
                Some(answer.status)
            }
            Self::Nothing => None,
        }
    }

    /// The response that leaves. `closing` is set when the connection is to be closed after it.
    pub(super) fn into_response(
        self,
        settings: &Settings,
        world: &mut World,
        closing: &Arc<AtomicBool>,
    ) -> Result<Response<ServedBody>, Cut> {
        match self {
            Sent::Nothing => Err(Cut),
            Sent::Whole(answer) => Ok(answer.into_response(settings, world).map(ServedBody::whole)),
            Sent::Cut(answer) => {
                Ok(answer.into_response(settings, world).map(|body| ServedBody::cut(&body)))
            }
            Sent::ThenClosed(answer) => {
                let closing = Arc::clone(closing);
                let response = answer.into_response(settings, world);
                Ok(response.map(|body| ServedBody::whole(body).telling(closing)))
            }
        }
    }
}

impl Fault {
    /// Whether the request's own answer is what the fault works on, or has to be hidden.
    pub(super) fn lets_work(&self) -> bool {
        self.after_effect || self.kind == Kind::Latency
    }

    /// What becomes of a request; `own` is its own answer if it was let work.
    pub(super) fn spoil(&self, own: Option<Answer>, world: &World, head: &Parts) -> Sent {
        let status = self.answered();
        let own = || own.unwrap_or_else(Answer::not_found);
        let answer = match &self.kind {
            Kind::Latency => own(),
            Kind::Error => error(self),
            Kind::Html => Answer::html(status, HTML),
            Kind::DroppedConnection => return Sent::Nothing,
            Kind::DroppedInBody => {
                let own = own();
                let empty = matches!(own.body, Body::Empty);
                return if empty { Sent::Nothing } else { Sent::Cut(own) };
            }
            Kind::TruncatedJson => own().truncated(),
            Kind::ClosedAfterAnswer => return Sent::ThenClosed(own()),
            Kind::RetryAfterSeconds(seconds) => {
                retry_after(status).with_header(RETRY_AFTER, &seconds.to_string())
            }
            Kind::RetryAfterDate(wait) => {
                retry_after(status).with_header(RETRY_AFTER, &http_date(&world.mint.later(*wait)))
            }
            Kind::RateLimit(reset_in) => rate_limit(self, world, *reset_in),
            Kind::SecondaryLimit => Answer::error(
                status,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try \
                 again.",
            ),
            Kind::Forbidden => {
                Answer { status, ..permissions::missing(&head.method, head.uri.path()) }
            }
            Kind::ExpiredToken => Answer::error(status, "Bad credentials"),
            Kind::LimitInWords => Answer::error(status, "API rate limit exceeded for user ID 1."),
            Kind::CircularPages => circular(own(), world, head),
            Kind::EndlessPages => endless(own(), world, head),
            Kind::Moved => match location(world, head) {
                Some(location) => moved::redirect(status, &location),
                None => Answer::not_found(),
            },
            Kind::Redirect(location) => moved::redirect(status, location),
            Kind::SignInPage => website::login_page(),
            Kind::SignInRedirect => website::to_login(status),
            Kind::BaseModified => {
                Answer::error(status, "Base branch was modified. Review and try the merge again.")
            }
        };
        Sent::Whole(Answer { is_counted: !self.is_uncounted, ..answer })
    }
}

/// The answer with a link back to the first page, if it is another; that leads where it says, or to itself.
fn circular(answer: Answer, world: &World, head: &Parts) -> Answer {
    let is_place = |parameter: &&str| {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        matches!(name, "page" | "cursor" | "after" | "before")
    };
    let parameters: Vec<&str> = head.uri.query().unwrap_or_default().split('&').collect();
    let is_first = !parameters.iter().any(is_place);
    if is_first && answer.headers.iter().any(|(name, _)| *name == LINK) {
        return answer;
    }
    let query: Vec<&str> = parameters.into_iter().filter(|it| !is_place(it)).collect();
    answer.followed_by(world, head, &query.join("&"))
}

/// The answer with a link to one more page of the list, whatever it says of itself.
fn endless(answer: Answer, world: &World, head: &Parts) -> Answer {
    let query = head.uri.query().unwrap_or_default();
    let mut page: u64 = 1;
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "page" {
            page = value.parse().unwrap_or(1);
        } else {
            parameters.append_pair(&name, &value);
        }
    }
    parameters.append_pair("page", &page.saturating_add(1).to_string());
    answer.followed_by(world, head, &parameters.finish())
}

fn error(fault: &Fault) -> Answer {
    let status = fault.answered();
    match status.as_u16() {
        503 => {
            let answer = Answer::error(status, "Service unavailable");
            answer.with_field("code", json!("service_unavailable"))
        }
        504 => Answer::error(
            status,
            "We couldn't respond to your request in time. Sorry about that. Please try resubmitting \
             your request and contact us if the problem persists.",
        ),
        500..=599 => Answer::error(status, "Server Error"),
        _ => Answer::error(status, status.canonical_reason().unwrap_or("Error")),
    }
}

/// Its words, an older form of GitHub's, name no limit: the header alone does.
fn retry_after(status: http::StatusCode) -> Answer {
    Answer::error(
        status,
        "You have triggered an abuse detection mechanism. Please wait a few minutes before you try \
         again.",
    )
}

fn rate_limit(fault: &Fault, world: &World, reset_in: Duration) -> Answer {
    let reset = world.mint.later(reset_in).instant().map_or(0, |it| it.as_second());
    let header = |name| HeaderName::from_static(name);
    Answer::error(fault.answered(), "API rate limit exceeded for user ID 1.")
        .with_header(header("x-ratelimit-remaining"), "0")
        .with_header(header("x-ratelimit-used"), &RATE_LIMIT.to_string())
        .with_header(header("x-ratelimit-reset"), &reset.to_string())
}

/// The address by number of the repository in the path.
fn location(world: &World, head: &Parts) -> Option<String> {
    // The API's path prefix stands before it, if there is one.
    let (_, below) = head.uri.path().split_once("/repos/")?;
    let mut segments = below.splitn(3, '/');
    let name = RepoName::new(segments.next()?, segments.next()?).ok()?;
    let at = world.find_repository(&name).or_else(|| world.find_former_repository(&name))?;
    let rest = segments.next().map(|rest| format!("/{rest}")).unwrap_or_default();
    Some(moved::address(world, at, &rest, head.uri.query().unwrap_or_default()))
}

impl Answer {
    /// Half of it, as if that were all.
    fn truncated(mut self) -> Self {
        if let Body::Json(body) = &self.body {
            let mut text = body.to_string();
            let half = text.floor_char_boundary(text.len() / 2);
            text.truncate(half);
            self.body = Body::Text { content_type: "application/json; charset=utf-8", text };
        }
        self
    }

    /// Links to a page of the same list, by its query. The path has the API's prefix already.
    fn followed_by(self, world: &World, head: &Parts, query: &str) -> Self {
        let mark = if query.is_empty() { "" } else { "?" };
        let link = format!("<{}{}{mark}{query}>; rel=\"next\"", world.links.web, head.uri.path());
        self.with_header(LINK, &link)
    }

    fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.retain(|(other, _)| *other != name);
            self.headers.push((name, value));
        }
        self
    }
}
