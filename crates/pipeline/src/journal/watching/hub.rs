use std::collections::VecDeque;
use std::error::Error;
use std::sync::Weak;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{sleep, timeout};

use super::watch::BuildNews;
use crate::journal::database::{Problem, Session};
use crate::journal::error::JournalError;
use crate::journal::journal::Shared;
use crate::journal::logs::LogPart;

/// Between two looks passes so much time at least: a build that writes a thousand lines a second is looked at thirty
/// times, and a page is not drawn more often.
const SHORTEST_PAUSE: Duration = Duration::from_millis(33);

/// So much is read of a log at once, for all who watch it: a chunk.
const PART: u32 = 64 * 1024;

/// So many bytes of a log that is watched are kept in memory at most, the latest read, and so many parts: those who
/// watch are seldom further apart. Fifty logs that are watched take 12 MiB.
const KEPT: usize = 256 * 1024;
const PARTS_KEPT: usize = 64;

/// What is known of a build that somebody watches.
pub(super) struct Hub {
    subject: Option<i64>,
    pub(super) news: watch::Sender<BuildNews>,
    poked: Notify,
    /// Parts that were read lately. Locked while one is read, so that the others find it then.
    parts: Mutex<VecDeque<(u64, Bytes)>>,
    #[cfg(test)]
    pub(super) reads: std::sync::atomic::AtomicUsize,
}

impl Hub {
    pub(super) fn new(subject: Option<i64>, news: BuildNews) -> Self {
        Self {
            subject,
            news: watch::Sender::new(news),
            poked: Notify::new(),
            parts: Mutex::default(),
            #[cfg(test)]
            reads: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    pub(super) fn subject(&self) -> Option<i64> {
        self.subject
    }

    pub(super) fn poke(&self) {
        self.poked.notify_one();
    }

    /// A part of the log from this byte on: read once for all who want it.
    pub(super) async fn log(&self, shared: &Shared, from: u64) -> Result<LogPart, JournalError> {
        let number = self.subject.unwrap_or_default();
        let mut parts = self.parts.lock().await;
        let found = parts.iter().find_map(|(start, bytes)| {
            let skipped = usize::try_from(from.checked_sub(*start)?).ok()?;
            (skipped < bytes.len()).then(|| bytes.slice(skipped..))
        });
        if let Some(bytes) = found {
            let news = self.news.borrow();
            let end = from.saturating_add(bytes.len() as u64);
            return Ok(LogPart {
                start: from,
                bytes,
                log_bytes: news.log_bytes.max(end),
                state: news.state,
                is_forgotten: false,
            });
        }
        #[cfg(test)]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let part = shared.log(number, from, PART).await?;
        if !part.bytes.is_empty() {
            parts.push_back((part.start, part.bytes.clone()));
        }
        let bytes =
            |parts: &VecDeque<(u64, Bytes)>| parts.iter().map(|it| it.1.len()).sum::<usize>();
        while parts.len() > PARTS_KEPT || bytes(&parts) > KEPT {
            parts.pop_front();
        }
        Ok(part)
    }
}

/// Looks again and again what has changed, as long as somebody watches.
pub(super) async fn look_again(shared: Weak<Shared>, hub: Weak<Hub>) {
    let mut is_failing = false;
    loop {
        let Some(interval) = shared.upgrade().map(|shared| shared.options.poll_interval) else {
            return;
        };
        {
            let Some(hub) = hub.upgrade() else { return };
            // Held while it waits, so at most one interval longer than the last who watches.
            let _ = timeout(interval, hub.poked.notified()).await;
        }
        let (Some(shared), Some(hub)) = (shared.upgrade(), hub.upgrade()) else { return };
        match shared.news(hub.subject).await {
            Ok(news) => {
                is_failing = false;
                hub.news.send_if_modified(|known| {
                    let is_changed = *known != news;
                    *known = news;
                    is_changed
                });
            }
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    let error = &error as &dyn Error;
                    tracing::warn!(error, "cannot see what has changed in the journal");
                }
            }
        }
        drop((shared, hub));
        sleep(SHORTEST_PAUSE).await;
    }
}

impl Shared {
    /// How a build stands; without one, only which entry was written last.
    pub(super) async fn news(&self, subject: Option<i64>) -> Result<BuildNews, JournalError> {
        self.read("see what has changed", move |session| news(session, subject)).await
    }
}

fn news(session: &mut Session<'_>, subject: Option<i64>) -> Result<BuildNews, Problem> {
    let Some(number) = subject else {
        let sql = "SELECT coalesce(max(entry), 0) FROM pipeline_entries";
        return Ok(BuildNews { last_entry: session.number(sql, &[])?, ..BuildNews::default() });
    };
    let sql = "SELECT state, log_bytes,
                   (SELECT coalesce(max(entry), 0) FROM pipeline_entries WHERE build = number)
               FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[number.into()])?;
    let mut row = row.ok_or_else(|| Problem::no_build(number))?;
    let state: String = row.next()?;
    let state = state
        .parse()
        .map_err(|_| Problem::unreadable(format!("the state of build {number} is unreadable")))?;
    Ok(BuildNews { state, log_bytes: row.next()?, last_entry: row.next()? })
}
