use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use hookstead::Inbox;
use hookstead::inbox::{Entry, Filter, TaskState};
use hookstead_tests::{Attempt, AttemptState, Books};

use crate::books::{Key, Sent};
use crate::cast::Cast;

/// The balance of the books: what was answered, what is stored, and what was handled.
pub(crate) struct Audit {
    accepted: usize,
    unsure: usize,
    /// Of those, how many are stored nevertheless.
    unsure_and_stored: usize,
    /// By the full names of handlers.
    handlers: BTreeMap<String, Balance>,
    attempts: usize,
    cut_off: usize,
    most_attempts: usize,
    excused: usize,
    wrong: Vec<String>,
}

/// What has become of the tasks of one handler.
#[derive(Default)]
struct Balance {
    /// So many deliveries were accepted that it takes.
    owed: usize,
    done: usize,
    superseded: usize,
    dead: usize,
    pending: usize,
}

/// A delivery's id and a handler's full name.
type Task<'a> = (&'a str, &'a str);

impl Audit {
    pub(crate) async fn of(inbox: &Inbox, sent: &Sent, books: &Books, cast: &Cast) -> Self {
        let entries = inbox.list(Filter::default().at_most(usize::MAX)).all().await.unwrap();
        let stored: HashMap<Task<'_>, &Entry> =
            entries.iter().map(|it| ((it.delivery.id.as_str(), it.name.as_str()), it)).collect();
        let keys: HashSet<Key> = entries.iter().filter_map(|it| key_of(it, cast)).collect();
        let mut audit = Self {
            accepted: sent.accepted.len(),
            unsure: sent.unsure.difference(&sent.accepted).count(),
            unsure_and_stored: sent
                .unsure
                .difference(&sent.accepted)
                .filter(|it| keys.contains(it))
                .count(),
            handlers: BTreeMap::new(),
            attempts: books.attempts.len(),
            cut_off: books.cut_off(),
            most_attempts: books.by_task().values().map(Vec::len).max().unwrap_or(0),
            excused: books.excused,
            wrong: books.clashes.clone(),
        };
        if stored.len() != entries.len() {
            audit.wrong.push("a task is stored twice".to_owned());
        }
        audit.compare(sent, &stored, &keys, cast);
        audit.look_into(&stored, sent, books);
        // Nobody ran what it does not have.
        for attempt in books.attempts.iter().chain(&books.ends) {
            if !cast.has(attempt.process, &attempt.handler) {
                audit.wrong.push(format!("not in this process: {attempt:?}"));
            }
        }
        audit
    }

    /// What is there against what must be there: of each delivery a task for each handler that takes it.
    fn compare(
        &mut self,
        sent: &Sent,
        stored: &HashMap<Task<'_>, &Entry>,
        keys: &HashSet<Key>,
        cast: &Cast,
    ) {
        let mut owed = HashSet::new();
        for key in sent.accepted.union(keys) {
            let Some(plan) = sent.plans.get(&key.id) else {
                self.wrong.push(format!("{key:?} was never sent"));
                continue;
            };
            for name in cast.takers(key.program, plan) {
                self.handlers.entry(name.clone()).or_default().owed += 1;
                if !stored.contains_key(&(key.id.as_str(), name.as_str())) {
                    self.wrong.push(format!("{key:?} was accepted, and lost for {name}"));
                }
                owed.insert((key.id.as_str(), name));
            }
        }
        for key in &sent.declined {
            let plan = sent.plans.get(&key.id);
            if plan.is_none_or(|plan| !cast.takers(key.program, plan).is_empty()) {
                self.wrong.push(format!("{key:?} was declined: {plan:?}"));
            }
        }
        for (id, name) in stored.keys() {
            if !owed.contains(&(*id, (*name).to_owned())) {
                self.wrong.push(format!("{name} does not take {id}, and has a task"));
            }
        }
    }

    /// How each task ended, and whether it may end like that.
    fn look_into(&mut self, stored: &HashMap<Task<'_>, &Entry>, sent: &Sent, books: &Books) {
        let (attempts, ends) = (books.by_task(), books.ends_by_task());
        for (task, entry) in stored {
            let (id, name) = *task;
            let attempts = attempts.get(task).map(Vec::as_slice).unwrap_or_default();
            let ends = ends.get(task).map(Vec::as_slice).unwrap_or_default();
            let is_finished = attempts.iter().any(|it| it.state == AttemptState::Finished);
            let is_told = |end: &str| {
                let is_such = |it: &&&Attempt| it.end.as_deref() == Some(end);
                ends.iter().filter(is_such).any(|it| it.state == AttemptState::Finished)
            };
            let is_hopeless = sent.plans.get(id).is_some_and(|plan| {
                plan.then.1 == "for ever" && name.ends_with(&format!(".{}", plan.then.0))
            });
            let balance = self.handlers.entry(name.to_owned()).or_default();
            let (count, is_right) = match entry.state {
                TaskState::Done => (&mut balance.done, is_finished && !is_hopeless),
                TaskState::Dead => {
                    (&mut balance.dead, is_finished && is_hopeless && is_told("dead"))
                }
                TaskState::Superseded => {
                    // What had ended already may be superseded by Redeliver, and nobody is told again.
                    let is_known = is_told("superseded") || is_told("dead") || is_finished;
                    (&mut balance.superseded, is_known && is_replaced(*task, stored))
                }
                _ => (&mut balance.pending, false),
            };
            *count += 1;
            if !is_right {
                let books = format!("{attempts:?}; {ends:?}");
                self.wrong.push(format!("must not end like this: {entry:?}; {books}"));
            }
            // A step runs again where its attempt was cut off before it was noted, or in a new run.
            let steps: usize = attempts.iter().map(|it| it.steps).sum();
            let cut_off = attempts.iter().filter(|it| it.state == AttemptState::CutOff).count();
            if steps > entry.run as usize + cut_off {
                self.wrong.push(format!("{steps} times the same step: {attempts:?}"));
            }
        }
    }

    /// Fails the test if something is wrong.
    pub(crate) fn pass(&self, seed: u64) {
        let wrong = &self.wrong;
        assert!(wrong.is_empty(), "HOOKSTEAD_TORTURE_SEED={seed}: {}\n{}", self, wrong.join("\n"));
        for Balance { owed, done, superseded, dead, pending } in self.handlers.values() {
            assert_eq!(*pending, 0, "{self}");
            assert_eq!(*owed, done + superseded + dead, "{self}");
            assert!(*done > 0, "{self}");
        }
        let sum = |of: fn(&Balance) -> usize| self.handlers.values().map(of).sum::<usize>();
        assert!(sum(|it| it.superseded) > 0 && sum(|it| it.dead) > 0, "{self}");
    }
}

/// To which hook it was delivered.
fn key_of(entry: &Entry, cast: &Cast) -> Option<Key> {
    let program =
        cast.programs().into_iter().find(|it| entry.name.as_str().starts_with(&format!("{it}.")));
    Some(Key { program: program?, id: entry.delivery.id.as_str().to_owned() })
}

/// Whether a newer one of its lane was handled in place of a superseded one.
fn is_replaced((id, name): Task<'_>, stored: &HashMap<Task<'_>, &Entry>) -> bool {
    let Some(first) = stored.get(&(id, name)) else { return false };
    let mut newest = *first;
    // As many steps as there are tasks at most, so a circle ends too.
    for _ in 0..stored.len() {
        let Some(newer) = &newest.superseded_by else { break };
        let Some(newer) = stored.get(&(newer.as_str(), name)) else { return false };
        newest = newer;
    }
    name.ends_with(".newest")
        && first.lane.is_some()
        && newest.lane == first.lane
        && matches!(newest.state, TaskState::Done | TaskState::Dead)
}

impl fmt::Display for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, unsure, unsure_and_stored, .. } = self;
        write!(
            formatter,
            "accepted {accepted} + {unsure_and_stored} stored of {unsure} without an answer; {} attempts, \
             {} cut off, at most {} at one task, {} overlaps of stopped processes",
            self.attempts, self.cut_off, self.most_attempts, self.excused
        )?;
        for (name, balance) in &self.handlers {
            let Balance { owed, done, superseded, dead, pending } = balance;
            write!(
                formatter,
                "\n  {name}: {owed} = done {done} + superseded {superseded} + dead {dead} + pending {pending}"
            )?;
        }
        Ok(())
    }
}
