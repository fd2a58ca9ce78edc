//! Work of one's own: the other way in.

use std::sync::Arc;

use crate::accepting::{Origin, without_body};
use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::log;
use crate::names::Names;
use crate::packing::pack;
use crate::store::accept::{Accepted, NewDelivery};
use crate::timed::within;
use crate::work::Work;

/// What became of work that was [submitted](Inbox::submit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Submitted {
    /// It is new, and will be done.
    New {
        /// How many handlers have a task for it.
        tasks: u32,
    },
    /// It was submitted before. Nothing changed.
    Duplicate {
        /// How many of its tasks are not settled yet.
        at_work: u32,
        /// All its tasks.
        tasks: u32,
    },
    /// Every handler said no to it. The id is known from now on.
    Declined,
}

impl Inbox {
    /// Writes down work of one's own. When this returns, it survives a power cut, as far as the store
    /// promises it.
    ///
    /// It is done by the handlers of this program that take its event, or of the one that it is
    /// [for](Work::to), in this process or in others. **The same id is never done twice**: it is a duplicate in
    /// whatever state its tasks are, as long as the id is [kept](Self::keep_settled). Who wants it done again
    /// asks for a [rerun](Self::rerun).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// use hookstead_events::AnyEvent;
    /// use hookstead_handler::{Attempt, Router, handler_fn};
    /// use hookstead_inbox::{Inbox, MemoryStore, Submitted, Work};
    ///
    /// let router = Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
    /// let inbox = Inbox::new(MemoryStore::new(), router);
    ///
    /// let work = Work::new("hookstead.nightly", "nightly-2026-11-27", "all branches")?;
    /// assert_eq!(inbox.submit(work.clone()).await?, Submitted::New { tasks: 1 });
    /// let known = inbox.submit(work).await?;
    /// assert_eq!(known, Submitted::Duplicate { at_work: 1, tasks: 1 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as [`accept`](Self::accept) does; when no process of the program that takes the event was seen
    /// within ten minutes; and when another event or payload was submitted under the id.
    pub async fn submit(&self, work: Work) -> Result<Submitted, InboxError> {
        within(self.settings.accept_deadline, "write down work", async {
            let accepted = match self.check_takers(&work).await? {
                Some(names) => {
                    let writing = self.prepare_delivery(names, work.delivery, Origin::Submitted);
                    self.write(writing.await).await?
                }
                None => {
                    let delivery = work.delivery.clone();
                    let answer = self.write_making_room(for_others(work).await).await?;
                    log::accepted(&delivery, &answer.accepted);
                    answer.accepted
                }
            };
            Ok(accepted.into())
        })
        .await
    }

    /// What is written down for this work, for a transaction of one's own: see `submit_in` of the
    /// stores for SQLite and PostgreSQL. Nothing is done yet. When the transaction is committed,
    /// [`committed`](Self::committed) tells of it.
    ///
    /// # Errors
    ///
    /// Fails when no process that takes the event was seen within ten minutes, and when the inbox cannot
    /// [start](Self::start).
    pub async fn prepare(&self, work: Work) -> Result<NewDelivery, InboxError> {
        match self.check_takers(&work).await? {
            Some(names) => {
                let writing = self.prepare_delivery(names, work.delivery, Origin::Submitted);
                Ok(writing.await.into_new())
            }
            None => Ok(for_others(work).await),
        }
    }

    /// Says in the log, and counts, what was written in a transaction of one's own, and has the worker look for it
    /// at once. To be called when that is committed, with what the store answered.
    pub fn committed(&self, new: &NewDelivery, accepted: &Accepted) -> Submitted {
        log::accepted(&new.delivery, accepted);
        self.store().committed();
        accepted.clone().into()
    }

    /// Makes sure that somebody takes this work. Returns the names of this process if it is for its own
    /// program.
    async fn check_takers(&self, work: &Work) -> Result<Option<Arc<Names>>, InboxError> {
        let names = self.names().await?;
        let own = &self.process().program;
        let program = work.program.as_ref().unwrap_or(own);
        let is_own = program == own;
        let is_taken = is_own && names.taking(work.event()).next().is_some()
            || self.fresh_names(Arc::clone(&names)).await.others_take(program, work.event());
        if !is_taken {
            return Err(InboxError::nobody_takes(work.event().as_str(), program));
        }
        Ok(is_own.then_some(names))
    }
}

/// Work for another program: its processes find out the lanes.
async fn for_others(work: Work) -> NewDelivery {
    let Work { delivery, program } = work;
    let body = pack(delivery.body.clone()).await;
    let mut new = NewDelivery::new(without_body(delivery), body, program.unwrap_or_default());
    new.is_submitted = true;
    new
}

impl From<Accepted> for Submitted {
    fn from(accepted: Accepted) -> Self {
        match accepted {
            Accepted::New { tasks } => Self::New { tasks },
            Accepted::Duplicate { at_work, tasks } => Self::Duplicate { at_work, tasks },
            Accepted::Declined => Self::Declined,
            // Neither comes of what was submitted; both would mean that the id is known.
            Accepted::Again { tasks, .. } => Self::Duplicate { at_work: tasks, tasks },
            Accepted::Replay => Self::Duplicate { at_work: 0, tasks: 0 },
        }
    }
}
