use std::collections::VecDeque;

use super::{TakerId, TaskId};

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
    let mut chosen = Vec::new();
    let mut take = |ranks: &[Rank], places: usize, left: &mut Vec<Candidate>| {
        let mut queues: Vec<VecDeque<Candidate>> = turns
            .iter()
            .map(|taker| {
                left.iter().filter(|it| it.taker == *taker && ranks.contains(&it.rank)).copied()
            })
            .map(Iterator::collect)
            .collect();
        let mut taken = Vec::new();
        while taken.len() < places && queues.iter().any(|queue| !queue.is_empty()) {
            for queue in &mut queues {
                if taken.len() < places
                    && let Some(next) = queue.pop_front()
                {
                    taken.push(next.task);
                }
            }
        }
        left.retain(|it| !taken.contains(&it.task));
        chosen.extend(taken);
        chosen.len()
    };
    let mut used = take(&[Rank::Fresh], fresh.min(limit), &mut candidates);
    used = take(&[Rank::Suspect], limit.saturating_sub(used), &mut candidates).max(used);
    let work = [Rank::Fresh, Rank::Tried];
    used = take(&[Rank::Tried], limit.saturating_sub(used), &mut candidates).max(used);
    used = take(&work, limit.saturating_sub(used), &mut candidates).max(used);
    take(&[Rank::Ending], limit.saturating_sub(used), &mut candidates);
    chosen
}
