//! A delivery that comes, for the first time or again.

use std::time::Duration;

use bytes::Bytes;
use hookstead_handler::{Delivery, End};

use super::deliveries::{Row, work_of};
use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{DeliveryNumber, Part, Place, Standing, State, Task};
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, Accepted, HandedOver, NewDelivery, NewTask};
use crate::store::entry::TaskState;
use crate::store::packed::Packed;
use crate::store::registry::{HandlerId, TakerId};
use crate::store::task_id::TaskId;

impl Shelf {
    pub(super) fn accept(
        &mut self,
        new: NewDelivery,
        now: Moment,
    ) -> Result<AcceptAnswer, InboxError> {
        self.check_names(&new)?;
        if self.deliveries.is_replay(&new.delivery) {
            return Ok(AcceptAnswer::new(Accepted::Replay));
        }
        match self.deliveries.find(&new.delivery) {
            None => self.accept_new(new, now),
            Some(number) if new.is_submitted => self.submitted_again(number, &new),
            Some(number) => self.accept_again(number, new, now),
        }
    }

    fn check_names(&self, new: &NewDelivery) -> Result<(), InboxError> {
        let takers = new.tasks.iter().map(|task| task.taker).chain(new.declined.iter().copied());
        for taker in takers {
            if self.registry.handler_of(taker).is_none() {
                let error = format!("no name was registered under the number {}", taker.0);
                return Err(InboxError::store("accept a delivery", error));
            }
        }
        Ok(())
    }

    fn accept_new(&mut self, new: NewDelivery, now: Moment) -> Result<AcceptAnswer, InboxError> {
        let others = self.other_names(&new, &[], now);
        let work = new.is_submitted.then(|| work_of(&new.delivery.event, &new.body));
        let count = new.tasks.len() + others.len();
        if count == 0 {
            let accepted = match new.declined.is_empty() {
                true => Accepted::New { tasks: 0 },
                false => Accepted::Declined,
            };
            self.deliveries.add(row(id_alone(&new.delivery), None, work, now));
            return Ok(AcceptAnswer::new(accepted));
        }
        self.make_room(new.body.bytes.len(), None, now)?;
        let number = self.deliveries.add(row(new.delivery, Some(new.body), work, now));
        let mut answer = AcceptAnswer::new(Accepted::New { tasks: as_u32(count) });
        for task in new.tasks {
            answer.handed_over.extend(self.write(number, task, now).1);
        }
        for taker in others {
            self.insert(Task::new(number, taker, Place::Unknown, now), now);
        }
        Ok(answer)
    }

    /// The names of the program that are alive, take the event and have no task yet, one for each handler.
    fn other_names(&self, new: &NewDelivery, have: &[HandlerId], now: Moment) -> Vec<TakerId> {
        let own = new.tasks.iter().map(|task| task.taker).chain(new.declined.iter().copied());
        let mut have: Vec<HandlerId> = own
            .filter_map(|taker| self.registry.handler_of(taker))
            .chain(have.iter().copied())
            .collect();
        let mut others = Vec::new();
        for taker in self.registry.taken_by(&new.program, &new.delivery.event, now) {
            if let Some(handler) = self.registry.handler_of(taker)
                && !have.contains(&handler)
            {
                have.push(handler);
                others.push(taker);
            }
        }
        others
    }

    /// Writes a new task, and leases it if that is wanted and nothing is in its way.
    fn write(
        &mut self,
        number: DeliveryNumber,
        new: NewTask,
        now: Moment,
    ) -> (TaskId, Option<HandedOver>) {
        let place = self.place_of(&new);
        let mut task = Task::new(number, new.taker, place, now);
        let lease = new.lease;
        task.is_reserved = lease.is_some();
        let id = self.insert(task, now);
        self.take_place(id, new, now);
        let handed_over = lease.and_then(|duration| self.hand_over(id, duration, now));
        if lease.is_some() && handed_over.is_none() {
            self.change(id, now, |task| task.is_reserved = false);
        }
        (id, handed_over)
    }

    fn hand_over(&mut self, id: TaskId, duration: Duration, now: Moment) -> Option<HandedOver> {
        let task = self.tasks.get(&id)?;
        let is_due = task.leasable_from().is_some_and(|due| due <= now);
        if !is_due || task.end.is_some() {
            return None;
        }
        let taker = task.taker;
        Some(HandedOver::new(taker, id, self.take(id, duration, now)))
    }

    /// Gives a task without a place its place.
    pub(super) fn place_one(&mut self, id: TaskId, new: NewTask, now: Moment) {
        if self.tasks.get(&id).is_some_and(|task| task.is_without_place()) {
            let place = self.place_of(&new);
            self.change(id, now, |task| task.place = place);
            self.take_place(id, new, now);
        }
    }

    /// The place of a task, before it joins its lane.
    fn place_of(&self, new: &NewTask) -> Place {
        match &new.lane {
            // It keeps none: whoever revives it asks for its lane again.
            _ if new.dead.is_some() || new.is_declined => Place::Unknown,
            Some(lane) => Place::In(self.lane(lane), Part::Gone),
            None => Place::Alone,
        }
    }

    /// A task with that place takes it.
    fn take_place(&mut self, id: TaskId, new: NewTask, now: Moment) {
        if new.is_declined {
            self.remove(id, now);
        } else if new.dead.is_some() {
            self.change(id, now, |task| task.end(End::Dead, new.dead));
        } else if new.lane.is_some() {
            self.join(id, now);
        }
    }

    /// What was submitted is never begun a second time.
    fn submitted_again(
        &self,
        number: DeliveryNumber,
        new: &NewDelivery,
    ) -> Result<AcceptAnswer, InboxError> {
        match self.deliveries.get(number) {
            Some(row) if !row.is_other_work(&new.delivery, &new.body) => {
                Ok(AcceptAnswer::new(self.duplicate(row)))
            }
            _ => Err(InboxError::another_under_the_id(new.delivery.id.as_str())),
        }
    }

    fn duplicate(&self, row: &Row) -> Accepted {
        let tasks = row.tasks.iter().filter_map(|id| self.tasks.get(id));
        let at_work = tasks.filter(|task| task.standing() == Standing::Open).count();
        Accepted::Duplicate { at_work: as_u32(at_work), tasks: as_u32(row.tasks.len()) }
    }

    /// *Redeliver*, task by task.
    fn accept_again(
        &mut self,
        number: DeliveryNumber,
        mut new: NewDelivery,
        now: Moment,
    ) -> Result<AcceptAnswer, InboxError> {
        let Some(row) = self.deliveries.get(number) else { return self.accept_new(new, now) };
        let known = row.tasks.clone();
        let have: Vec<HandlerId> = known
            .iter()
            .filter_map(|id| self.registry.handler_of(self.tasks.get(id)?.taker))
            .collect();
        let others = self.other_names(&new, &have, now);
        let (of_known, missing): (Vec<NewTask>, Vec<NewTask>) =
            new.tasks.drain(..).partition(|task| {
                self.registry.handler_of(task.taker).is_some_and(|it| have.contains(&it))
            });
        let is_at_work = row.standing == Standing::Open;
        let again: Vec<TaskId> =
            known.iter().copied().filter(|id| self.begins_again(*id, is_at_work)).collect();

        if again.is_empty() && missing.is_empty() && others.is_empty() {
            let nobody_wants_it = known.is_empty() && !new.declined.is_empty();
            let accepted = if nobody_wants_it { Accepted::Declined } else { self.duplicate(row) };
            self.make_due_now(&known, now);
            return Ok(AcceptAnswer::new(accepted));
        }
        let is_superseded = |id: &TaskId| self.newer(*id).is_some();
        let opens = !missing.is_empty() || !others.is_empty() || !again.iter().all(is_superseded);
        if !is_at_work && opens {
            let bytes = row.body.as_ref().unwrap_or(&new.body).bytes.len();
            self.make_room(bytes, Some(number), now)?;
        }
        self.write_again(number, new.delivery, new.body);
        self.make_due_now(&known, now);
        let (mut tasks, mut superseded) = (0, 0);
        let mut count = |is_superseded: bool| match is_superseded {
            true => superseded += 1,
            false => tasks += 1,
        };
        for id in again {
            count(self.again(id, now));
            if let Some(new) = of_known.iter().find(|new| self.is_same_handler(id, new.taker)) {
                // Where its lane could not be found out the last time.
                self.place_one(id, new.clone(), now);
            }
        }
        let mut handed_over = Vec::new();
        for new in missing {
            let (id, leased) = self.write(number, new, now);
            let end = self.tasks.get(&id).and_then(|task| task.end);
            count(end == Some(End::Superseded));
            handed_over.extend(leased);
        }
        for taker in others {
            self.insert(Task::new(number, taker, Place::Unknown, now), now);
            count(false);
        }
        Ok(AcceptAnswer { accepted: Accepted::Again { tasks, superseded }, handed_over })
    }

    fn begins_again(&self, id: TaskId, is_at_work: bool) -> bool {
        match self.tasks.get(&id).map(|task| task.standing()) {
            Some(Standing::Dead) => true,
            Some(Standing::Settled) => !is_at_work,
            Some(Standing::Open) | None => false,
        }
    }

    fn is_same_handler(&self, id: TaskId, taker: TakerId) -> bool {
        let of_task = self.tasks.get(&id).and_then(|task| self.registry.handler_of(task.taker));
        of_task == self.registry.handler_of(taker)
    }

    fn make_due_now(&mut self, tasks: &[TaskId], now: Moment) {
        for id in tasks {
            if let Some(task) = self.tasks.get(id)
                && let State::Waiting(due) = task.state
                && due > now
                && task.end.is_none()
            {
                self.change(*id, now, |task| task.wait(now));
            }
        }
    }

    /// A settled task goes on if it is dead, else begins its next run. `true`: a newer one of its lane is
    /// known, so that it is superseded at once, and stays settled.
    fn again(&mut self, id: TaskId, now: Moment) -> bool {
        if let Some(newer) = self.newer(id) {
            self.change(id, now, |task| {
                task.settle(now, TaskState::Superseded);
                task.marks.superseded_by = Some(newer);
            });
            return true;
        }
        self.change(id, now, |task| {
            if task.standing() != Standing::Dead {
                task.begin_run();
            }
            task.reopen(now);
        });
        self.join(id, now);
        false
    }

    /// Writes what is missing of a delivery that comes again.
    fn write_again(&mut self, number: DeliveryNumber, delivery: Delivery, body: Packed) {
        self.deliveries.change(number, |row| {
            if row.body.is_none() {
                row.body = Some(body);
            }
            if row.tasks.is_empty() {
                // What is known so far is its id alone.
                let fingerprint = row.delivery.fingerprint;
                row.delivery = delivery;
                row.delivery.body = Bytes::new();
                row.delivery.fingerprint = fingerprint;
            }
        });
    }
}

fn row(mut delivery: Delivery, body: Option<Packed>, work: Option<u64>, now: Moment) -> Row {
    delivery.body = Bytes::new();
    Row {
        delivery,
        body,
        tasks: Vec::new(),
        work,
        steps: 0,
        standing: Standing::Settled,
        since: now,
    }
}

/// What is written down of a delivery that nobody wants.
fn id_alone(delivery: &Delivery) -> Delivery {
    let mut known = Delivery::new(delivery.id.clone(), delivery.event.clone(), Bytes::new());
    known.hook = delivery.hook;
    known.received_at = delivery.received_at.clone();
    known.fingerprint = delivery.fingerprint;
    known
}

fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
