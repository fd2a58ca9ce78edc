//! Leases begin, last and end.

use std::collections::BTreeSet;
use std::time::Duration;

use hookstead_handler::End;

use super::model::{self, Phase, Task};
use super::operation::{Answer, How, Length, Operation};
use super::play::{BRIEF_IS_OVER, Game, Performed, duration, milliseconds, same, step_of};
use crate::store::lease::{LeaseRequest, Renewal};
use crate::store::rank::{Candidate, Rank, share_out};
use crate::store::registry::TakerId;
use crate::store::settlement::{Because, Settled, Settlement};
use crate::store::task_id::TaskId;
use crate::testing::support::{LONG, ends, failure, step};

/// Pauses of more abandoned leases than this take too long for a test.
const MOST_ABANDONED: u32 = 6;

impl Game<'_> {
    pub(super) async fn lease(&mut self, operation: &Operation) -> Performed {
        let Operation::Lease { process, first, limit, fresh, suspects, most_tried, length, answer } =
            operation
        else {
            return Ok(Ok(()));
        };
        if *process == 1 && !self.is_second_alive {
            return Ok(Ok(()));
        }
        let mut request = self.programs[*process].request(*limit, duration(*length));
        (request.fresh, request.suspects) = (*fresh, *suspects);
        request.takers.rotate_left(*first);
        request.takers[0].most_tried = *most_tried;
        if self.model.tasks.iter().any(|task| task.is_due_open) {
            // Then it is open which of them is due first, but not that all are.
            request = self.programs[*process].request(100, duration(*length));
        }
        let told = self.store.store.lease(&request).await?;
        let expected = self.expected(&request);
        let chosen: BTreeSet<TaskId> = told.leased.iter().map(|leased| leased.task).collect();
        let is_same = same("leased", &chosen, &expected.iter().copied().collect());
        if is_same.is_err() {
            return Ok(is_same);
        }
        for leased in &told.leased {
            let Some(at) = self.at(leased.task) else { continue };
            self.model.take(at, Some(leased.token), milliseconds(*length));
            let task = &self.model.tasks[at];
            let mut steps: Vec<_> = leased.steps.iter().map(|step| step.name.clone()).collect();
            steps.sort();
            let expected: Vec<String> = task.steps.iter().map(|step| step_of(*step)).collect();
            let failures = (leased.failures, leased.end, leased.run);
            let compared = same("the steps", &steps, &expected)
                .and_then(|()| same("the lease", &failures, &(task.failures, task.end, task.run)))
                .and_then(|()| match task.is_number_open {
                    true => Ok(()),
                    false => same("the number", &leased.number, &task.number),
                })
                .and_then(|()| {
                    let has_body = self.model.bodies.contains(&task.delivery);
                    same("its body", &leased.body.is_some(), &has_body)
                });
            if compared.is_err() {
                return Ok(compared);
            }
            if *answer == Answer::Arrives {
                self.tokens.push(leased.token);
            }
        }
        Self::let_pass(*length).await;
        Ok(Ok(()))
    }

    /// What should be leased now.
    pub(super) fn expected(&self, request: &LeaseRequest) -> Vec<TaskId> {
        let mut candidates = Vec::new();
        for share in &request.takers {
            let name = self.takers.iter().position(|taker| *taker == share.taker);
            let mut due: Vec<&Task> = self
                .model
                .tasks
                .iter()
                .filter(|task| Some(task.name) == name && task.is_due(self.model.now))
                .collect();
            due.sort_by_key(|task| (task.due, task.place));
            for rank in Rank::ALL {
                let most = if rank == Rank::Tried { share.most_tried } else { usize::MAX };
                let of_rank = due.iter().filter(|task| task.rank() == rank).take(most);
                candidates.extend(of_rank.map(|task| (task.due, task.place, rank, share.taker)));
            }
        }
        let mut of_suspects: Vec<_> =
            candidates.iter().filter(|it| it.2 == Rank::Suspect).copied().collect();
        of_suspects.sort_by_key(|it| (it.0, it.1));
        let most: BTreeSet<_> = of_suspects.iter().take(request.suspects).map(|it| it.1).collect();
        candidates.retain(|it| it.2 != Rank::Suspect || most.contains(&it.1));
        let candidates = candidates.into_iter().map(|(due, place, rank, taker)| {
            let due = i64::try_from(due).unwrap_or(i64::MAX);
            Candidate::new(self.id_of(place), taker, rank, due)
        });
        let turns: Vec<TakerId> = request.takers.iter().map(|share| share.taker).collect();
        share_out(&turns, candidates.collect(), request.limit, request.fresh)
    }

    pub(super) fn id_of(&self, place: usize) -> TaskId {
        let task = self.model.tasks.iter().find(|task| task.place == place);
        task.map_or(TaskId(0), |task| task.id)
    }

    pub(super) async fn renew(&mut self, number: usize, length: Length) -> Performed {
        let Some(token) = self.token(number) else { return Ok(Ok(())) };
        let found = self.of_token(token);
        if matches!(found, Some((_, false))) {
            // The rules do not say whether it begins again.
            return Ok(Ok(()));
        }
        let renewals = self.store.store.renew(&[token], duration(length)).await?;
        let is_held = matches!(renewals[..], [Renewal::Renewed(_)]);
        if let Some((at, _)) = found {
            let now = self.model.now;
            let task = &mut self.model.tasks[at];
            let length = milliseconds(length);
            task.phase = Phase::Leased { token: Some(token), ends: now + length, length };
            if let [Renewal::Renewed(marks)] = &renewals[..] {
                let told =
                    (marks.superseded_by.is_some(), marks.canceled.is_some(), marks.is_woken);
                let expected = (task.superseded_by.is_some(), task.is_canceled, task.is_woken);
                let compared = same("the marks", &told, &expected);
                if compared.is_err() && !task.is_ending() {
                    return Ok(compared);
                }
            }
        }
        Self::let_pass(length).await;
        Ok(same("whether it is held", &is_held, &found.is_some()))
    }

    pub(super) async fn settle(&mut self, number: usize, how: How) -> Performed {
        let Some(token) = self.token(number) else { return Ok(Ok(())) };
        let found = self.of_token(token);
        let is_ending = found.is_some_and(|(at, _)| self.model.tasks[at].is_ending());
        if is_ending && matches!(found, Some((_, false))) {
            // The rules do not say what a late outcome means to one that was ended meanwhile.
            return Ok(Ok(()));
        }
        let was_abandoned = found.is_some_and(|(at, _)| self.model.tasks[at].abandoned > 0);
        if was_abandoned && matches!(how, How::Release) {
            // Nor whose turn it is, if one is given back that was lost before.
            return Ok(Ok(()));
        }
        let settlement = match (is_ending, how) {
            (true, How::Done | How::End(_)) => Settlement::Ended,
            (true, How::Again(..)) => failure(Duration::ZERO),
            (_, How::Done) => Settlement::Done,
            (_, How::Again(because, length)) => {
                Settlement::Again { after: duration(length), because, text: "again".to_owned() }
            }
            (_, How::Release) => Settlement::Release,
            (_, How::End(end)) => ends(end),
        };
        let settled = self.store.store.settle(&[(token, settlement.clone())]).await?;
        let Some((at, _)) = found else {
            return Ok(same("the settlement", &settled[..], &[Settled::Lost][..]));
        };
        if let Settlement::Again { after, .. } = &settlement
            && *after < BRIEF_IS_OVER
        {
            tokio::time::sleep(BRIEF_IS_OVER).await;
        }
        let marked = self.model.tasks[at].marked();
        let expected = self.settle_in_model(at, &settlement);
        // Whose end is that of the mark is told either way.
        let is_same_end =
            matches!((&settlement, marked), (Settlement::End { end, .. }, Some(it)) if *end == it);
        if is_same_end && settled[..] != [Settled::Lost] {
            return Ok(Ok(()));
        }
        Ok(same("the settlement", &settled[..], &[expected][..]))
    }

    pub(super) fn settle_in_model(&mut self, at: usize, settlement: &Settlement) -> Settled {
        let now = self.model.now;
        let task = &mut self.model.tasks[at];
        let (marked, is_ending) = (task.marked(), task.is_ending());
        // One that comes late counts as if the lease was held still.
        if let Phase::Waiting { late: Some(token) } = task.phase {
            task.phase = Phase::Leased { token, ends: now, length: 0 };
        }
        match settlement {
            Settlement::Done => self.model.settle(at, None),
            Settlement::Ended => {
                let end = task.end;
                self.model.settle(at, end);
            }
            Settlement::Again { after, because, .. } if is_ending => {
                task.abandoned += u32::from(*because == Because::Failure);
                task.due = now + after.as_millis() as u64;
                task.phase = Phase::Waiting { late: None };
                self.model.elect_of(at);
            }
            Settlement::Release if is_ending => {
                (task.due, task.phase) = (now, Phase::Waiting { late: None });
                self.model.elect_of(at);
            }
            Settlement::Again { .. } | Settlement::End { .. } if marked.is_some() => {
                let end = marked.unwrap_or(End::Dead);
                (task.end, task.abandoned) = (Some(end), 0);
                return Settled::MustEnd(end);
            }
            Settlement::End { end, .. } => (task.end, task.abandoned) = (Some(*end), 0),
            Settlement::Again { after, because, .. } => {
                let is_woken = *because == Because::Wait && std::mem::take(&mut task.is_woken);
                let length = match *after == LONG {
                    _ if is_woken => 0,
                    true => model::LONG,
                    false => model::BRIEF,
                };
                task.failures += u32::from(*because == Because::Failure);
                (task.abandoned, task.due) = (0, now + length);
                task.phase = Phase::Waiting { late: None };
                self.model.elect_of(at);
            }
            Settlement::Release => {
                task.number = task.number.saturating_sub(1);
                if let Some(end) = marked {
                    (task.end, task.abandoned) = (Some(end), 0);
                    task.is_number_open = true;
                }
                // It has its turn again, also if it was marked and `ended` comes next.
                task.due = task.due.min(now);
                task.phase = Phase::Waiting { late: None };
                self.model.elect_of(at);
            }
        }
        Settled::Settled
    }

    pub(super) async fn keep(&mut self, number: usize, which: usize) -> Performed {
        let Some(token) = self.token(number) else { return Ok(Ok(())) };
        let found = self.of_token(token);
        let is_plain = |at: usize| !self.model.tasks[at].is_ending();
        match found {
            Some((at, true)) if is_plain(at) => {}
            None => {}
            _ => return Ok(Ok(())),
        }
        let is_kept = self.store.store.keep_step(token, &step(&step_of(which), "1")).await?;
        if let Some((at, _)) = found {
            self.model.tasks[at].steps.insert(which);
            self.model.tasks[at].abandoned = 0;
        }
        Ok(same("whether it is kept", &is_kept, &found.is_some()))
    }

    pub(super) async fn expire(&mut self) -> Performed {
        if self.model.tasks.iter().any(|task| task.abandoned >= MOST_ABANDONED) {
            return Ok(Ok(()));
        }
        let mut told = self.store.store.expire().await?;
        told.sort();
        let (expected, longest) = self.model.expire();
        if longest < model::LONG {
            tokio::time::sleep(Duration::from_millis(longest) + BRIEF_IS_OVER).await;
        }
        Ok(same("taken back", &told, &expected))
    }
}
