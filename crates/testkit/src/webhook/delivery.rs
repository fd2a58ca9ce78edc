use std::sync::Arc;
use std::time::Instant;

use hookstead_events::EventName;
use http::Uri;

use crate::payload::event;
use crate::shared::Shared;
use crate::state::occurrence::Notice;
use crate::traffic::delivery::RecordedDelivery;
use crate::wire::envelope::{ENTERPRISE_VERSION, Envelope, set};
use crate::wire::post::{PostError, Received, post};

/// Makes one attempt and records it. It is the only one: GitHub never repeats a delivery.
pub(super) async fn deliver(shared: Arc<Shared>, notice: Notice) {
    let settings = &shared.settings;
    let Notice { occurrence, installation, .. } = &notice;
    let links = shared.read(|world| world.links.clone());
    let payload = event::render(&links, occurrence, *installation);
    let envelope = Envelope {
        event: occurrence.what.event().to_owned(),
        delivery: occurrence.guid.clone(),
        hook: notice.hook,
        target: notice.target,
        form: notice.form,
    };
    let body = envelope.encode(payload.to_string().into());
    let mut headers = envelope.headers();
    if let Some(secret) = &notice.secret {
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
    let outcome = match notice.url.parse::<Uri>() {
        Ok(url) => post(&url, headers.clone(), body, settings.delivery_deadline).await,
        Err(_) => Err(PostError::NotHttp),
    };
    let duration = begun.elapsed();
    let status = match &outcome {
        Ok(answer) if answer.status.is_success() => "OK".to_owned(),
        Ok(answer) => format!("Invalid HTTP Response: {}", answer.status.as_u16()),
        Err(error) => error.to_string(),
    };
    let answer = outcome.ok();
    let status_code = answer.as_ref().map(|answer| answer.status.as_u16());
    shared.update_all(|fake| {
        let delivery = RecordedDelivery {
            id: fake.world.mint.id(),
            guid: occurrence.guid.clone(),
            hook_id: notice.hook,
            delivered_at,
            redelivery: notice.redelivery,
            duration,
            status,
            status_code,
            event: EventName::from(occurrence.what.event()),
            action: occurrence.what.action().map(str::to_owned),
            request_headers: headers,
            payload: payload.into(),
            response_body: answer.as_ref().map(text).unwrap_or_default(),
            response_headers: answer.map(|answer| answer.headers).unwrap_or_default(),
            occurrence: Arc::clone(occurrence),
            installation: *installation,
        };
        fake.record(delivery);
    });
}

fn text(answer: &Received) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
