//! Takes back what others left: leases that ended without an outcome, and lanes that ghosts hold.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::shared::Shared;

/// Leases that have ended are looked for so often: a tenth of a lease's length, and not more often.
const SHORTEST_EXPIRE_INTERVAL: Duration = Duration::from_millis(10);

/// Takes back the leases that ended without an outcome, of whichever process.
pub(super) async fn expire_forever(shared: Arc<Shared>) {
    let interval = (shared.settings.lease / 10).max(SHORTEST_EXPIRE_INTERVAL);
    let mut can_renew = shared.can_renew.subscribe();
    loop {
        // Its own leases may be among those that only seem to have ended.
        let _ = can_renew.wait_for(|can| *can).await;
        match shared.inbox.store().expire().await {
            Ok(tasks) => {
                if !tasks.is_empty() {
                    let count = tasks.len();
                    tracing::warn!(
                        count,
                        "leases ended without an outcome; the tasks are tried again"
                    );
                    shared.nudge();
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "cannot take back leases that ended");
            }
        }
        sleep(interval).await;
    }
}
