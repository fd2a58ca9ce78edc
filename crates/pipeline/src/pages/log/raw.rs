use bytes::Bytes;
use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use tokio::sync::mpsc;

use crate::journal::{Journal, JournalError, LogPart};
use crate::pages::answer::{self, Answer};
use crate::pages::range::{self, Wanted};
use crate::pages::view::View;
use crate::record::Build;

/// So much is read at once; a reader that is slow makes nobody keep more.
const AT_ONCE: u32 = 64 * 1024;

/// `/P/builds/N/log`: what there is by now, as the command wrote it, from the byte `?from=` on. Ranges count from
/// there.
pub(in crate::pages) async fn raw(
    view: &View<'_>,
    build: &Build,
    headers: &HeaderMap,
) -> Result<Answer, JournalError> {
    let Ok(from) = view.field("from").map_or(Ok(0), str::parse::<u64>) else {
        let text = "`from` is the number of a byte.\n";
        return Ok(answer::text(StatusCode::BAD_REQUEST, text));
    };
    let end = build.log_bytes;
    let from = from.min(end);
    let length = end - from;
    let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // What is still written is never the same twice.
    let tag = build.state.is_final().then(|| format!("\"{}-{from}-{end}\"", build.number));
    if tag.is_some() && header(&IF_NONE_MATCH) == tag.as_deref() {
        let answer = answer::bytes(StatusCode::NOT_MODIFIED, TEXT, Bytes::new());
        return Ok(described(answer, build, tag.as_deref()));
    }
    // Whoever has a part of something else gets all of this.
    let is_same = header(&IF_RANGE).is_none_or(|known| Some(known) == tag.as_deref());
    let wanted = range::read(header(&RANGE).filter(|_| is_same), length);
    let (status, range) = match &wanted {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range.clone()),
        Wanted::Nothing => {
            let status = StatusCode::RANGE_NOT_SATISFIABLE;
            let mut answer = answer::text(status, "The log is not so long.\n");
            put(&mut answer, CONTENT_RANGE, &format!("bytes */{length}"));
            return Ok(described(answer, build, None));
        }
    };
    let journal = view.pipeline.journal().clone();
    // The first part is read here, so that what fails is an answer.
    let start = from + range.start;
    let until = from + range.end;
    let first = journal.log(build.number, start, at_most(start, until)).await?;
    if first.is_forgotten {
        return Ok(answer::text(StatusCode::GONE, "The log was removed, as it was old.\n"));
    }
    let mut answer = answer::stream(TEXT, send(journal, build.number, first, until));
    *answer.status_mut() = status;
    put(&mut answer, CONTENT_LENGTH, &(range.end - range.start).to_string());
    if let Wanted::Part(range) = wanted {
        let said = format!("bytes {}-{}/{length}", range.start, range.end - 1);
        put(&mut answer, CONTENT_RANGE, &said);
    }
    Ok(described(answer, build, tag.as_deref()))
}

/// Bytes that may be anything: shown as text, and never taken for something else.
const TEXT: &str = "text/plain; charset=utf-8";

fn described(mut answer: Answer, build: &Build, tag: Option<&str>) -> Answer {
    put(&mut answer, ACCEPT_RANGES, "bytes");
    let name = format!("inline; filename=\"build-{}.log\"", build.number);
    put(&mut answer, CONTENT_DISPOSITION, &name);
    if let Some(tag) = tag {
        put(&mut answer, ETAG, tag);
    }
    answer
}

fn put(answer: &mut Answer, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

fn at_most(start: u64, until: u64) -> u32 {
    u32::try_from(until.saturating_sub(start)).unwrap_or(u32::MAX).min(AT_ONCE)
}

/// Reads on as it is read.
fn send(
    journal: Journal,
    number: i64,
    first: LogPart,
    until: u64,
) -> mpsc::Receiver<Result<Bytes, JournalError>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut part = first;
        while !part.bytes.is_empty() {
            let next = part.end();
            if sender.send(Ok(part.bytes)).await.is_err() || next >= until {
                return;
            }
            part = match journal.log(number, next, at_most(next, until)).await {
                Ok(part) => part,
                Err(error) => {
                    // The reader sees that it is not whole.
                    let _gone = sender.send(Err(error)).await;
                    return;
                }
            };
        }
    });
    receiver
}
