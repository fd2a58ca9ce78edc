use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

/// Keeps what strangers can cause at any rate from flooding the log: the first of a kind is told as it
/// happens, and of those that follow within the interval only their number, at its end.
#[derive(Debug)]
pub(crate) struct Tally<K> {
    interval: Duration,
    /// Of each kind that was told of lately, how many followed.
    followed: Arc<Mutex<HashMap<K, u64>>>,
}

impl<K: Copy + Eq + Hash + Send + 'static> Tally<K> {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, followed: Arc::default() }
    }

    /// Counts one. `true`: tell of it; later, how many followed is told by `summary`.
    pub(crate) fn is_first(&self, kind: K, summary: impl FnOnce(u64) + Send + 'static) -> bool {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = followed.get_mut(&kind) {
            *count += 1;
            return false;
        }
        followed.insert(kind, 0);
        drop(followed);
        let (interval, followed) = (self.interval, Arc::clone(&self.followed));
        tokio::spawn(async move {
            sleep(interval).await;
            let count = followed.lock().unwrap_or_else(PoisonError::into_inner).remove(&kind);
            if let Some(count @ 1..) = count {
                summary(count);
            }
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_of_a_kind_is_told_and_the_rest_counted() {
        let tally = Tally::new(Duration::from_secs(10));
        let (sender, mut summaries) = mpsc::unbounded_channel();
        let note = |kind| {
            let sender = sender.clone();
            tally.is_first(kind, move |count| sender.send((kind, count)).unwrap())
        };
        assert!(note("a") && note("b"));
        assert!(!note("a") && !note("a"));
        assert_eq!(summaries.recv().await, Some(("a", 2)));
        sleep(Duration::from_secs(1)).await;
        assert!(note("a") && note("b"), "a new interval");
        sleep(Duration::from_secs(60)).await;
        assert!(summaries.try_recv().is_err(), "nothing followed");
    }
}
