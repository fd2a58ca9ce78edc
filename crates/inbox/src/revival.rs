use std::collections::BTreeMap;
use std::time::Duration;

use hookstead_handler::HandlerName;

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::names::OWN_POOL;
use crate::store::change::{Changed, TaskChange};
use crate::store::entry::{Entry, Filter, TaskState};

/// Slots of a pool that this process does not know: those of a worker by default.
const USUAL_SLOTS: usize = 32;

/// Many dead tasks that are about to go on, made by [`Inbox::revive_all`].
#[derive(Debug)]
#[must_use = "nothing is revived until it is run"]
pub struct Revival {
    inbox: Inbox,
    /// The first accepted first.
    tasks: Vec<Entry>,
    each: Duration,
    over: Option<Duration>,
}

/// What came of a [`Revival`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revived {
    /// They go on.
    pub revived: u64,
    /// A newer one of their lane is known, so they stay settled.
    pub superseded: u64,
    /// Their bodies are gone: only a redelivery brings them back.
    pub without_body: u64,
    /// They are not dead any more: somebody else revived them, or they were forgotten.
    pub others: u64,
}

impl Inbox {
    /// Finds the dead tasks that pass the filter, to let them go on, after an outage of days, say. It finds
    /// at most as many as the filter's limit. First it says how many they are; nothing has changed by then.
    ///
    /// ```
    /// # use hookstead_inbox::{Filter, Inbox, InboxError};
    /// # async fn revive(inbox: &Inbox) -> Result<(), InboxError> {
    /// let revival = inbox.revive_all(Filter::default().at_most(usize::MAX)).await?;
    /// println!("{} dead tasks, over {} s", revival.count(), revival.spread().as_secs());
    /// let revived = revival.run().await?;
    /// println!("{} go on", revived.revived);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn revive_all(&self, filter: Filter) -> Result<Revival, InboxError> {
        let filter = Filter { bodies: false, ..filter.in_state(TaskState::Dead) };
        let mut tasks = self.list(filter).all().await?;
        tasks.reverse();
        Ok(Revival { inbox: self.clone(), tasks, each: Revival::DEFAULT_EACH, over: None })
    }
}

impl Revival {
    /// A handler is thought to need so long by default: a few calls of GitHub.
    pub const DEFAULT_EACH: Duration = Duration::from_secs(2);

    /// How many tasks there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.tasks.len()
    }

    /// How many there are of each handler.
    #[must_use]
    pub fn by_handler(&self) -> BTreeMap<HandlerName, usize> {
        let mut handlers = BTreeMap::new();
        for task in &self.tasks {
            *handlers.entry(task.name.clone()).or_default() += 1;
        }
        handlers
    }

    /// A handler needs about so long. With that and the slots of its pool it is reckoned for how long the
    /// tasks are spread.
    pub fn each_takes(mut self, duration: Duration) -> Self {
        self.each = duration;
        self
    }

    /// Spreads them over this time instead.
    pub fn over(mut self, duration: Duration) -> Self {
        self.over = Some(duration);
        self
    }

    /// Over which time they become due, so that they neither come all at once nor fail all at once.
    #[must_use]
    pub fn spread(&self) -> Duration {
        let pools = self.by_pool();
        pools.iter().map(|(pool, count)| self.time_of(pool, *count)).max().unwrap_or_default()
    }

    /// Lets them go on, the first accepted first.
    ///
    /// # Errors
    ///
    /// Fails when the store is down. What goes on by then does so; run again, it takes up the rest.
    pub async fn run(self) -> Result<Revived, InboxError> {
        let pools = self.by_pool();
        let mut begun: BTreeMap<String, u32> = BTreeMap::new();
        let mut revived = Revived::default();
        for task in &self.tasks {
            let pool = self.pool_of(&task.name);
            let count = pools.get(&pool).copied().unwrap_or(1);
            let time = self.time_of(&pool, count);
            let position = begun.entry(pool).or_default();
            let after = time.saturating_mul(*position) / u32::try_from(count).unwrap_or(u32::MAX);
            *position = position.saturating_add(1);
            let change = TaskChange::Revive { forget: None, after };
            match self.inbox.change_one(task.clone(), &change).await?.changed {
                Changed::Changed | Changed::Marked => revived.revived += 1,
                Changed::Superseded { .. } => revived.superseded += 1,
                Changed::NoBody => revived.without_body += 1,
                Changed::Refused | Changed::Unknown => revived.others += 1,
            }
        }
        Ok(revived)
    }

    /// How many tasks there are in each pool.
    fn by_pool(&self) -> BTreeMap<String, usize> {
        let mut pools = BTreeMap::new();
        for task in &self.tasks {
            *pools.entry(self.pool_of(&task.name)).or_default() += 1;
        }
        pools
    }

    fn pool_of(&self, handler: &HandlerName) -> String {
        let registrations = self.inbox.router().registrations();
        let known = registrations.iter().find(|registered| registered.has_name(handler));
        known.and_then(|registered| registered.pool()).unwrap_or(OWN_POOL).to_owned()
    }

    /// How long a pool needs for so many tasks.
    fn time_of(&self, pool: &str, count: usize) -> Duration {
        if let Some(over) = self.over {
            return over;
        }
        let slots = self.inbox.router().pools().find(|(name, _)| *name == pool);
        let slots = slots.map_or(USUAL_SLOTS, |(_, slots)| slots.max(1));
        self.each.saturating_mul(u32::try_from(count.div_ceil(slots)).unwrap_or(u32::MAX))
    }
}
