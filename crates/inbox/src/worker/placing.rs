//! Finds the place of tasks that were written by a process that lacks their name: whether they are wanted,
//! and in which lane. Until then nobody leases them.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::settings::STORE_BACK_OFF;
use super::shared::Shared;

/// Two looks are at least so far apart.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// Places tasks for as long as it is polled: now and then, and when there may be some.
pub(super) async fn place_forever(shared: Arc<Shared>) {
    let mut failures = 0;
    loop {
        match shared.inbox.place_waiting().await {
            Ok(0) => {
                failures = 0;
                sleep(SHORTEST_PAUSE).await;
                // Whether it was told or not, it looks.
                let _ = timeout(shared.settings.poll_interval, shared.unplaced.notified()).await;
            }
            Ok(_) => {
                failures = 0;
                shared.nudge();
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "will try again to place tasks");
                failures += 1;
                sleep(STORE_BACK_OFF.delay(failures)).await;
            }
        }
    }
}
