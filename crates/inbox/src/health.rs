use std::collections::{HashMap, HashSet};
use std::time::Duration;

use hookstead_handler::{DeliveryId, HandlerName};

use tokio::time::sleep;

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::store::entry::{Depth, Filter, Probe, TaskState};
use crate::store::registry::{HandlerId, RegisteredName};

/// A test that waits until nothing is due looks so often.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How an inbox is, besides that it accepts: see [`Inbox::probe`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Each name with a task that is due, and how long the oldest of them has been.
    pub oldest: Vec<OldestReady>,
    /// The pools of this process all of whose slots are held for longer than a handler should need: what
    /// waits for them waits for ever.
    pub held_pools: Vec<HeldPool>,
    /// For how long somebody has held a snapshot of the store's database: see [`Probe::oldest_snapshot`].
    pub oldest_snapshot: Option<Duration>,
}

/// The oldest task of a name that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OldestReady {
    /// The full name of the handler.
    pub name: HandlerName,
    /// For how long the task has been due.
    pub ready_for: Duration,
    /// Whether a process that has this handler is alive.
    pub is_alive: bool,
    /// Whether this process has it.
    pub is_own: bool,
}

/// A pool that does nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldPool {
    /// Its name; `None` is the worker's own.
    pub name: Option<String>,
    /// For how long all its slots have been held too long.
    pub held_for: Duration,
}

fn handler_of(known: &RegisteredName) -> HandlerId {
    known.numbers.handler
}

impl Inbox {
    /// The [roles](Self::hold) of recoveries begin like this.
    pub const RECOVERY: &str = "recovery";

    /// Proves that a delivery could be accepted now: the store writes what accepting writes, and takes it
    /// away again. So it is no guess: what stops accepting stops this (no room, no right to write, a server
    /// that only reads, a file that is not there any more). It costs what accepting costs, however much is in
    /// the inbox, so it may be called every few seconds for ever; and it gives up when accepting would.
    ///
    /// # Errors
    ///
    /// Fails when a delivery of the usual size would not be accepted, for the reason that it would not.
    pub async fn probe(&self) -> Result<Health, InboxError> {
        let Probe { oldest, oldest_snapshot } = self.store().probe().await?;
        let held = self.pools().held().into_iter().map(|(pool, held_for)| HeldPool {
            name: (pool != crate::names::OWN_POOL).then_some(pool),
            held_for,
        });
        let mut health = Health { oldest: Vec::new(), held_pools: held.collect(), oldest_snapshot };
        if oldest.is_empty() {
            return Ok(health);
        }
        let registry = self.store().registry().await?;
        // A handler that was renamed goes by its latest name, whatever its processes call it.
        let handlers: HashMap<&HandlerName, HandlerId> =
            registry.iter().map(|known| (&known.name, known.numbers.handler)).collect();
        let alive: HashSet<HandlerId> =
            registry.iter().filter(|known| known.is_alive()).map(handler_of).collect();
        let own: HashSet<HandlerId> = registry
            .iter()
            .filter(|known| known.processes.contains(&self.process().id))
            .map(handler_of)
            .collect();
        for (name, ready_for) in oldest {
            let is_in = |known: &HashSet<HandlerId>| {
                handlers.get(&name).is_some_and(|handler| known.contains(handler))
            };
            let (is_alive, is_own) = (is_in(&alive), is_in(&own));
            health.oldest.push(OldestReady { name, ready_for, is_alive, is_own });
        }
        Ok(health)
    }

    /// How many tasks there are, by name and state. Counting stops at [`Depth::MOST`] each, so it costs the
    /// same however much there is.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn depth(&self) -> Result<Depth, InboxError> {
        self.store().depth().await
    }

    /// Waits until nothing is due any more, and nothing runs: what is left waits for its time, or for somebody
    /// to take it. This is for tests, beside a [`Worker`](crate::Worker).
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn idle(&self) -> Result<(), InboxError> {
        loop {
            let depth = self.depth().await?;
            let taken = || depth.names.iter().filter(|name| name.is_alive);
            if taken().all(|name| name.ready == 0 && name.leased == 0) {
                return Ok(());
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// How long it takes until the next task is due that waits for its time; nothing where none does. For
    /// tests, which set their clock to it. It looks at all that waits.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn next_due(&self) -> Result<Option<Duration>, InboxError> {
        let filter = Filter::default().in_state(TaskState::Delayed).at_most(usize::MAX);
        let mut waiting = self.list(filter);
        let mut next: Option<jiff::Timestamp> = None;
        while let Some(task) = waiting.next().await? {
            let due = task.due_at.and_then(|due| due.instant());
            next = next.into_iter().chain(due).min();
        }
        let left = next.map(|next| next.duration_since(jiff::Timestamp::now()));
        Ok(left.map(|left| Duration::try_from(left).unwrap_or_default()))
    }

    /// Which of these deliveries the inbox knows, in whatever state; also those that every handler
    /// declined.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        self.store().known(ids).await
    }

    /// The names that ever took something of this store: of this program and of others.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.store().registry().await
    }

    /// Takes or keeps a role for so long, which one process at a time has. `false`: another one has it.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn hold(&self, role: &str, duration: Duration) -> Result<bool, InboxError> {
        if role.starts_with(Self::RECOVERY) {
            self.tell_of_recovery();
        }
        self.store().hold(role, self.process(), duration).await
    }
}
