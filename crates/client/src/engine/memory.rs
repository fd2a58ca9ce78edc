use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::ETAG;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::engine::answer::Answer;

/// Longer answers are not worth their room: what repeats is short.
const MAX_BYTES: usize = 1024 * 1024;

/// The answers that GitHub may say to be unchanged, of one token: it makes different `ETag`s for
/// different tokens.
pub(crate) struct Memory {
    capacity: usize,
    /// The one that was used last is at the end.
    entries: Mutex<VecDeque<Entry>>,
}

struct Entry {
    url: String,
    etag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

/// A remembered answer, and how to ask whether it is still true.
pub(crate) struct Remembered {
    pub(crate) etag: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

impl Memory {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    pub(crate) fn recall(&self, url: &str) -> Option<Remembered> {
        let mut entries = self.entries();
        let position = entries.iter().position(|entry| entry.url == url)?;
        let entry = entries.remove(position)?;
        let Entry { etag, headers, body, .. } = &entry;
        let remembered =
            Remembered { etag: etag.clone(), headers: headers.clone(), body: body.clone() };
        entries.push_back(entry);
        Some(remembered)
    }

    /// Remembers an answer if it is worth it.
    pub(crate) fn note(&self, url: &str, answer: &Answer) {
        let Some(etag) = answer.headers.get(ETAG) else { return };
        let is_worth = answer.status == StatusCode::OK && answer.body.len() <= MAX_BYTES;
        if self.capacity == 0 || !is_worth {
            return;
        }
        let entry = Entry {
            url: url.to_owned(),
            etag: etag.clone(),
            headers: answer.headers.clone(),
            body: answer.body.clone(),
        };
        let mut entries = self.entries();
        entries.retain(|other| other.url != url);
        while entries.len() >= self.capacity {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        // Nothing panics while it is locked.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    /// Makes a *not modified* into what was not modified.
    pub(crate) fn restore(self, answer: &mut Answer) {
        answer.status = StatusCode::OK;
        answer.body = self.body;
        // The new headers are the truth about this request, such as its id; the old ones about the
        // thing, such as where a list goes on.
        let new = std::mem::replace(&mut answer.headers, self.headers);
        for name in new.keys() {
            answer.headers.remove(name);
        }
        for (name, value) in &new {
            answer.headers.append(name, value.clone());
        }
    }
}
