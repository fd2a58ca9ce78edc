use std::collections::VecDeque;
use std::fmt;

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::placing::unpack_body;
use crate::store::entry::{Entry, Filter};
use crate::store::task_id::TaskId;

/// So many tasks are read at a time: few queries for a long list, and little memory.
const PAGE: usize = 500;

/// So many with their bodies, which may have megabytes each.
const PAGE_OF_BODIES: usize = 20;

impl Inbox {
    /// The tasks that pass the filter, the last accepted first. They are read a page at a time, so that a
    /// list of a million takes no memory. What is accepted meanwhile is not in it.
    ///
    /// ```
    /// # use hookstead_inbox::{Filter, Inbox, InboxError, TaskState};
    /// # async fn list(inbox: &Inbox) -> Result<(), InboxError> {
    /// let mut dead = inbox.list(Filter::default().in_state(TaskState::Dead).at_most(usize::MAX));
    /// while let Some(task) = dead.next().await? {
    ///     println!("{} {}: {}", task.delivery.id, task.name, task.text.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self, filter: Filter) -> Listing {
        let left = filter.limit;
        Listing { inbox: self.clone(), filter, page: VecDeque::new(), before: None, left }
    }
}

/// A list of tasks, made by [`Inbox::list`].
#[must_use = "nothing is read until somebody asks for the next one"]
pub struct Listing {
    inbox: Inbox,
    filter: Filter,
    page: VecDeque<Entry>,
    /// The last one that was read.
    before: Option<TaskId>,
    /// So many may still be read.
    left: usize,
}

impl Listing {
    /// The next task, if there is one. With its body, if the filter asks for it and it is there; of one
    /// that is damaged what is stored stays in [`Entry::packed`].
    ///
    /// # Errors
    ///
    /// Fails when the store is down. Called again, it goes on where it was.
    pub async fn next(&mut self) -> Result<Option<Entry>, InboxError> {
        if self.page.is_empty() {
            self.read().await?;
        }
        let Some(mut entry) = self.page.pop_front() else { return Ok(None) };
        if let Some(packed) = entry.packed.take() {
            match unpack_body(packed.clone()).await {
                Ok(body) => entry.delivery.body = body,
                Err(error) => {
                    tracing::warn!(delivery = %entry.delivery.id, %error, "cannot show a body");
                    entry.packed = Some(packed);
                }
            }
        }
        Ok(Some(entry))
    }

    /// All that are left, at once.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn all(mut self) -> Result<Vec<Entry>, InboxError> {
        let mut all = Vec::new();
        while let Some(entry) = self.next().await? {
            all.push(entry);
        }
        Ok(all)
    }

    async fn read(&mut self) -> Result<(), InboxError> {
        let page = if self.filter.bodies { PAGE_OF_BODIES } else { PAGE };
        let limit = self.left.min(page);
        if limit == 0 {
            return Ok(());
        }
        let filter = Filter { limit, ..self.filter.clone() };
        let entries = self.inbox.store().list(&filter, self.before).await?;
        // A short page is the last one.
        self.left = if entries.len() < limit { 0 } else { self.left - limit };
        self.before = entries.last().map(|entry| entry.task);
        self.page = entries.into();
        Ok(())
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Listing")
            .field("filter", &self.filter)
            .field("before", &self.before)
            .finish_non_exhaustive()
    }
}
