//! Answers, given to a client without a socket; and the base URL it is given.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookstead_client::{
    Client, Error, Method, Page, RateLimitPolicy, RequestBody, RetryPolicy, Token,
};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use serde::de::IgnoredAny;
use serde_json::Value;
use tower_service::Service;
use url::Url;

use crate::events::SECRET;

/// No text of the corpus holds it, so that redacting it changes nothing.
const TOKEN: &str = "ghp_0123456789abcdef";

const BASE: &str = "https://github.example/api/v3";

/// Gives the same answer to every request, and notes where the requests went.
#[derive(Clone)]
struct Answering {
    answer: Response<Bytes>,
    urls: Arc<Mutex<Vec<String>>>,
}

impl Service<Request<RequestBody>> for Answering {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        self.urls.lock().unwrap().push(request.uri().to_string());
        ready(Ok(self.answer.clone().map(Full::new)))
    }
}

fn answer(status: StatusCode, body: &[u8]) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::copy_from_slice(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    answer
}

/// Lets a client get this answer to a list, and ask for the next page of it.
fn list(answer: Response<Bytes>) -> (Result<Page<IgnoredAny>, Error>, Vec<String>) {
    let urls = Arc::<Mutex<Vec<String>>>::default();
    let client = Client::builder(Token::new(TOKEN).unwrap())
        .base_url(BASE)
        .retries(RetryPolicy::never())
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO))
        .transport(Answering { answer, urls: Arc::clone(&urls) })
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let page = runtime.block_on(async {
        let page = client.request(Method::GET, "/items").send_page::<IgnoredAny>().await;
        if let Ok(page) = &page {
            let _ = client.next_page(page).await;
        }
        page
    });
    let urls = urls.lock().unwrap().clone();
    (page, urls)
}

/// The lines are `Link` headers. The next page is where an obvious reader finds it, and nobody is
/// asked for it who is not below the base URL.
pub(crate) fn link(input: &[u8]) {
    let mut answer = answer(StatusCode::OK, b"[]");
    let mut expected = None;
    for line in input.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { continue };
        if let Ok(text) = std::str::from_utf8(value.as_bytes()) {
            expected = expected.or_else(|| next(text));
        }
        answer.headers_mut().append("link", value);
    }
    let (page, urls) = list(answer);
    assert_eq!(page.unwrap().has_next(), expected.is_some(), "{expected:?}");
    let base = Url::parse(BASE).unwrap();
    for url in &urls {
        let url = Url::parse(url).unwrap();
        assert!(url.origin() == base.origin() && url.path().starts_with("/api/v3"), "{url}");
    }
    if let (Some(url), Some(expected)) = (urls.get(1), expected) {
        let mut target = Url::parse(&urls[0]).unwrap().join(&expected).unwrap();
        target.set_fragment(None);
        // A request's target is written without what follows from the scheme.
        assert_eq!(Url::parse(url).unwrap(), target);
    }
}

/// The target of the first link with `rel=next`: character by character, by RFC 8288's grammar as
/// far as its readers agree on it.
fn next(header: &str) -> Option<String> {
    let mut characters = header.chars();
    loop {
        characters.by_ref().find(|it| *it == '<')?;
        let mut target = String::new();
        loop {
            match characters.next()? {
                '>' => break,
                character => target.push(character),
            }
        }
        let (mut parameters, mut quoted) = (vec![String::new()], false);
        for character in characters.by_ref() {
            match character {
                ',' if !quoted => break,
                ';' if !quoted => parameters.push(String::new()),
                _ => {
                    quoted ^= character == '"';
                    parameters.last_mut()?.push(character);
                }
            }
        }
        let is_next = |parameter: &String| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            let relations = value.trim().trim_matches('"').to_ascii_lowercase();
            name.trim().eq_ignore_ascii_case("rel")
                && relations.split_ascii_whitespace().any(|relation| relation == "next")
        };
        if parameters.iter().any(is_next) {
            return Some(target);
        }
    }
}

/// The first line is a status, the others are headers, as `name: value`. A time to come back is
/// between a second and a day, and a 403 without a sign of a limit is none.
pub(crate) fn limits(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| StatusCode::from_bytes(line).ok());
    let Some(status) = status.filter(|it| it.is_client_error() || it.is_server_error()) else {
        return;
    };
    let mut answer = answer(status, br#"{"message": "No"}"#);
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(value))
        {
            answer.headers_mut().append(name, value);
        }
    }
    let headers = answer.headers().clone();
    let (page, _) = list(answer);
    let Err(error) = page else { panic!("{status} is no page") };
    if let Some(wait) = error.retry_after() {
        assert!((1..=86_400).contains(&wait.as_secs()), "{wait:?}");
    }
    if error.is_rate_limited() {
        assert!(matches!(status.as_u16(), 403 | 429), "{status}");
        assert!(error.retry_after().is_some());
    }
    let signs = ["retry-after", "x-ratelimit-remaining"];
    if status == StatusCode::FORBIDDEN && signs.iter().all(|name| !headers.contains_key(*name)) {
        assert!(!error.is_rate_limited(), "{headers:?}");
    }
}

/// An error's body is told as far as it is GitHub's, never more than a screen of it, and never the
/// value that was sent.
pub(crate) fn error_body(input: &[u8]) {
    let (page, _) = list(answer(StatusCode::UNPROCESSABLE_ENTITY, input));
    let Err(error) = page else { panic!("422 is no page") };
    let _ = (error.to_string(), format!("{error:?}"));
    let texts = [error.github_message(), error.response_text(), error.documentation_url()];
    for text in texts.into_iter().flatten() {
        assert!(text.chars().count() <= 1000 && !text.is_empty());
    }
    assert!(error.validation_errors().len() <= 100);
    // What is no UTF-8 is replaced when the body is read.
    let input = String::from_utf8_lossy(input);
    let Ok(Value::Object(body)) = serde_json::from_str::<Value>(&input) else {
        assert_eq!(error.github_message(), None);
        return;
    };
    let message = body.get("message").and_then(Value::as_str).unwrap_or_default().trim();
    let message: String = message.chars().take(1000).collect();
    assert_eq!(error.github_message().unwrap_or_default(), message);
    if error.github_message().is_some() {
        // Only where it stands as a value of `value` it may be anything.
        let mut others = body;
        if let Some(Value::Array(errors)) = others.get_mut("errors") {
            for error in errors.iter_mut().filter_map(Value::as_object_mut) {
                error.remove("value");
            }
        }
        let is_elsewhere = Value::Object(others).to_string().contains(SECRET);
        assert!(is_elsewhere || !format!("{error:?} {error}").contains(SECRET));
    }
}

/// A base URL is one exactly if it is `https`, or `http` to this machine, written with both slashes,
/// and holds no more than a host and a path, and no white space. An error never tells a password.
pub(crate) fn base_url(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let url = Url::parse(text);
    let is_good = url.as_ref().is_ok_and(|url| {
        let is_here = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        let has_user = !url.username().is_empty() || url.password().is_some();
        is_safe && url.has_host() && !has_user && url.query().or(url.fragment()).is_none()
    });
    let urls = Arc::default();
    let built = Client::builder(Token::new(TOKEN).unwrap())
        .base_url(text)
        .transport(Answering { answer: answer(StatusCode::OK, b"[]"), urls })
        .build();
    let is_written = text.contains("://");
    let is_odd = |it: char| it.is_whitespace() || it.is_control();
    // What else is invisible at an end is the business of a type of its own.
    if text.is_ascii() {
        let is_good = is_good && is_written && !text.contains(is_odd);
        assert_eq!(built.is_ok(), is_good, "{text:?}");
    }
    if let Err(error) = built
        && url.is_ok_and(|url| url.password().is_some_and(|password| password.contains(SECRET)))
    {
        assert!(!error.to_string().contains(SECRET), "{error}");
    }
}
