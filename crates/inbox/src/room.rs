//! Forgetting: what is old, and, where room runs short, what is needed least.

use std::error::Error;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::store::purge::{Purge, Purged};

/// So many rows are forgotten in one call: some milliseconds of work for a database, so that
/// accepting beside it is not felt.
const PURGE_LIMIT: u32 = 1_000;

/// Between two such calls the others have the store for so long.
pub(crate) const PURGE_PAUSE: Duration = Duration::from_millis(50);

/// After room was looked for and none was found, it is not looked for again for so long.
const NO_ROOM: Duration = Duration::from_secs(1);

impl Inbox {
    /// What the settings say is to be forgotten: see [`keep_bodies`](Self::keep_bodies) and
    /// [`keep_settled`](Self::keep_settled).
    #[must_use]
    pub fn usual_purge(&self) -> Purge {
        Purge::new(self.settings.keep_bodies, self.settings.keep_settled, PURGE_LIMIT)
    }

    /// Forgets what was settled long ago, in small portions, until nothing of it is left. An inbox
    /// that was [started](Self::start) does this by itself every hour, as its settings say.
    ///
    /// # Errors
    ///
    /// Fails when the store is down. What was forgotten by then stays so.
    pub async fn purge(&self, purge: Purge) -> Result<Purged, InboxError> {
        let mut all = Purged::default();
        loop {
            let purged = self.store().purge(&purge).await?;
            add(&mut all, &purged);
            // A store that says so and does nothing would go on for ever.
            if !purged.is_more || is_nothing(&purged) {
                return Ok(all);
            }
            sleep(PURGE_PAUSE).await;
        }
    }

    /// The store says that it is full: forgets bodies that no task needs, and those of dead tasks where
    /// there are no others. Returns whether it is worth trying again. Who comes meanwhile waits.
    pub(crate) async fn make_room(&self) -> bool {
        let came = Instant::now();
        let mut room = self.shared.room.lock().await;
        if let Some((made, has_found)) = *room
            && (made > came || (!has_found && made.elapsed() < NO_ROOM))
        {
            return has_found;
        }
        let usual = self.usual_purge();
        let settled = Purge { bodies_after: Duration::ZERO, ..usual };
        let dead = Purge { dead_bodies_after: Duration::ZERO, ..settled };
        let mut has_found = false;
        for purge in [settled, dead] {
            match self.store().purge(&purge).await {
                Ok(purged) if is_nothing(&purged) => {}
                Ok(Purged { bodies, tasks, deliveries, .. }) => {
                    tracing::warn!(
                        bodies,
                        tasks,
                        deliveries,
                        "the inbox is full, forgot old bodies"
                    );
                    has_found = true;
                    break;
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn Error,
                        "the inbox is full, found no room"
                    );
                    break;
                }
            }
        }
        *room = Some((Instant::now(), has_found));
        has_found
    }
}

/// Adds what one more call forgot.
pub(crate) fn add(all: &mut Purged, purged: &Purged) {
    all.bodies += purged.bodies;
    all.tasks += purged.tasks;
    all.deliveries += purged.deliveries;
    all.untaken += purged.untaken;
}

pub(crate) fn is_nothing(purged: &Purged) -> bool {
    (purged.bodies, purged.tasks, purged.deliveries, purged.untaken) == (0, 0, 0, 0)
}
