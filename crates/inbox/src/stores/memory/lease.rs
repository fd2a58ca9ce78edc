//! Leasing what is due, keeping it, and taking it back.

use std::time::Duration;

use hookstead_handler::KeptStep;
use hookstead_types::BackOff;

use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{Lease, State, Task};
use crate::store::lease::{LeaseRequest, LeaseToken, Leased, Leases, Marks, Renewal};
use crate::store::rank::{Candidate, Rank, share_out};
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// At most so many leases are taken back at once.
const MOST_EXPIRED: usize = 1000;

impl Shelf {
    pub(super) fn lease(&mut self, request: &LeaseRequest, now: Moment) -> Leases {
        let takers = || request.takers.iter().map(|share| share.taker);
        let turns: Vec<TakerId> = takers().collect();
        let candidates = self.candidates(request, now);
        let chosen = share_out(&turns, candidates, request.limit, request.fresh);
        let is_filled = chosen.len() >= request.limit;
        let mut leased = Vec::with_capacity(chosen.len());
        for id in chosen {
            let token = self.take(id, request.duration, now);
            leased.extend(self.leased_task(id, token, now));
        }
        for taker in turns {
            if !is_filled || !self.indexes.is_due(taker, now) {
                self.indexes.news.seen(taker);
            }
        }
        let next_due = self.indexes.next_due(takers(), now);
        Leases::new(leased, next_due.map(|due| due.since(now)))
    }

    /// The first ones that are due, of each name and rank.
    fn candidates(&self, request: &LeaseRequest, now: Moment) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        let mut suspects = Vec::new();
        for share in &request.takers {
            for rank in Rank::ALL {
                let most = match rank {
                    Rank::Tried => request.limit.min(share.most_tried),
                    Rank::Suspect => request.limit.min(request.suspects),
                    _ => request.limit,
                };
                let of_rank = if rank == Rank::Suspect { &mut suspects } else { &mut candidates };
                let due = self.indexes.due(share.taker, rank, now).take(most);
                of_rank.extend(due.map(|(due, id)| Candidate::new(id, share.taker, rank, due.0)));
            }
        }
        suspects.sort_by_key(|it| (it.due, it.task));
        suspects.truncate(request.suspects);
        candidates.extend(suspects);
        candidates
    }

    /// Leases a task. An attempt is counted, unless only `ended` is to be called.
    pub(super) fn take(&mut self, id: TaskId, duration: Duration, now: Moment) -> LeaseToken {
        let token = LeaseToken::random();
        self.change(id, now, |task| {
            if task.end.is_none() {
                task.number = task.number.saturating_add(1);
            }
            let due = match task.state {
                State::Waiting(due) => due,
                _ => now,
            };
            let until = now.after(duration);
            task.taken_back = None;
            task.is_reserved = false;
            task.state = State::Leased(Lease { token, until, length: duration, due });
        });
        token
    }

    fn leased_task(&self, id: TaskId, token: LeaseToken, now: Moment) -> Option<Leased> {
        let (task, row) = self.task(id)?;
        let mut leased = Leased::new(token, id, task.taker, row.delivery.clone());
        leased.body.clone_from(&row.body);
        leased.run = task.run;
        leased.number = task.number;
        leased.failures = task.failures;
        leased.abandoned = task.abandoned;
        leased.failing_for = task.failing_since.map(|since| now.since(since));
        leased.waiting_for = task.waiting_since.map(|since| now.since(since));
        leased.end = task.end;
        leased.marks = task.marks.clone();
        leased.steps.clone_from(&task.steps);
        Some(leased)
    }

    pub(super) fn renew(
        &mut self,
        tokens: &[LeaseToken],
        duration: Duration,
        now: Moment,
    ) -> Vec<Renewal> {
        let renew = |token: &LeaseToken| {
            let Some((id, lease)) = self.leased(*token) else { return Renewal::Lost };
            let mut marks = Marks::default();
            self.change(id, now, |task| {
                let until = now.after(duration);
                task.state = State::Leased(Lease { until, length: duration, ..lease });
                marks.clone_from(&task.marks);
            });
            Renewal::Renewed(marks)
        };
        tokens.iter().map(renew).collect()
    }

    pub(super) fn keep_step(&mut self, token: LeaseToken, step: &KeptStep, now: Moment) -> bool {
        let Some((id, _)) = self.leased(token) else { return false };
        self.change(id, now, |task| {
            task.abandoned = 0;
            task.steps.retain(|kept| kept.name != step.name);
            task.steps.push(step.clone());
        });
        true
    }

    /// Takes back the leases that have ended, then passes on the lanes that ghosts hold.
    pub(super) fn expire(&mut self, now: Moment) -> Vec<TaskId> {
        let ended = self.indexes.lease_ends.iter().take_while(|(until, _)| *until <= now);
        let ended: Vec<TaskId> = ended.take(MOST_EXPIRED).map(|(_, id)| *id).collect();
        for id in &ended {
            self.change(*id, now, |task| abandon(task, now));
        }
        self.pass_on(now);
        ended
    }
}

/// The lease of this task has ended without an outcome.
fn abandon(task: &mut Task, now: Moment) {
    let State::Leased(lease) = task.state else { return };
    if task.end.is_none()
        && let Some(end) = task.marked_end()
    {
        let text = task.text.take();
        task.end(end, text);
        task.wait(now);
        return;
    }
    task.abandoned = task.abandoned.saturating_add(1);
    let back_off = BackOff::new(lease.length, LeaseRequest::LONGEST_DELAY);
    let pause = back_off.longest(task.abandoned);
    task.wait(now.after(pause));
    task.taken_back = Some(lease);
}
