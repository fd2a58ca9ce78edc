use std::collections::HashMap;
use std::fmt;

use hookstead::inbox::{Entry, EntryState, Filter, Inbox};
use hookstead_tests::Books;

use crate::Sent;

/// The balance of the books: what was answered, what is stored, and what was handled.
pub(crate) struct Audit {
    accepted: usize,
    unsure: usize,
    /// Of those, how many are stored nevertheless.
    unsure_and_stored: usize,
    done: usize,
    superseded: usize,
    dead: usize,
    pending: usize,
    attempts: usize,
    cut_off: usize,
    most_attempts: usize,
    excused: usize,
    wrong: Vec<String>,
}

impl Audit {
    pub(crate) async fn of(inbox: &dyn Inbox, sent: &Sent, books: &Books) -> Self {
        let entries = inbox.list(Filter::default().at_most(usize::MAX)).await.unwrap();
        let stored: HashMap<&str, &Entry> =
            entries.iter().map(|entry| (entry.delivery.id.as_str(), entry)).collect();
        let mut wrong = books.clashes.clone();
        if stored.len() != entries.len() {
            wrong.push("a delivery is stored twice".to_owned());
        }
        for id in &sent.accepted {
            if !stored.contains_key(id.as_str()) {
                wrong.push(format!("{id} was accepted and is lost"));
            }
        }
        for (id, entry) in &stored {
            if !sent.accepted.contains(*id) && !sent.unsure.contains(*id) {
                wrong.push(format!("{id} was never sent"));
            }
            let fate = match entry.state {
                EntryState::Done => books.finished.contains(*id) && !id.ends_with("for-ever"),
                EntryState::Dead => books.finished.contains(*id) && id.ends_with("for-ever"),
                EntryState::Superseded => is_replaced(entry, &stored),
                _ => false,
            };
            if !fate {
                wrong.push(format!("{id} must not end like this: {entry:?}"));
            }
        }
        let count = |state| entries.iter().filter(|entry| entry.state == state).count();
        let (done, superseded, dead) =
            (count(EntryState::Done), count(EntryState::Superseded), count(EntryState::Dead));
        let unsure = sent.unsure.difference(&sent.accepted);
        let unsure_and_stored = unsure.clone().filter(|id| stored.contains_key(id.as_str()));
        Self {
            accepted: sent.accepted.len(),
            unsure: unsure.clone().count(),
            unsure_and_stored: unsure_and_stored.count(),
            done,
            superseded,
            dead,
            pending: entries.len() - done - superseded - dead,
            attempts: books.attempts.len(),
            cut_off: books.cut_off(),
            most_attempts: books.attempts_by_id().values().copied().max().unwrap_or(0),
            excused: books.excused,
            wrong,
        }
    }

    /// Fails the test if something is wrong.
    pub(crate) fn pass(&self, seed: u64) {
        let wrong = &self.wrong;
        assert!(wrong.is_empty(), "HOOKSTEAD_TORTURE_SEED={seed}: {}\n{}", self, wrong.join("\n"));
        assert_eq!(self.pending, 0);
        assert_eq!(
            self.accepted + self.unsure_and_stored,
            self.done + self.superseded + self.dead + self.pending,
            "{self}"
        );
        assert!(self.done > 0 && self.superseded > 0 && self.dead > 0, "{self}");
    }
}

/// Whether a newer one of its lane was handled in place of a superseded one.
fn is_replaced(entry: &Entry, stored: &HashMap<&str, &Entry>) -> bool {
    let mut newest = entry;
    // As many steps as there are deliveries at most, so a circle ends too.
    for _ in 0..stored.len() {
        let Some(newer) = &newest.superseded_by else { break };
        let Some(newer) = stored.get(newer.as_str()) else { return false };
        newest = newer;
    }
    let lane = entry.delivery.lane.as_ref();
    lane.is_some_and(|lane| lane.version.is_some())
        && newest.delivery.lane.as_ref() == lane
        && matches!(newest.state, EntryState::Done | EntryState::Dead)
}

impl fmt::Display for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, unsure, unsure_and_stored, done, superseded, dead, pending, .. } =
            self;
        write!(
            formatter,
            "accepted {accepted} + {unsure_and_stored} stored of {unsure} without an answer \
             = done {done} + superseded {superseded} + dead {dead} + pending {pending}; \
             {} attempts, {} cut off, at most {} at one delivery, {} overlaps of stopped processes",
            self.attempts, self.cut_off, self.most_attempts, self.excused
        )
    }
}
