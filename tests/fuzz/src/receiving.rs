//! Requests, sent to a receiver without a socket.

use std::cell::RefCell;

use bytes::Bytes;
use hookstead_events::{DecodeError, Envelope, Event, EventName};
use hookstead_handler::{Attempt, DeliveryId, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::Receiver;
use hookstead_signature::{Signature, WebhookSecret, sign};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

const FORM: &str = "application/x-www-form-urlencoded";

thread_local! {
    /// The payload that the receiver had in hand last.
    static SEEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Decodes to nothing, and notes what it was to be decoded from.
#[derive(Clone)]
struct Spy;

impl Event for Spy {
    const NAME: Option<EventName> = None;

    fn decode(_: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        SEEN.set(Some(payload.to_vec()));
        Ok(Self)
    }
}

fn secret() -> WebhookSecret {
    WebhookSecret::new("It's a Secret to Everybody").unwrap()
}

/// Sends a request. Returns the answer's status and text, and the payload that was taken.
fn receive(request: Request<Full<Bytes>>) -> (StatusCode, String, Option<Vec<u8>>) {
    // For the lane the inbox decodes what is accepted, which shows it to the spy.
    let router = Router::new()
        .on_with::<Spy>(handler_fn(async |_: Spy, _: Attempt| Ok(())), |registration| {
            registration.lane(|_| None)
        });
    let mut receiver = Receiver::new(secret(), Inbox::new(MemoryStore::new(), router));
    SEEN.set(None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let answer: Response<_> = receiver.call(request).await.unwrap();
        let status = answer.status();
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(text.into()).unwrap(), SEEN.take())
    })
}

/// The lines are a request's headers, as `Name: value`. Whatever they are, they are answered, and a
/// refusal repeats no header's value. Without the four headers that are needed nothing is taken.
pub(crate) fn head(input: &[u8]) {
    let mut request = Request::post("/").body(Full::from("{}")).unwrap();
    for line in input.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].trim_ascii();
        // As the server does: what is no header never gets so far.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(value))
        {
            request.headers_mut().append(name, value);
        }
    }
    let headers = request.headers().clone();
    let single = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    let is_name = |it: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        // What begins so is submitted by programs, and never comes from outside.
        let is_internal = it.to_ascii_lowercase().starts_with("hookstead.");
        matches!(it.len(), 1..=100) && it.bytes().all(is_letter) && !is_internal
    };
    let is_good = single("X-GitHub-Event").is_some_and(is_name)
        && single("X-GitHub-Delivery").is_some_and(|it| it.parse::<DeliveryId>().is_ok())
        && single("X-Hub-Signature-256").is_some_and(|it| it.parse::<Signature>().is_ok())
        && single("Content-Type").is_some();

    let (status, text, taken) = receive(request);
    let is_taken = status.is_success();
    assert!(is_good || !is_taken, "{status} {text}");
    assert_eq!(taken.is_some(), is_taken, "{status} {text}");
    assert!(is_taken || matches!(status.as_u16(), 400 | 401 | 413 | 415), "{status} {text}");
    for value in headers.values().filter(|value| !is_taken && value.len() >= 16) {
        let value = String::from_utf8_lossy(value.as_bytes());
        // A refusal names the content types that it takes.
        assert!(!text.contains(&*value) || value.starts_with("application/"), "{text}");
    }
}

/// A signed form gives the payload exactly if one field has that name, and then byte for byte. What
/// begins as JSON is no form.
pub(crate) fn form(input: &[u8]) {
    let mut payloads = input
        .split(|byte| *byte == b'&')
        .filter(|field| form_urlencoded::parse(field).any(|(name, _)| name == "payload"))
        .map(value);
    let is_json = input.trim_ascii_start().starts_with(b"{");
    let expected = payloads.next().filter(|_| payloads.next().is_none() && !is_json);
    if let Some(payload) = expected.as_deref().and_then(|it| std::str::from_utf8(it).ok()) {
        let mut fields = form_urlencoded::parse(input);
        let theirs = fields.find_map(|(name, value)| (name == "payload").then_some(value));
        assert_eq!(theirs.as_deref(), Some(payload));
    }

    let request = Request::post("/")
        .header("Content-Type", FORM)
        .header("X-GitHub-Event", "push")
        .header("X-GitHub-Delivery", "1")
        .header("X-Hub-Signature-256", sign(&secret(), input).to_string())
        .body(Full::from(input.to_vec()));
    let (status, text, taken) = receive(request.unwrap());
    let fits = expected.as_deref().map(Envelope::scan);
    match fits {
        Some(Ok(_)) => assert_eq!((status.as_u16(), &taken), (202, &expected), "{text}"),
        Some(Err(error)) => assert_eq!((status.as_u16(), text), (400, error.to_string())),
        None => assert!(status == 400 && text.contains("`payload`"), "{status} {text}"),
    }
}

/// The obvious way to decode a field's value.
fn value(field: &[u8]) -> Vec<u8> {
    let start = field.iter().position(|byte| *byte == b'=').map_or(field.len(), |at| at + 1);
    let spaced: Vec<u8> =
        field[start..].iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_encoding::percent_decode(&spaced).collect()
}
