use std::sync::Arc;
use std::time::Instant;

use http::Uri;
use serde_json::Value;

use crate::RecordedDelivery;
use crate::shared::Shared;
use crate::state::Attempt;
use crate::wire::envelope::{ENTERPRISE_VERSION, Envelope, set};
use crate::wire::post::{PostError, Received, post};

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

fn text(answer: &Received) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
