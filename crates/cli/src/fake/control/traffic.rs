//! What goes in and out: calls, deliveries, and what is to go wrong.

use std::time::Duration;

use hookstead_testkit::Fault;
use http::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::field::{Kind, optional, required, times};
use super::refusal::Refusal;
use super::route::{Route, get, post};
use super::shown;

/// The faults by name, as the testkit has them.
const FAULTS: &[&str] = &[
    "status",
    "html",
    "latency",
    "dropped_connection",
    "dropped_in_body",
    "truncated_json",
    "closed_after_answer",
    "retry_after",
    "retry_after_date",
    "rate_limit",
    "rate_limit_in_words",
    "secondary_limit",
    "forbidden",
    "expired_token",
    "moved",
    "redirect",
    "sign_in_page",
    "sign_in_redirect",
    "base_modified",
    "circular_pages",
    "endless_pages",
];

pub(super) const ROUTES: &[Route] = &[
    get("/calls", "Lists the calls of the API and of git, the oldest first", calls),
    post("/calls/clear", "Forgets the calls so far", &[], clear_calls),
    get("/deliveries", "Lists the deliveries that are finished, the oldest first", deliveries),
    get("/deliveries/{id}", "Shows a delivery: what was sent and what was answered", delivery),
    post("/deliveries/{id}/redeliver", "Delivers once more, with the same GUID", &[], redeliver),
    get("/faults", "Lists the faults that wait for their calls", faults),
    post(
        "/faults/inject",
        "Lets something go wrong with calls to come; one call meets one fault at most",
        &[
            required("kind", Kind::OneOf(FAULTS), "what goes wrong"),
            optional("status", Kind::Whole, "the status of the answer, where there is one"),
            optional(
                "seconds",
                Kind::Seconds,
                "how late latency is, or how far ahead a limit ends; 60 by default for limits",
            ),
            optional("location", Kind::Text, "where redirect leads"),
            optional("method", Kind::Text, "hits only calls of this method"),
            optional("path", Kind::Text, "hits only calls whose path contains this"),
            optional("times", Kind::Times, "how many calls it hits; 1 by default"),
            optional("skip", Kind::Whole, "how many calls it spares before"),
            optional("after_effect", Kind::Flag, "whether the call has its effect all the same"),
            optional("delay", Kind::Seconds, "lets this pass before"),
            optional("without_counters", Kind::Flag, "leaves out the headers about limits"),
        ],
        inject,
    ),
    post("/faults/clear", "Takes all faults back", &[], clear_faults),
];

fn calls(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::all(&call.github.requests(), shown::request))
}

fn clear_calls(call: &Call) -> Result<Value, Refusal> {
    call.github.clear_requests();
    Ok(json!({}))
}

fn deliveries(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::all(&call.github.deliveries(), shown::delivery))
}

fn delivery(call: &Call) -> Result<Value, Refusal> {
    let deliveries = call.github.deliveries();
    let found = deliveries.iter().find(|it| it.id == call.id());
    found.map(shown::whole_delivery).ok_or_else(|| no_delivery(call.id()))
}

fn no_delivery(id: u64) -> Refusal {
    Refusal::missing("path", format!("there is no finished delivery {id}"))
}

fn redeliver(call: &Call) -> Result<Value, Refusal> {
    if !call.github.deliveries().iter().any(|it| it.id == call.id()) {
        return Err(no_delivery(call.id()));
    }
    call.github.redeliver(call.id());
    Ok(json!({}))
}

fn faults(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::all(&call.github.pending_faults(), |it| it.to_string().into()))
}

fn clear_faults(call: &Call) -> Result<Value, Refusal> {
    call.github.clear_faults();
    Ok(json!({}))
}

fn inject(call: &Call) -> Result<Value, Refusal> {
    let mut fault = kind(call)?;
    let method = match call.optional_text("method") {
        Some(method) => Some(known_method(method)?),
        None => None,
    };
    let path = call.text("path");
    fault = match method {
        Some(method) => fault.on(method, path),
        None => fault.on_path(path),
    };
    fault = times(fault, call.value("times"));
    fault = fault.skip(usize::try_from(call.whole("skip")).unwrap_or(usize::MAX));
    if call.flag("after_effect") {
        fault = fault.after_effect();
    }
    if let Some(delay) = call.seconds("delay") {
        fault = fault.delayed_by(delay);
    }
    if call.flag("without_counters") {
        fault = fault.without_counters();
    }
    let said = fault.to_string();
    call.github.inject(fault);
    Ok(json!({ "fault": said }))
}

fn known_method(name: &str) -> Result<Method, Refusal> {
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let found = known.iter().find(|it| it.as_str().eq_ignore_ascii_case(name));
    found.cloned().ok_or_else(|| {
        let message = format!("{name:?} is no method of GitHub's: GET, POST, PUT, PATCH, DELETE");
        Refusal::bad("body.method", message)
    })
}

fn kind(call: &Call) -> Result<Fault, Refusal> {
    const LIMIT: Duration = Duration::from_secs(60);
    let kind = call.text("kind");
    let missing =
        |name: &str| Refusal::bad(format!("body.{name}"), format!("a fault {kind} needs `{name}`"));
    let useless = |name: &str| {
        Refusal::bad(format!("body.{name}"), format!("a fault {kind} has no `{name}`"))
    };
    let seconds = call.seconds("seconds");
    let status = match call.value("status") {
        None => None,
        Some(_) => match u16::try_from(call.whole("status")) {
            Ok(status) => Some(status),
            Err(_) => return Err(Refusal::bad("body.status", "there is no such status")),
        },
    };
    let has_seconds = matches!(kind, "latency" | "retry_after" | "retry_after_date" | "rate_limit");
    if seconds.is_some() && !has_seconds {
        return Err(useless("seconds"));
    }
    if call.value("location").is_some() && kind != "redirect" {
        return Err(useless("location"));
    }
    let limit = seconds.unwrap_or(LIMIT);
    let fault = match kind {
        "status" => return Ok(Fault::status(status.ok_or_else(|| missing("status"))?)),
        "html" => return Ok(Fault::html(status.unwrap_or(502))),
        "moved" => return Ok(Fault::moved(status.unwrap_or(301))),
        "redirect" => {
            let location = call.optional_text("location").ok_or_else(|| missing("location"))?;
            return Ok(Fault::redirect(status.unwrap_or(302), location));
        }
        "retry_after" => Fault::retry_after(limit.as_secs()),
        "retry_after_date" => Fault::retry_after_date(limit),
        "rate_limit" => Fault::rate_limit(limit),
        "rate_limit_in_words" => Fault::rate_limit_in_words(),
        "secondary_limit" => Fault::secondary_limit(),
        "forbidden" => Fault::forbidden(),
        "expired_token" => Fault::expired_token(),
        "base_modified" => Fault::base_modified(),
        _ if status.is_some() => return Err(useless("status")),
        "latency" => return Ok(Fault::latency(seconds.ok_or_else(|| missing("seconds"))?)),
        "dropped_connection" => Fault::dropped_connection(),
        "dropped_in_body" => Fault::dropped_in_body(),
        "truncated_json" => Fault::truncated_json(),
        "closed_after_answer" => Fault::closed_after_answer(),
        "sign_in_page" => Fault::sign_in_page(),
        "sign_in_redirect" => Fault::sign_in_redirect(),
        "circular_pages" => Fault::circular_pages(),
        "endless_pages" => Fault::endless_pages(),
        other => return Err(Refusal::bad("body.kind", format!("there is no fault {other:?}"))),
    };
    Ok(match status {
        Some(status) => fault.with_status(status),
        None => fault,
    })
}
