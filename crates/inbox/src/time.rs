//! Waiting for the next due delivery, and spans of time that fit a clock.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// Longer than anybody waits, and short enough for every clock's arithmetic.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The duration, cut to what every clock can add to the present.
pub(crate) fn bounded(duration: Duration) -> Duration {
    duration.min(FOREVER)
}

/// Waits until a delivery is due, at the latest for `at_most`.
///
/// `until_due` asks the store how long that will be: zero when one is ready, `None` when there is
/// none at all. It is asked again after every change, so that a delivery that becomes due earlier
/// is not slept through.
pub(crate) async fn wait_until_due<F>(
    changed: &Notify,
    at_most: Duration,
    until_due: impl Fn() -> F + Send,
) where
    F: Future<Output = Option<Duration>> + Send,
{
    let waiting = async {
        loop {
            // Made before the store is asked: it hears of every change from here on.
            let change = changed.notified();
            match until_due().await {
                Some(Duration::ZERO) => return,
                Some(pause) => tokio::select! {
                    () = change => {}
                    () = sleep(pause) => {}
                },
                None => change.await,
            }
        }
    };
    // Returning late is what the caller asked for; there is nothing to tell.
    let _ = timeout(bounded(at_most), waiting).await;
}
