use std::collections::VecDeque;

use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// In which order tasks that are due are leased. Those of one rank go by their due moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rank {
    /// The first attempt of a run.
    Fresh,
    /// A later attempt.
    Tried,
    /// A later attempt, after two abandoned leases or more: it may be what kills its process.
    Suspect,
    /// It has ended; `ended` is to be called.
    Ending,
}

impl Rank {
    /// All ranks, in their order.
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Tried, Self::Suspect, Self::Ending];

    /// So many abandoned leases make a task suspect.
    pub const SUSPECT_AFTER: u32 = 2;

    /// The rank of a task that waits.
    #[must_use]
    pub fn of(number: u32, abandoned: u32, is_ending: bool) -> Self {
        match () {
            () if is_ending => Self::Ending,
            () if abandoned >= Self::SUSPECT_AFTER => Self::Suspect,
            () if number > 0 => Self::Tried,
            () => Self::Fresh,
        }
    }

    /// The rank as a number for a database: 0 to 3.
    #[must_use]
    pub fn to_i16(self) -> i16 {
        match self {
            Self::Fresh => 0,
            Self::Tried => 1,
            Self::Suspect => 2,
            Self::Ending => 3,
        }
    }
}

/// A task that is due and may be leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The task.
    pub task: TaskId,
    /// What it is for.
    pub taker: TakerId,
    /// Its rank.
    pub rank: Rank,
    /// The moment from which it is due, in the store's own measure.
    pub due: i64,
}

impl Candidate {
    /// For those who write a store.
    #[must_use]
    pub fn new(task: TaskId, taker: TakerId, rank: Rank, due: i64) -> Self {
        Self { task, taker, rank, due }
    }
}

/// Chooses at most `limit` of what is due. Names take turns, in the order of `turns`; within a name the
/// one that is due first goes first. `fresh` of the places are for first attempts, as long as there are
/// any; whatever rank leaves its places empty, others take them; what has [ended](Rank::Ending) comes
/// last.
///
/// `candidates` are the first ones of each name and rank, at least `limit` of each if there are as many.
#[must_use]
pub fn share_out(
    turns: &[TakerId],
    mut candidates: Vec<Candidate>,
    limit: usize,
    fresh: usize,
) -> Vec<TaskId> {
    candidates.sort_by_key(|it| (it.due, it.task));
    let mut sharing = Sharing { turns, candidates, next: 0, limit, chosen: Vec::new() };
    sharing.take(&[Rank::Fresh], fresh);
    sharing.take(&[Rank::Suspect], limit);
    sharing.take(&[Rank::Tried], limit);
    sharing.take(&[Rank::Fresh], limit);
    sharing.take(&[Rank::Ending], limit);
    sharing.chosen
}

/// The places that are given away, one after the other.
struct Sharing<'a> {
    turns: &'a [TakerId],
    /// Those that are left, the one that is due first at the beginning.
    candidates: Vec<Candidate>,
    /// Whose turn it is.
    next: usize,
    limit: usize,
    chosen: Vec<TaskId>,
}

impl Sharing<'_> {
    /// Gives at most so many places to these ranks.
    fn take(&mut self, ranks: &[Rank], most: usize) {
        let mut waiting: Vec<VecDeque<TaskId>> = vec![VecDeque::new(); self.turns.len()];
        for candidate in self.candidates.iter().filter(|it| ranks.contains(&it.rank)) {
            let turn = self.turns.iter().position(|taker| *taker == candidate.taker);
            if let Some(queue) = turn.and_then(|turn| waiting.get_mut(turn)) {
                queue.push_back(candidate.task);
            }
        }
        let before = self.chosen.len();
        let mut passed_over = 0;
        while passed_over < waiting.len()
            && self.chosen.len() < self.limit
            && self.chosen.len() - before < most
        {
            let next = waiting.get_mut(self.next).and_then(VecDeque::pop_front);
            match next {
                Some(task) => {
                    self.chosen.push(task);
                    passed_over = 0;
                }
                None => passed_over += 1,
            }
            self.next = (self.next + 1) % waiting.len();
        }
        self.candidates.retain(|it| !self.chosen.contains(&it.task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(task: i64, taker: i64, rank: Rank) -> Candidate {
        Candidate::new(TaskId(task), TakerId(taker), rank, task)
    }

    fn share(candidates: Vec<Candidate>, limit: usize, fresh: usize) -> Vec<i64> {
        let turns = [TakerId(1), TakerId(2)];
        share_out(&turns, candidates, limit, fresh).into_iter().map(|task| task.0).collect()
    }

    #[test]
    fn names_take_turns_whatever_the_share() {
        let all: Vec<_> = [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)]
            .map(|(task, taker)| candidate(task, taker, Rank::Fresh))
            .into();
        for fresh in 0..=4 {
            assert_eq!(share(all.clone(), 4, fresh), [1, 4, 2, 5], "{fresh}");
        }
        assert_eq!(share(all, 9, 2), [1, 4, 2, 5, 3]);
    }

    #[test]
    fn first_attempts_have_their_share_and_what_is_left() {
        let mut all: Vec<_> = (1..=9).map(|task| candidate(task, 1, Rank::Tried)).collect();
        all.extend([candidate(10, 1, Rank::Fresh), candidate(11, 1, Rank::Fresh)]);
        assert_eq!(share(all.clone(), 4, 2), [10, 11, 1, 2]);
        assert_eq!(share(all.clone(), 4, 1), [10, 1, 2, 3]);
        assert_eq!(share(all, 20, 1), [10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]);
    }

    #[test]
    fn what_has_ended_comes_last() {
        let all = vec![
            candidate(1, 1, Rank::Ending),
            candidate(2, 2, Rank::Tried),
            candidate(3, 2, Rank::Suspect),
        ];
        assert_eq!(share(all.clone(), 3, 1), [3, 2, 1]);
        assert_eq!(share(all, 2, 1), [3, 2]);
    }
}
