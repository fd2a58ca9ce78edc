use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::activity::Activity;

/// Whoever asks for more before it has its answer, and for something else than good deliveries do, waits
/// so long for each of those answers. No health check and no proxy asks like this, so nobody is slower
/// for it, and a crowd that does takes next to no time: on 512 connections some 10,000 answers a second.
const PIPELINED_PAUSE: Duration = Duration::from_millis(50);

/// The turns that answers to what is no good delivery wait for.
pub(crate) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl Turns {
    /// Of all answers to what is no good delivery, one is worked on at a time, and then everything
    /// else that is ready comes first. So whoever asks without end takes only the time that is left.
    pub(crate) async fn take(&self, activity: &Activity) {
        activity.queues();
        if activity.is_pipelined() {
            sleep(PIPELINED_PAUSE).await;
        }
        // It is never closed.
        let _turn = self.0.acquire().await;
        yield_now().await;
    }
}
