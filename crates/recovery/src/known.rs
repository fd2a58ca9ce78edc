//! What the inbox knows. Its word counts, not GitHub's: an *OK* of GitHub's only says that somebody
//! answered so, perhaps an older version of the program that ignored the event.

use std::collections::{HashMap, HashSet};

use hookstead_handler::DeliveryId;
use hookstead_inbox::Filter;
use jiff::Timestamp;

use crate::error::Cause;
use crate::listing::Listed;
use crate::recovery::Recovery;
use crate::source::KnownHook;

/// The inbox is asked about so many events at a time, shortly before GitHub is asked for them: one
/// query of a moderate length.
pub(crate) const CHUNK: usize = 100;

/// An event that GitHub handed over, and since when it is taken.
type HandedOver = (String, Listed, Option<Timestamp>);

impl Recovery {
    /// Takes in what GitHub handed over: what the inbox ought to know and does not know never arrived.
    pub(crate) async fn note_handed_over(&mut self, events: Vec<HandedOver>) -> Result<(), Cause> {
        let now = self.clock.now();
        let mut arrived = HashSet::new();
        let mut doubtful = Vec::new();
        for (guid, listed, since) in events {
            if self.arrived.contains(&guid) || !self.ought_to_be_known(&listed, since) {
                self.ledger.forget(&guid);
                arrived.insert(guid);
            } else {
                doubtful.push((guid, listed));
            }
        }
        let mut doubtful = doubtful.into_iter();
        loop {
            let chunk: Vec<_> = doubtful.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            let known = self.known_ids(chunk.iter().map(|(guid, _)| guid)).await?;
            for (guid, listed) in chunk {
                if guid.parse().is_ok_and(|id| known.contains(&id)) {
                    self.ledger.forget(&guid);
                    arrived.insert(guid);
                } else {
                    self.ledger.note(guid, listed, now);
                }
            }
        }
        // What the next list shows is among these, or new.
        self.arrived = arrived;
        Ok(())
    }

    /// Whether the inbox ought to know what was handed over: not what came before anybody took it, nor what
    /// it has forgotten since.
    fn ought_to_be_known(&self, listed: &Listed, since: Option<Timestamp>) -> bool {
        let (Some(at), Some(since)) = (listed.handed_over, since) else { return false };
        let is_kept = self.clock.now().age_of(at) < self.inbox.usual_purge().settled_after;
        is_kept && at >= self.clock.by_github(since)
    }

    /// Which of these events the inbox has from this hook.
    pub(crate) async fn known(
        &self,
        hook: &KnownHook,
        guids: impl Iterator<Item = &String>,
    ) -> Result<HashSet<String>, Cause> {
        let mut known = self.known_ids(guids).await?;
        if known.is_empty() {
            return Ok(HashSet::new());
        }
        // GitHub gives all hooks that hear of one event the same id.
        let mut from_here: HashMap<DeliveryId, bool> = HashMap::new();
        let filter = Filter::default().with_ids(known.iter().cloned()).at_most(usize::MAX);
        let mut tasks = self.inbox.list(filter);
        while let Some(task) = tasks.next().await? {
            let sent = hook.sent(&task.delivery);
            *from_here.entry(task.delivery.id).or_default() |= sent;
        }
        // Without any task, all handlers declined it: for whichever hook.
        known.retain(|id| from_here.get(id).is_none_or(|from_here| *from_here));
        Ok(known.into_iter().map(|id| id.to_string()).collect())
    }

    async fn known_ids(
        &self,
        guids: impl Iterator<Item = &String>,
    ) -> Result<HashSet<DeliveryId>, Cause> {
        // What is no id never came through a receiver.
        let ids: Vec<DeliveryId> = guids.filter_map(|guid| guid.parse().ok()).collect();
        Ok(self.inbox.known(&ids).await?.into_iter().collect())
    }
}
