use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{DeliveryId, KeptStep};
use tokio::time::Instant;

use super::writer::Kind;
use super::{accepting, changing, leasing, looking, mending, naming, placing, purging, settling};
use crate::clock::{Pace, tell_set_back};
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery, NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Depth, Entry, Filter, Probe};
use crate::store::lease::{LeaseRequest, LeaseToken, Leases, Renewal};
use crate::store::purge::{Purge, Purged};
use crate::store::registry::{Claim, Numbers, Process, RegisteredName, TakerId};
use crate::store::settlement::{Because, Settled, Settlement};
use crate::store::task_id::TaskId;
use crate::stores::sqlite::sqlite_store::SqliteStore;

impl SqliteStore {
    /// Notices now and then that the clock was set back. What reads does not keep others from writing.
    async fn mend_moments(&self) -> Result<(), InboxError> {
        const DOING: &str = "compare its moments with the clock";
        let pace: &Pace = &self.clock_pace;
        if !pace.is_due() {
            return Ok(());
        }
        let since = Instant::now();
        if self.reader.read(DOING, mending::is_any_too_late).await? {
            tell_set_back(self.writer.submit(Kind::new(DOING), mending::mend).await?);
        }
        pace.looked(since.elapsed());
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    async fn register(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        let (process, claims) = (process.clone(), claims.to_vec());
        let kind = Kind::new("register its names");
        let registered = self
            .writer
            .submit(kind, move |session| naming::register(session, &process, &claims))
            .await?;
        registered.map_err(InboxError::from)
    }

    async fn registry(&self) -> Result<Vec<RegisteredName>, InboxError> {
        self.reader.read("read its registry", naming::registry).await
    }

    async fn leave(&self, process: &Process) -> Result<(), InboxError> {
        let process = process.clone();
        let kind = Kind::new("take leave");
        self.writer.submit(kind, move |session| naming::leave(session, &process)).await
    }

    async fn accept(&self, mut new: NewDelivery) -> Result<AcceptAnswer, InboxError> {
        let kind = Kind::new("accept a delivery").bytes(new.body.bytes.len()).must_stay();
        let room = Arc::clone(&self.room);
        let (answer, lease) = self
            .writer
            .submit(kind, move |session| {
                // Not while it waits for those before it: so few slots are enough for many.
                new.hold_slots();
                let lease = new.tasks.iter().filter_map(|task| task.lease).min();
                Ok((accepting::accept(session, &new, &room)?, lease))
            })
            .await?;
        let answer = answer.map_err(InboxError::from)?;
        if let Some(lease) = lease.filter(|_| !answer.handed_over.is_empty()) {
            self.waiting.expect_in(lease);
        }
        Ok(answer)
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leases, InboxError> {
        self.mend_moments().await?;
        let changes = self.waiting.look();
        let (limit, duration) = (request.limit, request.duration);
        let request = request.clone();
        let kind = Kind::new("lease tasks");
        let leases =
            self.writer.submit(kind, move |session| leasing::lease(session, &request)).await?;
        self.waiting.looked(changes, &leases, limit, duration);
        Ok(leases)
    }

    async fn renew(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let tokens = tokens.to_vec();
        self.writer
            .submit(Kind::new("renew leases"), move |session| {
                leasing::renew(session, &tokens, duration)
            })
            .await
    }

    async fn settle(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        if settlements.is_empty() {
            return Ok(Vec::new());
        }
        for (_, settlement) in settlements {
            if let Settlement::Again { after, because, .. } = settlement {
                self.waiting.expect_in(*after);
                // What was woken meanwhile is due at once.
                if *because == Because::Wait {
                    self.waiting.expect_in(Duration::ZERO);
                }
            }
        }
        let settlements = settlements.to_vec();
        let kind = Kind::new("settle tasks");
        self.writer.submit(kind, move |session| settling::settle(session, &settlements)).await
    }

    async fn keep_step(&self, token: LeaseToken, step: &KeptStep) -> Result<bool, InboxError> {
        let step = step.clone();
        let kind = Kind::new("keep a step").bytes(step.json.len()).must_stay();
        self.writer.submit(kind, move |session| settling::keep_step(session, token, &step)).await
    }

    async fn expire(&self) -> Result<Vec<TaskId>, InboxError> {
        const DOING: &str = "take back leases";
        self.mend_moments().await?;
        let after = self.passed_on.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (expired, is_passed_on, last) = self
            .writer
            .submit(Kind::new(DOING), move |session| {
                let expired = settling::expire(session)?;
                let (is_passed_on, last) = settling::pass_on(session, after.clone())?;
                Ok((expired, is_passed_on, last))
            })
            .await?;
        *self.passed_on.lock().unwrap_or_else(PoisonError::into_inner) = last;
        if is_passed_on || !expired.is_empty() {
            self.waiting.wake();
        }
        Ok(expired)
    }

    async fn unplaced(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        let takers = takers.to_vec();
        self.reader
            .read("look for tasks without a place", move |session| {
                placing::unplaced(session, &takers, limit)
            })
            .await
    }

    async fn place(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        let places = places.to_vec();
        let kind = Kind::new("place tasks");
        self.writer.submit(kind, move |session| placing::place(session, &places)).await
    }

    async fn wait(&self, at_most: Duration) {
        let _watching = self.watch.start();
        self.waiting.wait(at_most).await;
    }

    fn committed(&self) {
        self.waiting.wake();
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        let room = Arc::clone(&self.room);
        let kind = Kind::new("accept anything").must_stay();
        let probed =
            self.writer.submit(kind, move |session| accepting::probe(session, &room)).await?;
        probed.map_err(InboxError::from)
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.reader.read("count its tasks", looking::depth).await
    }

    async fn list(
        &self,
        filter: &Filter,
        before: Option<TaskId>,
    ) -> Result<Vec<Entry>, InboxError> {
        let filter = filter.clone();
        self.reader
            .read("list its tasks", move |session| looking::list(session, &filter, before))
            .await
    }

    async fn change(&self, task: TaskId, change: &TaskChange) -> Result<Changed, InboxError> {
        let change = change.clone();
        if let TaskChange::Revive { after, .. } = &change {
            self.waiting.expect_in(*after);
        }
        let kind = Kind::new("change a task").must_stay();
        self.writer.submit(kind, move |session| changing::change(session, task, &change)).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Purged, InboxError> {
        let purge = *purge;
        let kind = Kind::new("purge");
        self.writer.submit(kind, move |session| purging::purge(session, &purge)).await
    }

    async fn known(&self, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, InboxError> {
        let ids = ids.to_vec();
        self.reader.read("look for deliveries", move |session| looking::known(session, &ids)).await
    }

    async fn hold(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        let (role, process) = (role.to_owned(), process.clone());
        self.writer
            .submit(Kind::new("hold a role"), move |session| {
                naming::hold(session, &role, &process, duration)
            })
            .await
    }
}
