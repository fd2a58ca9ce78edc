use std::collections::HashMap;
use std::sync::{Arc, Weak};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};

use super::hub::Hub;
use crate::journal::{Journal, JournalError};

/// All who watch a page here.
#[derive(Debug)]
pub(in crate::pages) struct Watchers {
    permits: Arc<Semaphore>,
    /// One for each log that is watched.
    hubs: Mutex<HashMap<i64, Weak<Hub>>>,
    leaving: watch::Sender<bool>,
}

impl Watchers {
    pub(in crate::pages) fn new(limit: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))),
            hubs: Mutex::default(),
            leaving: watch::Sender::new(false),
        }
    }

    /// Tells all that the server leaves, and whoever comes later.
    pub(in crate::pages) fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// Becomes true when the server leaves.
    pub(super) fn leaving(&self) -> watch::Receiver<bool> {
        self.leaving.subscribe()
    }

    /// The right to watch; `None` where there are too many already.
    pub(super) fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).try_acquire_owned().ok()
    }

    /// The hub of a log: the one that is there, or one that begins at this byte.
    pub(super) async fn hub(
        &self,
        journal: &Journal,
        number: i64,
        from: u64,
    ) -> Result<Arc<Hub>, JournalError> {
        let mut hubs = self.hubs.lock().await;
        if let Some(hub) = hubs.get(&number).and_then(Weak::upgrade) {
            return Ok(hub);
        }
        hubs.retain(|_, hub| hub.strong_count() > 0);
        let hub = Hub::start(journal, number, from).await?;
        hubs.insert(number, Arc::downgrade(&hub));
        Ok(hub)
    }
}
