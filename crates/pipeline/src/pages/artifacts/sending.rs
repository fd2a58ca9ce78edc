use std::fs::File;
use std::io::SeekFrom;
use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::listing::elsewhere;
use super::{folder, names};
use crate::pages::answer::{self, Answer};
use crate::pages::range::{self, Wanted};
use crate::pages::view::View;
use crate::record::Build;

/// So much is read at once; a reader that is slow makes nobody keep more.
const AT_ONCE: u64 = 64 * 1024;

/// `/P/builds/N/artifacts/PATH`. `None`: there is no such file.
pub(in crate::pages) async fn send(
    view: &View<'_>,
    build: &Build,
    path: &str,
    headers: &HeaderMap,
) -> Option<Answer> {
    let names = names::of_address(path);
    let name = names.last().cloned().unwrap_or_default();
    let folder: PathBuf = view.pipeline.artifacts_of(build.number);
    let opened = spawn_blocking(move || folder::open(&folder, &names)).await;
    let (file, size) = match opened {
        Ok(Ok(Some(opened))) => opened,
        Ok(Ok(None)) => {
            let machine = elsewhere(view.pipeline, build)?;
            let text = format!("The artefacts of this build lie on the machine {machine}.\n");
            return Some(answer::text(StatusCode::NOT_FOUND, &text));
        }
        Ok(Err(error)) => return Some(failed(&error)),
        Err(error) => return Some(failed(&error)),
    };
    // A file has no name for its content, so nobody can know that a part of it is still the same.
    let range = headers.get(RANGE).filter(|_| !headers.contains_key(IF_RANGE));
    let wanted = range::read(range.and_then(|it| it.to_str().ok()), size);
    let (status, start, end) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part.start, part.end),
        Wanted::Nothing => {
            let mut answer = answer::text(StatusCode::RANGE_NOT_SATISFIABLE, "It ends before.\n");
            set_range(&mut answer, format!("bytes */{size}"));
            return Some(answer);
        }
    };
    let mut answer = answer::file(status, read(file, start, end), end - start);
    if status == StatusCode::PARTIAL_CONTENT {
        set_range(&mut answer, format!("bytes {start}-{}/{size}", end - 1));
    }
    let headers = answer.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let disposition = HeaderValue::from_str(&names::disposition(&name));
    // Whatever it is called, it is not shown.
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(CONTENT_DISPOSITION, disposition);
    Some(answer)
}

fn set_range(answer: &mut Answer, text: String) {
    if let Ok(value) = HeaderValue::try_from(text) {
        answer.headers_mut().insert(CONTENT_RANGE, value);
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Answer {
    tracing::error!(error, "an artefact cannot be read");
    answer::text(StatusCode::SERVICE_UNAVAILABLE, "It cannot be read now: try again later.\n")
}

/// Reads a part of a file, as far as it is asked for.
fn read(file: File, start: u64, end: u64) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(1);
    let mut file = tokio::fs::File::from_std(file);
    tokio::spawn(async move {
        let mut left = end - start;
        if let Err(error) = file.seek(SeekFrom::Start(start)).await {
            let _gone = sender.send(Err(error)).await;
            return;
        }
        while left > 0 {
            let mut part = BytesMut::with_capacity(left.min(AT_ONCE) as usize);
            let read = (&mut file).take(left.min(AT_ONCE)).read_buf(&mut part).await;
            let part = match read {
                Ok(1..) => Ok(part.freeze()),
                // Somebody has cut it off: the reader sees that it is not whole.
                Ok(_) => Err(std::io::ErrorKind::UnexpectedEof.into()),
                Err(error) => Err(error),
            };
            left = left.saturating_sub(part.as_ref().map_or(left, |part| part.len() as u64));
            if sender.send(part).await.is_err() {
                return;
            }
        }
    });
    receiver
}
