use std::collections::HashMap;
use std::fmt;

use hookstead::Inbox;
use hookstead::inbox::{Entry, Filter, TaskState};
use hookstead_tests::Books;

use crate::{Sent, Task};

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
    by_handler: HashMap<String, usize>,
    wrong: Vec<String>,
}

type Stored<'a> = HashMap<Task, &'a Entry>;

impl Audit {
    pub(crate) async fn of(inbox: &Inbox, sent: &Sent, books: &Books) -> Self {
        let entries = inbox.list(Filter::default().at_most(usize::MAX)).all().await.unwrap();
        let stored: Stored<'_> = entries.iter().map(|entry| (task(entry), entry)).collect();
        let mut wrong = books.clashes.clone();
        if stored.len() != entries.len() {
            wrong.push("a task is stored twice".to_owned());
        }
        for (id, handler) in &sent.accepted {
            if !stored.contains_key(&(id.clone(), handler.clone())) {
                wrong.push(format!("{id} was accepted for {handler} and is lost"));
            }
        }
        for (task, entry) in &stored {
            let (id, handler) = task;
            if !sent.accepted.contains(task) && !sent.unsure.contains(task) {
                wrong.push(format!("{id} was never sent to {handler}"));
            }
            let is_finished = books.finished_by.contains(task);
            let fate = match entry.state {
                TaskState::Done => is_finished && !id.ends_with("for-ever"),
                TaskState::Dead => is_finished && id.ends_with("for-ever"),
                TaskState::Superseded => is_replaced(entry, &stored),
                _ => false,
            };
            if !fate || entry.is_ending {
                let attempts = books.attempts_at(id);
                wrong.push(format!(
                    "{id} of {handler} must not end like this: {entry:?}\n  {attempts:?}"
                ));
            }
        }
        for (id, handler) in &books.finished_by {
            if !stored.contains_key(&(id.clone(), handler.clone())) {
                wrong.push(format!("{handler} handled {id}, which is not its own"));
            }
        }
        let count = |state| entries.iter().filter(|entry| entry.state == state).count();
        let (done, superseded, dead) =
            (count(TaskState::Done), count(TaskState::Superseded), count(TaskState::Dead));
        let unsure = sent.unsure.difference(&sent.accepted);
        let unsure_and_stored = unsure.clone().filter(|task| stored.contains_key(*task));
        let mut by_handler: HashMap<String, usize> = HashMap::new();
        for entry in &entries {
            *by_handler.entry(entry.name.to_string()).or_default() += 1;
        }
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
            most_attempts: books.attempts_by_task().values().copied().max().unwrap_or(0),
            excused: books.excused,
            by_handler,
            wrong,
        }
    }

    /// Fails the test if something is wrong. So many handlers had something to do.
    pub(crate) fn pass(&self, seed: u64, handlers: usize) {
        let wrong = &self.wrong;
        assert!(wrong.is_empty(), "HOOKSTEAD_TORTURE_SEED={seed}: {}\n{}", self, wrong.join("\n"));
        assert_eq!(self.pending, 0);
        assert_eq!(
            self.accepted + self.unsure_and_stored,
            self.done + self.superseded + self.dead + self.pending,
            "{self}"
        );
        assert!(self.done > 0 && self.superseded > 0 && self.dead > 0, "{self}");
        assert_eq!(self.by_handler.len(), handlers, "{:?}", self.by_handler);
    }
}

fn task(entry: &Entry) -> Task {
    (entry.delivery.id.to_string(), entry.name.to_string())
}

/// Whether a newer one of its lane was handled in place of a superseded one.
fn is_replaced(entry: &Entry, stored: &Stored<'_>) -> bool {
    let mut newest = entry;
    // As many steps as there are tasks at most, so a circle ends too.
    for _ in 0..stored.len() {
        let Some(newer) = &newest.superseded_by else { break };
        let newer = (newer.to_string(), entry.name.to_string());
        let Some(newer) = stored.get(&newer) else { return false };
        newest = newer;
    }
    entry.name.as_str().ends_with(".deployment")
        && entry.lane.is_some()
        && newest.lane == entry.lane
        && matches!(newest.state, TaskState::Done | TaskState::Dead)
}

impl fmt::Display for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, unsure, unsure_and_stored, done, superseded, dead, pending, .. } =
            self;
        write!(
            formatter,
            "accepted {accepted} + {unsure_and_stored} stored of {unsure} without an answer \
             = done {done} + superseded {superseded} + dead {dead} + pending {pending}; \
             {} attempts, {} cut off, at most {} at one task, {} overlaps of stopped processes",
            self.attempts, self.cut_off, self.most_attempts, self.excused
        )
    }
}
