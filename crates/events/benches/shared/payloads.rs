//! The payloads to measure with: GitHub's recorded ones if `HOOKSTEAD_EXAMPLES` names the folder
//! of the npm package `@octokit/webhooks-examples`, else the testkit's samples.

use std::path::Path;

use hookstead_events::EventName;
use hookstead_signature::{Signature, Verifier, WebhookSecret, sign};
use serde_json::Value;

/// The events that get a row of their own.
const EVENTS: &[&str] =
    &["pull_request", "push", "deployment", "deployment_status", "status", "check_run"];

/// The example that is the usual kind of its event; else the first one.
const USUAL_ACTIONS: &[&str] = &["opened", "completed"];

pub(crate) struct Payload {
    pub(crate) event: EventName,
    pub(crate) json: Vec<u8>,
    pub(crate) signature: Signature,
}

/// What a row of the table measures.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) payloads: Vec<Payload>,
}

impl Row {
    pub(crate) fn bytes(&self) -> usize {
        self.payloads.iter().map(|payload| payload.json.len()).sum()
    }
}

fn secret() -> WebhookSecret {
    WebhookSecret::new("It's a Secret to Everybody").unwrap()
}

/// What every delivery is verified with.
pub(crate) fn verifier() -> Verifier {
    Verifier::new(secret())
}

impl Payload {
    fn new(event: &str, payload: &Value) -> Self {
        let json = serde_json::to_vec(payload).unwrap();
        Self { event: event.into(), signature: sign(&secret(), &json), json }
    }
}

/// A row for each event, and one for all recorded payloads together if they are there.
pub(crate) fn rows() -> Vec<Row> {
    let recorded = recorded();
    let mut rows: Vec<Row> = EVENTS
        .iter()
        .map(|&event| {
            let payload = usual(event, &recorded);
            let action = payload.get("action").and_then(Value::as_str);
            let name = action.map_or(event.to_owned(), |action| format!("{event} {action}"));
            Row { name, payloads: vec![Payload::new(event, &payload)] }
        })
        .collect();
    if !recorded.is_empty() {
        let payloads: Vec<_> =
            recorded.iter().map(|(event, payload)| Payload::new(event, payload)).collect();
        rows.push(Row { name: format!("all {} recorded", payloads.len()), payloads });
    }
    rows
}

fn usual(event: &str, recorded: &[(String, Value)]) -> Value {
    let mut examples = recorded.iter().filter(|(name, _)| name == event);
    let first = examples.clone().next();
    let usual = examples.find(|(_, payload)| {
        USUAL_ACTIONS.iter().any(|action| payload.get("action") == Some(&Value::from(*action)))
    });
    match usual.or(first) {
        Some((_, payload)) => payload.clone(),
        None => hookstead_testkit::samples::payload(&event.into()).unwrap(),
    }
}

/// Every recorded payload of github.com, with its event.
pub(crate) fn recorded() -> Vec<(String, Value)> {
    let Some(folder) = std::env::var_os("HOOKSTEAD_EXAMPLES") else {
        return Vec::new();
    };
    let file = Path::new(&folder).join("api.github.com").join("index.json");
    let events: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut recorded = Vec::new();
    for event in events.as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        for payload in event["examples"].as_array().unwrap() {
            recorded.push((name.to_owned(), payload.clone()));
        }
    }
    recorded
}
