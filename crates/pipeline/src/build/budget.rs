use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts what is created at GitHub within an hour, so that what is needed least gives way to what matters.
///
/// GitHub allows some 500 such writes an hour for a token or an App, and then refuses all of them for a while. A build
/// takes two or three: *queued* where it waits, *running*, and how it ended. How it ended is always said.
#[derive(Debug)]
pub struct Budget {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    made: VecDeque<Instant>,
    limit: usize,
    /// When the log was told that such writes are left out.
    told: [Option<Instant>; 2],
}

/// How much a write is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// That a build is queued: until three quarters are used. The build's page says it too.
    Queued,
    /// That a build runs: until nine tenths are used. The rest is for the ends of those that run.
    Running,
    /// How a build ended, that it waits for a person, an answer to a person: always. What exceeds GitHub's limit comes late.
    Always,
}

impl Budget {
    const HOUR: Duration = Duration::from_secs(60 * 60);

    /// So many writes in an hour.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { state: Mutex::new(State { made: VecDeque::new(), limit, told: [None; 2] }) }
    }

    /// Allows so many writes in an hour from now on. Those that were made within the last hour count.
    pub fn allow(&self, limit: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).limit = limit;
    }

    /// Counts a write that is to be made now. With no room left for it, it is not counted, and why is returned in words.
    ///
    /// # Errors
    ///
    /// Fails when what is left is for writes that are needed more.
    pub fn take(&self, need: Need) -> Result<(), String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (made, limit) = state.spent();
        let (room, kind, what) = match need {
            Need::Queued => (made * 4 < limit * 3, 0, "queued"),
            Need::Running => (made * 10 < limit * 9, 1, "running"),
            Need::Always => {
                state.made.push_back(Instant::now());
                if made + 1 == limit {
                    tracing::warn!(
                        limit,
                        "the limit of writes to GitHub within an hour is reached: reports may be late"
                    );
                }
                return Ok(());
            }
        };
        if room {
            state.made.push_back(Instant::now());
            return Ok(());
        }
        if let Some(told) = state.told.get_mut(kind)
            && told.is_none_or(|at| at.elapsed() > Self::HOUR)
        {
            *told = Some(Instant::now());
            tracing::warn!(
                made,
                limit,
                "GitHub is not told any more that builds are {what}: too many writes within an hour"
            );
        }
        Err(format!("{made} of {limit} writes within an hour are made"))
    }

    /// How many writes were made within the last hour, and how many may be.
    #[must_use]
    pub fn spent(&self) -> (usize, usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).spent()
    }
}

impl State {
    fn spent(&mut self) -> (usize, usize) {
        while self.made.front().is_some_and(|at| at.elapsed() > Budget::HOUR) {
            self.made.pop_front();
        }
        (self.made.len(), self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_least_gives_way_first() {
        let budget = Budget::new(10);
        for _ in 0..8 {
            budget.take(Need::Queued).unwrap();
        }
        let why = budget.take(Need::Queued).unwrap_err();
        assert_eq!(why, "8 of 10 writes within an hour are made");
        budget.take(Need::Running).unwrap();
        assert!(budget.take(Need::Running).is_err());
        for _ in 0..3 {
            budget.take(Need::Always).unwrap();
        }
        assert_eq!(budget.spent(), (12, 10));
        assert!(budget.take(Need::Running).is_err());
    }

    #[test]
    fn another_limit_counts_what_was_made() {
        let budget = Budget::new(1);
        budget.take(Need::Queued).unwrap();
        assert!(budget.take(Need::Queued).is_err());
        budget.allow(100);
        budget.take(Need::Queued).unwrap();
        assert_eq!(budget.spent(), (2, 100));
    }
}
