use std::time::Duration;

use hookstead_inbox::{Inbox, InboxError};
use tokio::time::{sleep, timeout};

/// A turn ends by itself after so long: then the process that had it is dead, or cut off from the store.
const LASTS: Duration = Duration::from_secs(90);

/// So often it is renewed: twice may fail before it ends.
pub(crate) const RENEWED_EVERY: Duration = Duration::from_secs(30);

/// Whoever stops does not wait longer than this for a store that hangs.
const GIVEN_BACK_WITHIN: Duration = Duration::from_secs(1);

/// Where several processes recover one hook on one store, one at a time has its turn. Two would have
/// everything delivered twice.
pub(crate) struct Turn {
    inbox: Inbox,
    role: String,
}

impl Turn {
    pub(crate) fn new(inbox: Inbox, role: String) -> Self {
        Self { inbox, role }
    }

    /// Takes it. `false`: another process has it.
    pub(crate) async fn take(&self) -> Result<bool, InboxError> {
        self.inbox.hold(&self.role, LASTS).await
    }

    /// Keeps it; returns when it is lost.
    pub(crate) async fn keep(&self) {
        loop {
            sleep(RENEWED_EVERY).await;
            // A store that does not answer is met again by whoever works meanwhile.
            if let Ok(false) = self.take().await {
                return;
            }
        }
    }

    /// Waits so long, and keeps the turn meanwhile, if this process has it.
    pub(crate) async fn keep_for(&self, pause: Duration) {
        let keeping = async {
            self.keep().await;
            // The next round notices.
            std::future::pending::<()>().await;
        };
        // It has waited; that is all that was wanted.
        let _ = timeout(pause, keeping).await;
    }

    /// Lets another process have its turn at once.
    pub(crate) async fn give_back(&self) {
        // If it does not arrive, the turn ends by itself.
        let _ = timeout(GIVEN_BACK_WITHIN, self.inbox.hold(&self.role, Duration::ZERO)).await;
    }
}
