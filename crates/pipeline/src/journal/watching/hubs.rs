use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::hub::Hub;

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

    pub(super) fn get(&self, subject: Option<i64>) -> Option<Arc<Hub>> {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.get(&subject).and_then(Weak::upgrade)
    }

    /// The hub that is there by now, or else this one, which is to be looked after then.
    pub(super) fn put(&self, hub: Hub) -> (Arc<Hub>, bool) {
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
