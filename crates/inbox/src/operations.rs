use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use hookstead_handler::{DeliveryId, HandlerName};

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::log;
use crate::store::change::{Changed, TaskChange};
use crate::store::entry::{Entry, Filter, TaskState};
use crate::store::task_id::TaskId;

/// Which tasks an operation is for: one, or those of a delivery. Where several handlers have a task of the
/// delivery, say [whose](Self::of) is meant, or [every one's](Self::of_every_handler).
///
/// ```
/// use hookstead_handler::DeliveryId;
/// use hookstead_inbox::{Selection, TaskId};
///
/// let id: DeliveryId = "72d3162e".parse()?;
/// let the_only_one = Selection::from(&id);
/// let one_of_several = Selection::from(id).of("ci_server.audit".parse()?);
/// let by_number = Selection::from(TaskId(17));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    which: Which,
    whose: Whose,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    Task(TaskId),
    Delivery(DeliveryId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    TheOnly,
    Named(HandlerName),
    Every,
}

impl Selection {
    /// Only those of the handler with this full name.
    #[must_use]
    pub fn of(mut self, handler: HandlerName) -> Self {
        self.whose = Whose::Named(handler);
        self
    }

    /// Those of all its handlers.
    #[must_use]
    pub fn of_every_handler(mut self) -> Self {
        self.whose = Whose::Every;
        self
    }
}

impl From<TaskId> for Selection {
    fn from(task: TaskId) -> Self {
        Self { which: Which::Task(task), whose: Whose::TheOnly }
    }
}

impl From<DeliveryId> for Selection {
    fn from(id: DeliveryId) -> Self {
        Self { which: Which::Delivery(id), whose: Whose::TheOnly }
    }
}

impl From<&DeliveryId> for Selection {
    fn from(id: &DeliveryId) -> Self {
        id.clone().into()
    }
}

/// What an operation did with one task. As text it is a line for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedTask {
    /// The task.
    pub task: TaskId,
    /// The id of its delivery.
    pub delivery: DeliveryId,
    /// The full name of the handler that it is for.
    pub handler: HandlerName,
    /// Its state before, or a moment before.
    pub was: TaskState,
    /// What came of it.
    pub changed: Changed,
}

impl ChangedTask {
    /// Whether the operation did something, or will.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        matches!(self.changed, Changed::Changed | Changed::Marked)
    }
}

impl fmt::Display for ChangedTask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delivery, handler, was, changed, .. } = self;
        match changed {
            Changed::Refused => write!(formatter, "{delivery} {handler}: refused, it is {was}"),
            _ => write!(formatter, "{delivery} {handler}: {changed} (it was {was})"),
        }
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => formatter.write_str("changed"),
            Self::Marked => formatter.write_str("it runs, and will be told"),
            Self::Superseded { by } => write!(formatter, "superseded by {by}, which is newer"),
            Self::Refused => formatter.write_str("refused"),
            Self::NoBody => {
                formatter.write_str("refused, its body is gone: only a redelivery brings it back")
            }
            Self::Unknown => formatter.write_str("not there any more"),
        }
    }
}

/// # Operations
///
/// What a person, or a program, does to tasks that are there already. Each returns what came of it, task by
/// task; a delivery that one hook sent and another one as well has tasks for both. Nothing is returned
/// where there is no such task.
///
/// | | waiting | running | done, superseded, canceled | dead |
/// |---|---|---|---|---|
/// | `rerun` | refused | refused | new run, steps forgotten | new run, steps forgotten |
/// | `revive` | refused | refused | refused | goes on: counters 0, steps kept |
/// | `cancel` | canceled | told within 2 s | refused | refused |
/// | `wake` | due now | its next wait is over at once | refused | refused |
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// # use hookstead_events::AnyEvent;
/// # use hookstead_handler::{Attempt, Delivery, DeliveryId, Router, handler_fn};
/// use hookstead_inbox::{Inbox, MemoryStore, TaskState};
///
/// # let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
/// let inbox = Inbox::new(MemoryStore::new(), router);
/// let id: DeliveryId = "72d3162e".parse()?;
/// inbox.accept(Delivery::new(id.clone(), "push".into(), "{}")).await?;
///
/// let canceled = inbox.cancel(&id, "not this one").await?;
/// assert!(canceled[0].is_changed());
/// // It has ended, but for `ended`, which a worker calls next.
/// assert!(!inbox.cancel(&id, "not this one").await?[0].is_changed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// All fail when the store is down, and with a sentence that lists the names when several handlers have a
/// task of the delivery and none is named.
impl Inbox {
    /// What a task [waits](hookstead_handler::HandlerError::wait) for is there, or what it was
    /// postponed for is over: it is due now.
    ///
    /// # Errors
    ///
    /// See [operations](#operations).
    pub async fn wake(&self, tasks: impl Into<Selection>) -> Result<Vec<ChangedTask>, InboxError> {
        self.change(tasks.into(), &TaskChange::Wake).await
    }

    /// Ends tasks, for this reason. One that runs is told within two seconds; if its handler is done by
    /// then, it is done.
    ///
    /// # Errors
    ///
    /// See [operations](#operations).
    pub async fn cancel(
        &self,
        tasks: impl Into<Selection>,
        reason: impl Into<String>,
    ) -> Result<Vec<ChangedTask>, InboxError> {
        self.change(tasks.into(), &TaskChange::Cancel { reason: reason.into() }).await
    }

    /// Does settled tasks once more, from the beginning: a new run, without the steps of the last one. It
    /// supersedes nobody.
    ///
    /// # Errors
    ///
    /// See [operations](#operations).
    pub async fn rerun(&self, tasks: impl Into<Selection>) -> Result<Vec<ChangedTask>, InboxError> {
        self.change(tasks.into(), &TaskChange::Rerun).await
    }

    /// Lets dead tasks go on where they were, with the steps that were done.
    /// [`revive_all`](Self::revive_all) does it to many at once.
    ///
    /// # Errors
    ///
    /// See [operations](#operations).
    pub async fn revive(
        &self,
        tasks: impl Into<Selection>,
    ) -> Result<Vec<ChangedTask>, InboxError> {
        let change = TaskChange::Revive { forget: None, after: Duration::ZERO };
        self.change(tasks.into(), &change).await
    }

    /// The same, but the step with this name is done again.
    ///
    /// # Errors
    ///
    /// See [operations](#operations).
    pub async fn revive_forgetting(
        &self,
        tasks: impl Into<Selection>,
        step: impl Into<String>,
    ) -> Result<Vec<ChangedTask>, InboxError> {
        let change = TaskChange::Revive { forget: Some(step.into()), after: Duration::ZERO };
        self.change(tasks.into(), &change).await
    }

    async fn change(
        &self,
        tasks: Selection,
        change: &TaskChange,
    ) -> Result<Vec<ChangedTask>, InboxError> {
        let mut all = Vec::new();
        for entry in self.select(tasks).await? {
            all.push(self.change_one(entry, change).await?);
        }
        Ok(all)
    }

    /// Changes one task, and says so in the log.
    pub(crate) async fn change_one(
        &self,
        entry: Entry,
        change: &TaskChange,
    ) -> Result<ChangedTask, InboxError> {
        let changed = self.store().change(entry.task, change).await?;
        log::changed(&entry, change, &changed);
        let Entry { task, name: handler, state: was, delivery, .. } = entry;
        Ok(ChangedTask { task, delivery: delivery.id, handler, was, changed })
    }

    /// The tasks that are meant.
    async fn select(&self, selection: Selection) -> Result<Vec<Entry>, InboxError> {
        let Selection { which, whose } = selection;
        let id = match which {
            Which::Task(task) => {
                let filter = Filter::default().at_most(1);
                let entries =
                    self.store().list(&filter, Some(TaskId(task.0.saturating_add(1)))).await?;
                return Ok(entries.into_iter().filter(|entry| entry.task == task).collect());
            }
            Which::Delivery(id) => id,
        };
        let filter = Filter::default().with_id(id.clone()).at_most(usize::MAX);
        let filter = match &whose {
            Whose::Named(name) => filter.of_name(name.clone()),
            Whose::TheOnly | Whose::Every => filter,
        };
        let entries = self.list(filter).all().await?;
        if whose == Whose::TheOnly {
            let names: BTreeSet<&HandlerName> = entries.iter().map(|entry| &entry.name).collect();
            if names.len() > 1 {
                let names: Vec<HandlerName> = names.into_iter().cloned().collect();
                return Err(InboxError::several_handlers(id.as_str(), &names));
            }
        }
        Ok(entries)
    }
}
