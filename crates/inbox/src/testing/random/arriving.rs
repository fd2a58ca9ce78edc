//! Deliveries come in, and their tasks get their places.

use std::collections::BTreeSet;

use hookstead_handler::End;

use super::model::{Phase, Task};
use super::operation::{Answer, Length, NAMES};
use super::play::{Game, OF_PROCESS, Performed, duration, milliseconds, name_of, same, text_of};
use crate::store::accept::{Accepted, NewTask};
use crate::store::entry::Filter;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;
use crate::testing::support::id;

impl Game<'_> {
    pub(super) async fn accept(
        &mut self,
        process: usize,
        delivery: usize,
        hand_over: Option<Length>,
        answer: Answer,
    ) -> Performed {
        let is_new = !self.model.known.contains(&delivery);
        if process == 1 && !self.is_second_alive || !is_new && self.is_open_who_is_newer(delivery) {
            return Ok(Ok(()));
        }
        let program = &self.programs[process];
        let mut new = program.new_delivery(&text_of(delivery));
        new.tasks.clear();
        for name in OF_PROCESS[process] {
            let mut task = NewTask::new(self.takers[name]);
            task.lane = self.sequence.lanes[delivery][name].clone();
            task.lease = hand_over.map(duration);
            new.tasks.push(task);
        }
        let told = self.store.store.accept(new).await?;
        let told_tasks: Vec<TaskId> = told.handed_over.iter().map(|it| it.task).collect();

        let have: Vec<usize> =
            self.model.of(delivery).map(|at| self.model.tasks[at].name).collect();
        let known: Vec<usize> = self.model.of(delivery).collect();
        let (begun, superseded, at_work) = self.redeliver(&known);
        let mut written = Vec::new();
        for name in OF_PROCESS[process].into_iter().filter(|name| !have.contains(name)) {
            let at = self.model.write(delivery, name);
            self.model.place(at, self.sequence.lanes[delivery][name].clone());
            written.push(at);
            let is_handed_over = hand_over.is_some()
                && self.model.tasks[at].is_due(self.model.now)
                && self.model.tasks[at].end.is_none();
            if let (true, Some(length)) = (is_handed_over, hand_over) {
                let handed_over = told.handed_over.iter().find(|it| it.taker == self.takers[name]);
                let token = handed_over.map(|it| it.token);
                self.model.take(at, token, milliseconds(length));
            }
        }
        let is_alive = |name: usize| name < 2 || self.is_second_alive;
        for name in (0..NAMES).filter(|name| !OF_PROCESS[process].contains(name)) {
            if !have.contains(&name) && is_alive(name) {
                written.push(self.model.write(delivery, name));
            }
        }
        self.model.known.insert(delivery);
        self.model.bodies.insert(delivery);
        // Their numbers are learned by the list.
        if let Err(difference) = self.learn_ids(delivery).await? {
            return Ok(Err(difference));
        }
        if answer == Answer::Arrives {
            self.tokens.extend(told.handed_over.iter().map(|it| it.token));
        }
        if let Some(length) = hand_over {
            Self::let_pass(length).await;
        }
        let all = u32::try_from(have.len() + written.len()).unwrap_or(u32::MAX);
        let written_again = u32::try_from(written.len()).unwrap_or(u32::MAX);
        let expected = match () {
            () if is_new => Accepted::New { tasks: all },
            () if begun + superseded + written_again == 0 => {
                Accepted::Duplicate { at_work, tasks: all }
            }
            () => Accepted::Again { tasks: begun + written_again, superseded },
        };
        // A new task that is superseded at once may be counted as either.
        let summed = |accepted| match accepted {
            Accepted::Again { tasks, superseded } => {
                Accepted::Again { tasks: tasks + superseded, superseded: 0 }
            }
            other => other,
        };
        let handed_over = |at: &usize| match self.model.tasks[*at].phase {
            Phase::Leased { .. } => Some(self.model.tasks[*at].id),
            _ => None,
        };
        let expected_tasks: BTreeSet<TaskId> = written.iter().filter_map(handed_over).collect();
        Ok(same("the answer", &summed(told.accepted), &summed(expected))
            .and_then(|()| same("handed over", &told_tasks.into_iter().collect(), &expected_tasks)))
    }

    /// The row *Redeliver*. Returns how many begin again, how many are superseded at once, and how many
    /// were at work.
    pub(super) fn redeliver(&mut self, known: &[usize]) -> (u32, u32, u32) {
        let model = &mut self.model;
        let at_work = known.iter().filter(|at| !model.tasks[**at].is_settled()).count();
        let (mut begun, mut superseded) = (0, 0);
        let states: Vec<_> =
            known.iter().map(|at| (model.tasks[*at].phase, model.tasks[*at].end)).collect();
        for (at, (phase, end)) in known.iter().copied().zip(states) {
            match (phase, end) {
                (Phase::Waiting { .. }, None) => {
                    model.tasks[at].due = model.tasks[at].due.min(model.now);
                    model.elect_of(at);
                }
                (Phase::Settled, end) if end == Some(End::Dead) || at_work == 0 => {
                    if let Some(by) = model.newer(at) {
                        model.tasks[at].superseded_by = Some(by);
                        model.settle(at, Some(End::Superseded));
                        superseded += 1;
                    } else {
                        model.reopen(at, end != Some(End::Dead), model.now);
                        model.join(at);
                        begun += 1;
                    }
                }
                _ => {}
            }
        }
        (begun, superseded, u32::try_from(at_work).unwrap_or(u32::MAX))
    }

    /// The store's numbers of the tasks that were just written.
    pub(super) async fn learn_ids(&mut self, delivery: usize) -> Performed {
        let filter = Filter::default().with_id(id(&text_of(delivery)));
        let entries = self.store.store.list(&filter, None).await?;
        for at in self.model.of(delivery).collect::<Vec<_>>() {
            let name = name_of(self.model.tasks[at].name);
            match entries.iter().find(|entry| entry.name.as_str() == name) {
                Some(entry) => self.model.tasks[at].id = entry.task,
                None => return Ok(Err(format!("there should be a task of {name}: {entries:?}"))),
            }
        }
        Ok(Ok(()))
    }

    pub(super) async fn place(&mut self, process: usize) -> Performed {
        if process == 1 && !self.is_second_alive {
            return Ok(Ok(()));
        }
        let names = OF_PROCESS[process];
        let takers: Vec<TakerId> = names.iter().map(|name| self.takers[*name]).collect();
        let unplaced = self.store.store.unplaced(&takers, 100).await?;
        let is_of = |task: &&Task| {
            let waits = task.is_waiting() && task.end.is_none();
            waits && !task.is_placed && names.contains(&task.name)
        };
        let expected: Vec<TaskId> = self.model.tasks.iter().filter(is_of).map(|it| it.id).collect();
        let told: Vec<TaskId> = unplaced.iter().map(|it| it.task).collect();
        let compared = same("without a place", &told, &expected);
        if compared.is_err() {
            return Ok(compared);
        }
        let mut places = Vec::new();
        for task in expected {
            let Some(at) = self.at(task) else { continue };
            let (delivery, name) = (self.model.tasks[at].delivery, self.model.tasks[at].name);
            let lane = self.sequence.lanes[delivery][name].clone();
            let mut place = NewTask::new(self.takers[name]);
            place.lane.clone_from(&lane);
            places.push((task, place));
            self.model.place(at, lane);
        }
        self.store.store.place(&places).await?;
        // Which of those that ended by it was first, is open.
        let now = self.model.now;
        for task in self.model.tasks.iter_mut().filter(|task| task.is_ending()) {
            task.is_due_open |= task.due == now;
        }
        Ok(Ok(()))
    }
}
