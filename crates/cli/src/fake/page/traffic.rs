//! What went in and out.

use hookstead_testkit::{Fault, RecordedDelivery, RecordedRequest};
use http::HeaderMap;
use maud::{Markup, html};
use serde_json::Value;

use super::parts::{List, Tone, badge, list, whole};
use crate::text::cut;

/// How much of a body a table shows, in characters.
const BODY: usize = 2000;

pub(super) fn deliveries(all: &[RecordedDelivery], below: &str) -> List {
    list("Deliveries", &["Event", "Hook", "Answer", "Took", "At", "GUID"], all, |it| {
        vec![
            html! {
                a href=(format!("{below}/deliveries/{}", it.id)) { (it.name()) }
                @if it.redelivery { " " (badge("again", Tone::Plain)) }
            },
            whole(it.hook_id),
            answer(it),
            html! { (it.duration.as_millis()) " ms" },
            whole(it.delivered_at.to_string()),
            html! { code { (it.guid) } },
        ]
    })
}

fn answer(it: &RecordedDelivery) -> Markup {
    let tone = if it.is_ok() { Tone::Good } else { Tone::Bad };
    html! {
        @if let Some(code) = it.status_code { (code) " " }
        (badge(&it.status, tone))
    }
}

pub(super) fn faults(all: &[Fault]) -> List {
    list("Faults to come", &["Fault"], all, |it| vec![html! { (it) }])
}

pub(super) fn calls(all: &[RecordedRequest]) -> List {
    list("Calls", &["Call", "Answer", "Fault", "Body"], all, |it| {
        let mark = if it.query.is_empty() { "" } else { "?" };
        vec![
            html! { code { (it.method) " " (it.path) (mark) (it.query) } },
            html! {
                @match it.status {
                    Some(status) if status.is_client_error() || status.is_server_error() => {
                        (badge(status.as_str(), Tone::Bad))
                    }
                    Some(status) => (badge(status.as_str(), Tone::Good)),
                    None => (badge("no answer", Tone::Bad)),
                }
            },
            html! {
                @if let Some(fault) = &it.fault {
                    (fault) ": " (if it.effect { "it had its effect" } else { "without effect" })
                }
            },
            html! {
                @if let Some(body) = &it.body {
                    details { summary { "JSON" } pre { (cut(&format!("{body:#}"), BODY)) } }
                }
            },
        ]
    })
}

/// All that is known of one delivery.
pub(super) fn delivery(it: &RecordedDelivery) -> Markup {
    html! {
        dl {
            dt { "Answer" } dd { (answer(it)) }
            dt { "Hook" } dd { (it.hook_id) }
            dt { "GUID" } dd { code { (it.guid) } }
            dt { "At" } dd { (it.delivered_at) }
            dt { "Took" } dd { (it.duration.as_millis()) " ms" }
            dt { "Again" } dd { (if it.redelivery { "yes" } else { "no" }) }
        }
        h2 { "What was sent" }
        (headers(&it.request_headers))
        (json(&it.payload))
        h2 { "What was answered" }
        (headers(&it.response_headers))
        pre { (it.response_body) }
    }
}

fn headers(headers: &HeaderMap) -> Markup {
    html! {
        pre {
            @for (name, value) in headers {
                (name) ": " (String::from_utf8_lossy(value.as_bytes())) "\n"
            }
        }
    }
}

fn json(value: &Value) -> Markup {
    html! { pre { (format!("{value:#}")) } }
}
