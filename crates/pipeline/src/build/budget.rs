use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts what is created at GitHub within an hour, so that what is needed least gives way to what matters.
///
/// GitHub allows some 500 such writes an hour for a token or an App, and then refuses all of them for a while. A build
/// takes two or three: *queued* where it waits, *running*, and how it ended. How it ended is always said.
///
/// All servers of a token have one count, which lies in the journal. A server hears of the others' when it
/// [exchanges](Self::exchange) counts, some seconds later: they are estimates of GitHub's own count, as they have to be.
#[derive(Debug)]
pub struct Budget {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// What was made within the last hour, by all servers, when they were asked last.
    known: u64,
    /// What was made here since.
    new: u64,
    limit: u64,
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
    pub fn new(limit: u32) -> Self {
        let limit = u64::from(limit);
        Self { state: Mutex::new(State { known: 0, new: 0, limit, told: [None; 2] }) }
    }

    /// Allows so many writes in an hour from now on. Those that were made within the last hour count.
    pub fn allow(&self, limit: u32) {
        self.state().limit = u64::from(limit);
    }

    /// Counts a write that is to be made now. With no room left for it, it is not counted, and why is returned in words.
    ///
    /// # Errors
    ///
    /// Fails when what is left is for writes that are needed more.
    pub fn take(&self, need: Need) -> Result<(), String> {
        let mut state = self.state();
        let (made, limit) = state.spent();
        let (room, kind, what) = match need {
            Need::Queued => (made * 4 < limit * 3, 0, "queued"),
            Need::Running => (made * 10 < limit * 9, 1, "running"),
            Need::Always => {
                state.new += 1;
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
            state.new += 1;
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
    pub fn spent(&self) -> (u64, u64) {
        self.state().spent()
    }

    /// Whether something was counted that others do not know of.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.state().new > 0
    }

    /// Tells the other servers of what was made here, and hears of theirs: `count` adds to what all have, and returns
    /// how many writes there were within the last hour.
    ///
    /// # Errors
    ///
    /// Fails when `count` does. Then they are told the next time.
    pub async fn exchange<E>(
        &self,
        count: impl AsyncFnOnce(u64) -> Result<u64, E>,
    ) -> Result<(), E> {
        let new = self.state().new;
        let all = count(new).await?;
        let mut state = self.state();
        // More may have been made meanwhile.
        state.new = state.new.saturating_sub(new);
        state.known = all;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn spent(&self) -> (u64, u64) {
        (self.known + self.new, self.limit)
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
    #[tokio::test]
    async fn servers_have_one_count() {
        let (one, two) = (Budget::new(10), Budget::new(10));
        let all = std::cell::Cell::new(0);
        let count = async |made: u64| {
            all.set(all.get() + made);
            Ok::<_, ()>(all.get())
        };
        for _ in 0..6 {
            one.take(Need::Always).unwrap();
        }
        assert!(one.exchange(async |_| Err(())).await.is_err());
        assert!(one.has_news(), "nobody has heard of them");
        one.exchange(count).await.unwrap();
        assert!(!one.has_news());
        two.take(Need::Queued).unwrap();
        two.exchange(count).await.unwrap();
        assert_eq!(two.spent(), (7, 10));
        two.take(Need::Queued).unwrap();
        assert!(two.take(Need::Queued).is_err());
        assert_eq!(one.spent(), (6, 10));
        two.exchange(count).await.unwrap();
        one.exchange(count).await.unwrap();
        assert_eq!(one.spent(), (8, 10));
        // An hour later.
        all.set(0);
        one.exchange(count).await.unwrap();
        assert_eq!(one.spent(), (0, 10));
    }
}
