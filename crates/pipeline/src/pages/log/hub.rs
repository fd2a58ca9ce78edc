use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hookstead::inbox::own_runtime;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::converter::Converter;
use super::ring::Ring;
use super::window::warm;
use crate::journal::{BuildWatch, Journal, JournalError};

/// Between two looks passes so much time: nobody sees the difference, and ten events a second are few for a browser
/// and for the server, also where hundreds watch.
const PAUSE: Duration = Duration::from_millis(100);

/// A log that grows by more than this between two looks is followed from its end on: nobody reads it then, and what
/// is left out is sent again with the page.
pub(super) const CATCH_UP: u64 = 1024 * 1024;

/// So much is read at once.
const AT_ONCE: u32 = 256 * 1024;

/// It looks so often whether somebody still watches, at least.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Reads a log once, for all who watch it here.
#[derive(Debug)]
pub(super) struct Hub {
    ring: Mutex<Ring>,
    /// Changes whenever something is new.
    pub(super) news: watch::Sender<()>,
    #[cfg(test)]
    pub(super) reads: std::sync::atomic::AtomicUsize,
}

impl Hub {
    /// One that has the log from this byte on, if that is not too far from its end.
    pub(super) async fn start(
        journal: &Journal,
        number: i64,
        from: u64,
    ) -> Result<Arc<Self>, JournalError> {
        let watch = journal.watch(number).await?;
        let (last, log_bytes) = journal.line_of_byte(number, u64::MAX).await?;
        let start = if from <= log_bytes && log_bytes - from <= CATCH_UP {
            from
        } else {
            journal.byte_of_line(number, last).await?.max(log_bytes.saturating_sub(CATCH_UP))
        };
        let converter = warm(journal, number, start).await?;
        let ring = Ring::new(start, &converter, watch.news());
        let hub = Arc::new(Self {
            ring: Mutex::new(ring),
            news: watch::Sender::new(()),
            #[cfg(test)]
            reads: std::sync::atomic::AtomicUsize::new(0),
        });
        let reading = read_on(Arc::downgrade(&hub), journal.clone(), number, watch, converter);
        own_runtime().spawn(reading);
        Ok(hub)
    }

    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads what is new, as long as somebody watches and something comes.
async fn read_on(
    hub: Weak<Hub>,
    journal: Journal,
    number: i64,
    mut watch: BuildWatch,
    mut converter: Converter,
) {
    let mut is_failing = false;
    loop {
        {
            let Some(hub) = hub.upgrade() else { return };
            match step(&hub, &journal, number, &watch, &mut converter).await {
                Ok(true) => return,
                Ok(false) => is_failing = false,
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        let error = &error as &dyn Error;
                        tracing::warn!(error, build = number, "cannot follow a log");
                    }
                }
            }
        }
        sleep(PAUSE).await;
        if is_failing || watch.news().log_bytes == converter.at() {
            let _ = timeout(LONGEST_SLEEP, watch.changed()).await;
        }
    }
}

/// Reads what is new. Returns whether nothing more comes.
async fn step(
    hub: &Hub,
    journal: &Journal,
    number: i64,
    watch: &BuildWatch,
    converter: &mut Converter,
) -> Result<bool, JournalError> {
    let news = watch.news();
    if news.log_bytes.saturating_sub(converter.at()) > CATCH_UP {
        let start = news.log_bytes - CATCH_UP / 2;
        *converter = warm(journal, number, start).await?;
        hub.ring().anew(start, converter, news);
    }
    let mut lines = Vec::new();
    while converter.at() < news.log_bytes {
        let at_most = u32::try_from(news.log_bytes - converter.at()).unwrap_or(u32::MAX);
        let part = journal.log(number, converter.at(), at_most.min(AT_ONCE)).await?;
        #[cfg(test)]
        hub.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if part.bytes.is_empty() {
            // It was removed.
            return Ok(true);
        }
        converter.read(&part.bytes, |line| lines.push(line));
    }
    hub.ring().add(lines, converter, news);
    hub.news.send_replace(());
    Ok(news.state.is_final())
}
