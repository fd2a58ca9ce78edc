use std::collections::HashSet;
use std::error::Error;
use std::io::{self, Read};
use std::path::Path;

use hookstead::events::EventName;
use hookstead::types::{RepoName, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::deliver::payloads::{self, Payload};
use crate::exit::Usage;

/// A delivery that was saved.
#[derive(Debug)]
pub(crate) struct Saved {
    /// The file or sample that it is from.
    pub(crate) origin: String,
    pub(crate) id: Option<String>,
    pub(crate) event: EventName,
    pub(crate) body: Vec<u8>,
    pub(crate) received_at: Option<Timestamp>,
}

/// What `inbox show --json` prints of a task, or GitHub's API of a hook's delivery.
#[derive(Deserialize)]
struct Envelope<'a> {
    event: String,
    /// The delivery's id; at GitHub a number that is none of ours, beside the `guid`.
    id: Option<Value>,
    guid: Option<String>,
    received_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    request: Option<Request<'a>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// The repository of all samples.
const OF_SAMPLES: &str = "octo-org/hello-world";

/// Reads what is named: a file, all files of a folder, a sample as one of this repository, or stdin.
pub(crate) fn read(
    what: &str,
    event: Option<EventName>,
    repo: Option<&RepoName>,
) -> Result<Vec<Saved>, Box<dyn Error>> {
    if what == "-" {
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body)?;
        return from_text("stdin", event.as_ref(), body);
    }
    // A file that holds a whole delivery says the event itself.
    if let Ok(body) = std::fs::read(what)
        && let Some(saved) = from_envelopes(what, event.as_ref(), &body)?
    {
        return Ok(saved);
    }
    let mut all = Vec::new();
    for Payload { origin, event, mut body } in payloads::named(what, event)? {
        if let Some(repo) = repo.filter(|_| !Path::new(what).exists()) {
            body = String::from_utf8_lossy(&body).replace(OF_SAMPLES, repo.as_str()).into_bytes();
        }
        match from_envelopes(&origin, Some(&event), &body)? {
            Some(saved) => all.extend(saved),
            None => all.push(Saved { origin, id: None, event, body, received_at: None }),
        }
    }
    Ok(all)
}

fn from_text(
    origin: &str,
    event: Option<&EventName>,
    body: Vec<u8>,
) -> Result<Vec<Saved>, Box<dyn Error>> {
    if let Some(saved) = from_envelopes(origin, event, &body)? {
        return Ok(saved);
    }
    let Some(event) = event.cloned() else {
        return Err(Usage(
            "A payload from stdin does not say its event; say it with --event.".into(),
        )
        .into());
    };
    Ok(vec![Saved { origin: origin.to_owned(), id: None, event, body, received_at: None }])
}

/// The deliveries of a text that holds whole ones, one or a list; several tasks of one delivery are one.
fn from_envelopes(
    origin: &str,
    event: Option<&EventName>,
    text: &[u8],
) -> Result<Option<Vec<Saved>>, Box<dyn Error>> {
    let envelopes: Vec<Envelope<'_>> = match serde_json::from_slice(text) {
        Ok(several) => several,
        Err(_) => match serde_json::from_slice(text) {
            Ok(one) => vec![one],
            Err(_) => return Ok(None),
        },
    };
    let is_delivery = |it: &Envelope<'_>| {
        let is_kept = it.received_at.is_some() || it.delivered_at.is_some();
        it.body.is_some() || it.request.is_some() || is_kept
    };
    if !envelopes.iter().all(is_delivery) {
        return Ok(None);
    }
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for envelope in envelopes {
        let id = envelope.guid.or_else(|| Some(envelope.id?.as_str()?.to_owned()));
        if id.as_ref().is_some_and(|id| !seen.insert(id.clone())) {
            continue;
        }
        let payload = envelope.request.and_then(|request| request.payload);
        let Some(body) = envelope.body.or(payload).filter(|body| body.get() != "null") else {
            let id = id.unwrap_or_else(|| origin.to_owned());
            return Err(format!(
                "{id} was saved without its body; GitHub's page of the hook has it."
            )
            .into());
        };
        let origin = id.as_ref().map_or_else(|| origin.to_owned(), Clone::clone);
        let event = event.cloned().unwrap_or_else(|| envelope.event.into());
        let received_at = envelope.received_at.or(envelope.delivered_at);
        let body = body.get().as_bytes().to_vec();
        all.push(Saved { origin, id, event, body, received_at });
    }
    Ok(Some(all))
}
