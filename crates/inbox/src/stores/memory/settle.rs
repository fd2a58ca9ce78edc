//! How leases end.

use hookstead_handler::End;

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{Lease, State, Task, state_of};
use crate::store::entry::TaskState;
use crate::store::lease::LeaseToken;
use crate::store::settlement::{Because, Settled, Settlement};

impl Shelf {
    pub(super) fn settle(
        &mut self,
        settlements: &[(LeaseToken, Settlement)],
        now: Moment,
    ) -> Vec<Settled> {
        let settle = |(token, settlement): &(LeaseToken, Settlement)| {
            let Some(id) = self.indexes.leases.get(token).copied() else { return Settled::Lost };
            let mut settled = Settled::Lost;
            self.change(id, now, |task| {
                let due = hold_again(task, now);
                settled = match task.end {
                    None => settle_run(task, settlement, due, now),
                    Some(end) => settle_ended(task, end, settlement, now),
                };
            });
            settled
        };
        settlements.iter().map(settle).collect()
    }
}

/// A late outcome counts as if the lease was held still. Returns since when the task was due.
fn hold_again(task: &mut Task, now: Moment) -> Moment {
    if let Some(lease) = task.taken_back.take() {
        let until = now.after(lease.length);
        task.state = State::Leased(Lease { until, ..lease });
    }
    match task.state {
        State::Leased(lease) => lease.due,
        _ => now,
    }
}

/// Of a task whose run goes on so far.
fn settle_run(task: &mut Task, settlement: &Settlement, due: Moment, now: Moment) -> Settled {
    let marked = task.marked_end();
    match (settlement, marked) {
        (Settlement::Done, _) => {
            task.text = None;
            task.settle(now, TaskState::Done);
        }
        (Settlement::Again { text, .. } | Settlement::End { text, .. }, Some(end)) => {
            task.end(end, Some(text.clone()));
            return Settled::MustEnd(end);
        }
        (Settlement::Again { after, because, text }, None) => {
            again(task, *because, text, now);
            let is_over = *because == Because::Wait && std::mem::take(&mut task.marks.is_woken);
            task.wait(if is_over { now } else { now.after(*after) });
        }
        (Settlement::End { end, text }, None) => task.end(*end, Some(text.clone())),
        (Settlement::Release, marked) => {
            task.number = task.number.saturating_sub(1);
            if let Some(end) = marked {
                let text = task.text.take();
                task.end(end, text);
            }
            task.wait(due.min(now));
        }
        // It has not ended: nothing to confirm.
        (Settlement::Ended, _) => return Settled::Lost,
    }
    Settled::Settled
}

/// There is another attempt; counts what is to be counted.
fn again(task: &mut Task, because: Because, text: &str, now: Moment) {
    task.text = Some(text.to_owned());
    task.abandoned = 0;
    task.is_waiting = because == Because::Wait;
    if task.is_waiting {
        task.waiting_since.get_or_insert(now);
    } else {
        task.waiting_since = None;
        task.failing_since.get_or_insert(now);
    }
    if because == Because::Failure {
        task.failures = task.failures.saturating_add(1);
    }
}

/// Of a task that has ended like this, and for which `ended` is called.
fn settle_ended(task: &mut Task, end: End, settlement: &Settlement, now: Moment) -> Settled {
    match settlement {
        Settlement::Ended | Settlement::Done => task.settle(now, state_of(end)),
        // Said again, because the answer was lost.
        Settlement::End { .. } => {}
        Settlement::Release => task.wait(now),
        Settlement::Again { after, because, .. } => {
            if *because == Because::Failure {
                task.abandoned = task.abandoned.saturating_add(1);
            }
            task.wait(now.after(*after));
        }
    }
    Settled::Settled
}
