use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use crate::store::registry::TakerId;
use crate::time::bounded;

/// News of one name, at which nobody has looked yet, wakes somebody at most so often. Whoever came just
/// after it was told to another waits no longer than this.
const PAUSE: Duration = Duration::from_millis(10);

/// News at which nobody has looked for so long is forgotten: nobody here leases for that name any more,
/// or all its slots are taken and whoever has them looks when one is free.
const STALE: Duration = Duration::from_secs(1);

/// What may have become due, of the names that this process leases for.
#[derive(Default)]
pub(super) struct News {
    of: Mutex<HashMap<TakerId, OfName>>,
    changed: Notify,
}

#[derive(Default)]
struct OfName {
    /// Since when there is something at which nobody has looked.
    unseen: Option<Instant>,
    /// When somebody was woken for it.
    told: Option<Instant>,
    /// When the next will be due.
    next_due: Option<Instant>,
}

impl News {
    /// Something may be due, of whichever name.
    pub(super) fn of_all(&self) {
        let now = Instant::now();
        for name in self.lock().values_mut() {
            name.unseen = Some(now);
            name.told = None;
        }
        self.changed.notify_waiters();
    }

    /// Something is due of one of these names.
    pub(super) fn of(&self, takers: impl Iterator<Item = TakerId>) {
        let now = Instant::now();
        let mut of = self.lock();
        for taker in takers {
            of.entry(taker).or_default().unseen = Some(now);
        }
        drop(of);
        self.changed.notify_waiters();
    }

    /// Somebody is about to look what is due of these names.
    pub(super) fn looking(&self, takers: impl Iterator<Item = TakerId>) {
        let mut of = self.lock();
        for taker in takers {
            let name = of.entry(taker).or_default();
            name.unseen = None;
            name.next_due = None;
        }
    }

    /// Somebody has looked: the next of these names is due after this long.
    pub(super) fn looked(&self, takers: impl Iterator<Item = TakerId>, next_due: Option<Duration>) {
        let Some(pause) = next_due else { return };
        let due = Instant::now() + bounded(pause);
        let mut of = self.lock();
        for taker in takers {
            let name = of.entry(taker).or_default();
            name.next_due = Some(name.next_due.map_or(due, |known| known.min(due)));
        }
    }

    /// Returns when there is something to look at, at the latest after this long.
    pub(super) async fn wait(&self, at_most: Duration) {
        let waiting = async {
            loop {
                // Made before it looks: it hears of every change from here on.
                let mut change = std::pin::pin!(self.changed.notified());
                change.as_mut().enable();
                match self.look() {
                    Look::News => return,
                    Look::Later(Some(moment)) => tokio::select! {
                        () = change => {}
                        () = sleep_until(moment) => {}
                    },
                    Look::Later(None) => change.await,
                }
            }
        };
        // Returning late is what the caller asked for.
        let _ = timeout(bounded(at_most), waiting).await;
    }

    fn look(&self) -> Look {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for name in self.lock().values_mut() {
            if name.next_due.is_some_and(|due| due <= now) {
                name.next_due = None;
                name.unseen = Some(now);
                name.told = None;
            }
            if name.unseen.is_some_and(|since| since + STALE < now) {
                name.unseen = None;
            }
            let told_until = name.told.map(|told| told + PAUSE);
            let moment = match (name.unseen, told_until) {
                (Some(_), Some(until)) if until > now => Some(until),
                (Some(_), _) => {
                    name.told = Some(now);
                    return Look::News;
                }
                (None, _) => name.next_due,
            };
            next = [next, moment].into_iter().flatten().min();
        }
        Look::Later(next)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TakerId, OfName>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Look {
    News,
    Later(Option<Instant>),
}
