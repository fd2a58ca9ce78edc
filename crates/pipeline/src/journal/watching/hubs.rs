use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hookstead::inbox::own_runtime;

use super::hub::{Hub, look_again};
use super::watch::BuildWatch;
use crate::journal::error::JournalError;
use crate::journal::journal::{Journal, Shared};

/// One hub for each build that is watched, and one for all of them (`None`).
#[derive(Default)]
pub(in crate::journal) struct Hubs {
    hubs: Mutex<HashMap<Option<i64>, Weak<Hub>>>,
}

impl Hubs {
    /// This process has written something of this build, or something that belongs to none.
    pub(in crate::journal) fn poke(&self, number: Option<i64>) {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in [number, None] {
            if let Some(hub) = hubs.get(&subject).and_then(Weak::upgrade) {
                hub.poke();
            }
        }
    }

    fn get(&self, subject: Option<i64>) -> Option<Arc<Hub>> {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.get(&subject).and_then(Weak::upgrade)
    }

    /// The hub that is there by now, or else this one, which is to be looked after then.
    fn put(&self, hub: Hub) -> (Arc<Hub>, bool) {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.retain(|_, hub| hub.strong_count() > 0);
        match hubs.entry(hub.subject()) {
            Entry::Occupied(mut entry) => match entry.get().upgrade() {
                Some(known) => (known, false),
                None => {
                    let hub = Arc::new(hub);
                    entry.insert(Arc::downgrade(&hub));
                    (hub, true)
                }
            },
            Entry::Vacant(entry) => {
                let hub = Arc::new(hub);
                entry.insert(Arc::downgrade(&hub));
                (hub, true)
            }
        }
    }
}

impl Shared {
    async fn hub(self: &Arc<Self>, subject: Option<i64>) -> Result<Arc<Hub>, JournalError> {
        if let Some(hub) = self.hubs.get(subject) {
            return Ok(hub);
        }
        let news = self.news(subject).await?;
        let (hub, is_new) = self.hubs.put(Hub::new(subject, news));
        if is_new {
            // What was written since it was read, it finds at once.
            hub.poke();
            own_runtime().spawn(look_again(Arc::downgrade(self), Arc::downgrade(&hub)));
        }
        Ok(hub)
    }
}

impl Journal {
    /// Watches a build: its state, its log's length, its entries. What this process writes is seen at once, what others
    /// write after the [poll interval](super::super::JournalOptions::poll_interval) at most.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn watch(&self, number: i64) -> Result<BuildWatch, JournalError> {
        Ok(BuildWatch::new(self.shared.hub(Some(number)).await?))
    }

    /// Watches the journal: whether there is a new entry, of whatever build. Each change of a build's state writes one.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn watch_all(&self) -> Result<BuildWatch, JournalError> {
        Ok(BuildWatch::new(self.shared.hub(None).await?))
    }
}
