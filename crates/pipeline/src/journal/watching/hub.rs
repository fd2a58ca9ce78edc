use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::{Mutex, Notify, watch};

use super::news::BuildNews;

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

    /// The bytes of the log from this byte on: as they were read lately, or as `read` reads them, once for all
    /// who want them. `None`: there are none.
    pub(super) async fn bytes<E>(
        &self,
        from: u64,
        read: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Option<Bytes>, E> {
        let mut parts = self.parts.lock().await;
        let found = parts.iter().find_map(|(start, bytes)| {
            let skipped = usize::try_from(from.checked_sub(*start)?).ok()?;
            (skipped < bytes.len()).then(|| bytes.slice(skipped..))
        });
        if found.is_some() {
            return Ok(found);
        }
        #[cfg(test)]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let bytes = read.await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        parts.push_back((from, bytes.clone()));
        let length =
            |parts: &VecDeque<(u64, Bytes)>| parts.iter().map(|it| it.1.len()).sum::<usize>();
        while parts.len() > PARTS_KEPT || length(&parts) > KEPT {
            parts.pop_front();
        }
        Ok(Some(bytes))
    }

    /// Waits until this process has written something.
    pub(super) async fn poked(&self) {
        self.poked.notified().await;
    }
}
