use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::HeaderMap;
use http::{HeaderName, HeaderValue, Uri};
use serde_json::Value;

use crate::RecordedDelivery;
use crate::post::{PostError, Received, post};
use crate::shared::Shared;
use crate::state::Attempt;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a webhook request says about itself.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) event: String,
    pub(crate) delivery: String,
    pub(crate) hook: u64,
    /// What kind of thing the hook belongs to, and its number.
    pub(crate) target: (&'static str, u64),
    pub(crate) form: bool,
}

impl Envelope {
    /// The headers of GitHub's webhooks, except for the signature.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        set(&mut headers, "accept", "*/*");
        set(&mut headers, "user-agent", "GitHub-Hookshot/f4c3b00");
        set(&mut headers, "content-type", if self.form { FORM } else { JSON });
        set(&mut headers, "x-github-event", &self.event);
        set(&mut headers, "x-github-delivery", &self.delivery);
        set(&mut headers, "x-github-hook-id", &self.hook.to_string());
        set(&mut headers, "x-github-hook-installation-target-type", self.target.0);
        set(&mut headers, "x-github-hook-installation-target-id", &self.target.1.to_string());
        headers
    }

    /// The body as it travels: the JSON itself, or the one field of a form.
    pub(crate) fn encode(&self, json: Bytes) -> Bytes {
        if !self.form {
            return json;
        }
        let mut form = b"payload=".to_vec();
        for piece in form_urlencoded::byte_serialize(&json) {
            form.extend_from_slice(piece.as_bytes());
        }
        form.into()
    }
}

/// Sets a header; a value that HTTP does not allow is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Makes one attempt and records it. It is the only one: GitHub never repeats a delivery.
pub(crate) async fn deliver(shared: Arc<Shared>, attempt: Attempt) {
    let settings = &shared.settings;
    let envelope = Envelope {
        event: attempt.event.to_string(),
        delivery: attempt.guid.clone(),
        hook: attempt.hook,
        target: attempt.target,
        form: attempt.form,
    };
    let body = envelope.encode(attempt.payload.to_string().into());
    let mut headers = envelope.headers();
    if let Some(secret) = &attempt.secret {
        let signature = hookstead_signature::sign(secret, &body).to_string();
        set(&mut headers, "x-hub-signature-256", &signature);
        // GitHub goes on sending the older one, for receivers of old.
        set(&mut headers, "x-hub-signature", &hookstead_signature::sign_sha1(secret, &body));
    }
    if let Some(host) = &settings.enterprise_host {
        set(&mut headers, "x-github-enterprise-host", host);
        set(&mut headers, "x-github-enterprise-version", ENTERPRISE_VERSION);
    }

    let delivered_at = shared.read(|world| world.mint.now());
    let begun = Instant::now();
    let outcome = match attempt.url.parse::<Uri>() {
        Ok(url) => post(&url, headers.clone(), body, settings.delivery_timeout).await,
        Err(_) => Err(PostError::NotHttp),
    };
    let duration = begun.elapsed();
    let status = match &outcome {
        Ok(answer) if answer.status.is_success() => "OK".to_owned(),
        Ok(answer) => format!("Invalid HTTP Response: {}", answer.status.as_u16()),
        Err(error) => error.to_string(),
    };
    let answer = outcome.ok();
    shared.update(|world| {
        let delivery = RecordedDelivery {
            id: world.mint.id(),
            guid: attempt.guid,
            hook_id: attempt.hook,
            delivered_at,
            redelivery: attempt.redelivery,
            duration,
            status,
            status_code: answer.as_ref().map(|answer| answer.status.as_u16()),
            event: attempt.event,
            action: attempt.payload.get("action").and_then(Value::as_str).map(str::to_owned),
            request_headers: headers,
            payload: attempt.payload,
            response_body: answer.as_ref().map(text).unwrap_or_default(),
            response_headers: answer.map(|answer| answer.headers).unwrap_or_default(),
            repository: attempt.repository,
            installation: attempt.installation,
        };
        world.record_delivery(delivery);
    });
}

/// The version of GitHub Enterprise Server that the fake says it is.
pub(crate) const ENTERPRISE_VERSION: &str = "3.20.1";

fn text(answer: &Received) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
