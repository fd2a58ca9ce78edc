//! The deliveries: signed beforehand, so that the client has next to nothing to do.

use std::error::Error;

use hookstead::signature::sign;
use hookstead::{WebhookSecret, events::EventName};
use hookstead_testkit::samples;
use hookstead_tests::recorded_events;
use serde_json::Value;

/// The hook's secret.
pub(crate) const SECRET: &str = "It's a Secret to Everybody";

/// So many pull requests take turns.
const PULL_REQUESTS: u64 = 256;

/// The length of a body: that of the `pull_request.opened` that is sent, if it is there.
const LENGTH: usize = 24_261;

/// What descriptions are made of, so that they can be packed as well as people's.
const WORDS: [&str; 24] = [
    "the", "build", "of", "this", "branch", "fails", "when", "a", "status", "is", "set", "twice",
    "fix", "test", "for", "server", "and", "its", "config", "value", "error", "path", "return",
    "file",
];

/// Everything of a request but its id.
#[derive(Debug)]
pub(crate) struct Letter {
    before: String,
    after: Vec<u8>,
}

impl Letter {
    /// One for each pull request.
    pub(crate) fn all() -> Result<Vec<Self>, Box<dyn Error>> {
        let recorded = recorded()?;
        let with_number = |number: u64| {
            let mut payload = recorded.clone().map_or_else(|| sample(number), Ok)?;
            payload["number"] = number.into();
            Self::of("pull_request", &payload)
        };
        (1..=PULL_REQUESTS).map(with_number).collect()
    }

    /// This payload, signed.
    pub(crate) fn of(event: &str, payload: &Value) -> Result<Self, Box<dyn Error>> {
        let body = serde_json::to_vec(payload)?;
        let signature = sign(&WebhookSecret::new(SECRET)?, &body);
        let before = format!(
            "POST /event_handler HTTP/1.1\r\nhost: bench\r\nuser-agent: GitHub-Hookshot/0\r\n\
             x-github-event: {event}\r\ncontent-type: application/json\r\n\
             x-github-hook-id: 292430182\r\nx-github-delivery: "
        );
        let head = format!(
            "\r\nx-hub-signature-256: {signature}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Ok(Self { before, after: [head.into_bytes(), body].concat() })
    }

    /// The request with this id.
    pub(crate) fn with_id(&self, id: &str) -> Vec<u8> {
        [self.before.as_bytes(), id.as_bytes(), &self.after].concat()
    }
}

/// The payload that GitHub sent, where those are.
fn recorded() -> Result<Option<Value>, Box<dyn Error>> {
    let Some(events) = recorded_events()? else { return Ok(None) };
    let pull_requests = events.iter().filter(|event| event["name"] == "pull_request");
    let mut examples = pull_requests.filter_map(|event| event["examples"].as_array()).flatten();
    let found = examples
        .find(|payload| payload["action"] == "opened" && payload.to_string().len() == LENGTH);
    let found = found.ok_or(format!("no recorded `pull_request.opened` has {LENGTH} bytes"))?;
    Ok(Some(found.clone()))
}

/// One of the testkit's, with a description that makes it as long.
fn sample(seed: u64) -> Result<Value, Box<dyn Error>> {
    let mut payload = samples::payload(&EventName::from("pull_request")).ok_or("no sample")?;
    payload["action"] = "opened".into();
    payload["pull_request"]["body"] = "".into();
    let length = payload.to_string().len();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut text = String::new();
    while length + text.len() < LENGTH {
        text.push_str(WORDS[random.usize(..WORDS.len())]);
        text.push(' ');
    }
    payload["pull_request"]["body"] = text.into();
    Ok(payload)
}

/// An id that no other has.
pub(crate) fn new_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}
