use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How many statuses are on their way. They go in tasks of their own, which a program that ends can
/// only wait for if somebody counts them.
static COUNT: AtomicUsize = AtomicUsize::new(0);
static NONE_LEFT: Notify = Notify::const_new();

/// A status on its way, counted as long as this lives.
pub(crate) struct Outstanding(());

impl Outstanding {
    pub(crate) fn new() -> Self {
        COUNT.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        if COUNT.fetch_sub(1, Ordering::SeqCst) == 1 {
            NONE_LEFT.notify_waiters();
        }
    }
}

/// Waits until no status is on its way.
pub(crate) async fn none_left() {
    let mut bell = pin!(NONE_LEFT.notified());
    // Rings from here on, so that the last one cannot slip through after the look.
    bell.as_mut().enable();
    if COUNT.load(Ordering::SeqCst) > 0 {
        bell.await;
    }
}
