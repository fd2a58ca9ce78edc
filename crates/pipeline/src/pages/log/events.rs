use std::sync::Arc;

use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::json;
use tokio::sync::mpsc;

use super::hub::CATCH_UP;
use super::watchers::Watchers;
use super::watching::Watching;
use super::window::warm;
use super::wire::{self, LinesJson};
use crate::journal::{Journal, JournalError};
use crate::pages::answer::{self, Answer};
use crate::pages::view::View;
use crate::record::Build;

/// What is asked for instead of events brings so many bytes of a log at most.
const POLLED: u32 = 256 * 1024;

/// `/P/builds/N/events`: from the byte that was sent last, or that the page ends with.
pub(in crate::pages) fn of_build(
    view: &View<'_>,
    watchers: &Arc<Watchers>,
    build: Build,
    headers: &HeaderMap,
) -> Answer {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let from = match last.map_or_else(|| from(view), Ok) {
        Ok(from) => from,
        Err(refused) => return *refused,
    };
    let known = view.field("seen").and_then(|state| state.parse().ok()).unwrap_or(build.state);
    let journal = view.pipeline.journal().clone();
    stream(watchers, |watching| watching.build(journal, Arc::clone(watchers), build, from, known))
}

/// `/events`, `/P/events`, ...: whenever something has changed.
pub(in crate::pages) fn of_journal(view: &View<'_>, watchers: &Arc<Watchers>) -> Answer {
    let known = view.field("seen").and_then(|entry| entry.parse().ok());
    let journal = view.pipeline.journal().clone();
    stream(watchers, |watching| watching.journal(journal, known))
}

fn stream<F: Future<Output = ()> + Send + 'static>(
    watchers: &Watchers,
    watch: impl FnOnce(Watching) -> F,
) -> Answer {
    let Some(permit) = watchers.enter() else {
        let text = "Too many watch already. The page itself is up to date whenever it is loaded.\n";
        let mut answer = answer::text(StatusCode::SERVICE_UNAVAILABLE, text);
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("15"));
        return answer;
    };
    // One event waits at most: who is slow gets more at once, or less, but costs nobody more.
    let (parts, receiver) = mpsc::channel(1);
    tokio::spawn(watch(Watching { parts, leaving: watchers.leaving(), _permit: permit }));
    let mut answer = answer::stream("text/event-stream", receiver);
    // Some proxies hold back what comes until it is much.
    let name = HeaderName::from_static("x-accel-buffering");
    answer.headers_mut().insert(name, HeaderValue::from_static("no"));
    answer
}

/// `/P/builds/N/events.json`: what there is from this byte on, for those whom no events reach.
pub(in crate::pages) async fn polled(
    view: &View<'_>,
    build: &Build,
) -> Result<Answer, JournalError> {
    let from = match from(view) {
        Ok(from) => from.min(build.log_bytes),
        Err(refused) => return Ok(*refused),
    };
    let state = build.state.as_str();
    if build.log_bytes - from > CATCH_UP {
        return Ok(answer::json(&json!({ "state": state, "reset": true })));
    }
    let journal = view.pipeline.journal();
    // A log that was removed has no more to bring.
    let is_forgotten = journal.log(build.number, from, 1).await?.is_forgotten;
    let (log, to, is_all) = match is_forgotten {
        true => (LinesJson::new(1).finish(None), from, true),
        false => lines_from(journal, build, from).await?,
    };
    let is_over = build.state.is_final() && is_all;
    let log: serde_json::Value = serde_json::from_str(&log).unwrap_or_default();
    Ok(answer::json(&json!({ "state": state, "over": is_over, "to": to, "log": log })))
}

async fn lines_from(
    journal: &Journal,
    build: &Build,
    from: u64,
) -> Result<(String, u64, bool), JournalError> {
    let mut converter = warm(journal, build.number, from).await?;
    let mut lines = LinesJson::new(converter.number());
    let part = journal.log(build.number, converter.at(), POLLED).await?;
    converter.read(&part.bytes, |line| {
        if line.end > from {
            lines.add(&wire::line(&line));
        }
    });
    let rest = converter.rest().map(|rest| wire::text(&rest.html));
    let is_all = converter.at() >= build.log_bytes || part.bytes.is_empty();
    Ok((lines.finish(rest.as_deref()), converter.start().max(from), is_all))
}

fn from(view: &View<'_>) -> Result<u64, Box<Answer>> {
    view.field("from").map_or(Ok(0), str::parse).map_err(|_| {
        let text = "`from` is the number of a byte.\n";
        Box::new(answer::text(StatusCode::BAD_REQUEST, text))
    })
}
