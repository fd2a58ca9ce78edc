//! Everything that a request's head says of a delivery, checked before its body is read.

use hookstead_events::EventName;
use hookstead_handler::{DeliveryId, HookTarget};
use hookstead_signature::Signature;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, request};

use crate::answer::Answer;
use crate::limits::Limits;

const EVENT: &str = "X-GitHub-Event";
const DELIVERY: &str = "X-GitHub-Delivery";
const SIGNATURE: &str = "X-Hub-Signature-256";
const HOOK_ID: &str = "X-GitHub-Hook-ID";
const TARGET_TYPE: &str = "X-GitHub-Hook-Installation-Target-Type";
const TARGET_ID: &str = "X-GitHub-Hook-Installation-Target-ID";
const ENTERPRISE_HOST: &str = "X-GitHub-Enterprise-Host";

/// The longest name that is taken for an event; GitHub's longest has 43 letters.
const LONGEST_NAME: usize = 100;

/// The longest value that is kept of an optional header: a host name has at most 253 letters.
const LONGEST_VALUE: usize = 255;

/// Names of events that begin so are those of work that programs submit themselves, to their own
/// inbox. Nobody outside may ask for that, however it is spelled.
const INTERNAL: &str = "hookstead.";

/// How the payload is wrapped in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Form,
}

/// A head that is worth reading the body for.
#[derive(Debug)]
pub(crate) struct RequestHead {
    pub(crate) encoding: Encoding,
    pub(crate) largest_body: usize,
    pub(crate) signature: Signature,
    pub(crate) event: EventName,
    pub(crate) id: DeliveryId,
    pub(crate) hook: Option<u64>,
    pub(crate) target: Option<HookTarget>,
    pub(crate) enterprise_host: Option<String>,
}

impl RequestHead {
    /// Checks a head; an answer tells what is wrong with it.
    pub(crate) fn check(head: &request::Parts, limits: &Limits) -> Result<Self, Answer> {
        if head.method != Method::POST {
            return Err(Answer::method_not_allowed("POST"));
        }
        let headers = &head.headers;
        let encoding = encoding(headers)?;
        let largest_body = match encoding {
            Encoding::Json => limits.payload,
            Encoding::Form => limits.form,
        };
        if announced_length(headers).is_some_and(|length| length > largest_body as u64) {
            return Err(Answer::too_large(largest_body));
        }
        Ok(Self {
            encoding,
            largest_body,
            event: event_name(headers)?,
            id: required(headers, DELIVERY, "1 to 128 visible ASCII characters", is_delivery_id)?
                .parse()
                .map_err(|_| Answer::malformed_header(DELIVERY, "a delivery id"))?,
            signature: single(headers, SIGNATURE, "one value")?
                .ok_or_else(Answer::missing_signature)?
                .parse()
                .map_err(|_| Answer::malformed_signature())?,
            hook: optional(headers, HOOK_ID).and_then(|id| id.parse().ok()),
            target: target(headers),
            enterprise_host: optional(headers, ENTERPRISE_HOST).map(str::to_owned),
        })
    }
}

/// Whether a request could be a delivery of GitHub's, whatever else is wrong with it.
pub(crate) fn looks_like_delivery(head: &request::Parts) -> bool {
    [EVENT, DELIVERY, SIGNATURE].iter().any(|name| head.headers.contains_key(*name))
}

/// The event that a request says it is, for the log.
pub(crate) fn event(head: &request::Parts) -> Option<&str> {
    optional(&head.headers, EVENT)
}

fn event_name(headers: &HeaderMap) -> Result<EventName, Answer> {
    let name = required(headers, EVENT, "the name of an event", is_name)?;
    let start = name.get(..INTERNAL.len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(INTERNAL)) {
        return Err(Answer::internal_event(EVENT));
    }
    Ok(EventName::from(name))
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Answer> {
    let value = single(headers, CONTENT_TYPE.as_str(), "one content type")?.unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    [("application/json", Encoding::Json), ("application/x-www-form-urlencoded", Encoding::Form)]
        .into_iter()
        .find_map(|(name, encoding)| essence.eq_ignore_ascii_case(name).then_some(encoding))
        .ok_or_else(Answer::unsupported_type)
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn target(headers: &HeaderMap) -> Option<HookTarget> {
    let kind = optional(headers, TARGET_TYPE)?.to_owned();
    Some(HookTarget { kind, id: optional(headers, TARGET_ID)?.parse().ok()? })
}

/// A header that GitHub leaves open, or may leave out: whatever is odd about it, it never refuses a
/// delivery. What cannot be understood counts as missing.
fn optional<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let is_kept = |text: &&str| {
        text.len() <= LONGEST_VALUE && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    single(headers, name, "").ok().flatten().filter(is_kept)
}

fn required<'a>(
    headers: &'a HeaderMap,
    name: &str,
    expected: &str,
    is_good: fn(&str) -> bool,
) -> Result<&'a str, Answer> {
    let text = single(headers, name, expected)?.ok_or_else(|| Answer::missing_header(name))?;
    if is_good(text) { Ok(text) } else { Err(Answer::malformed_header(name, expected)) }
}

/// The header's value; none when it is missing or empty. One that occurs twice is malformed: two
/// readers could disagree about which one counts.
fn single<'a>(
    headers: &'a HeaderMap,
    name: &str,
    expected: &str,
) -> Result<Option<&'a str>, Answer> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Answer::malformed_header(name, "it once, not several times"));
    }
    let text = value.to_str().map_err(|_| Answer::malformed_header(name, expected))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn is_delivery_id(text: &str) -> bool {
    text.parse::<DeliveryId>().is_ok()
}
