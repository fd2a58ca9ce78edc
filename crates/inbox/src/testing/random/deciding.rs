//! What people do, what is forgotten, and what the clock does.

use std::collections::BTreeSet;
use std::time::Duration;

use hookstead_handler::End;

use super::model::{self, Part, Phase, Task};
use super::operation::{Length, What};
use super::play::{BRIEF_IS_OVER, Game, Performed, same, step_of};
use crate::store::change::{Changed, TaskChange};
use crate::store::lease::LeaseRequest;
use crate::store::purge::Purge;
use crate::testing::support::{LONG, id};

/// So long it may take until a store notices that its clock was set.
const CLOCK_IS_READ: Duration = Duration::from_millis(1500);

impl Game<'_> {
    /// Whether the rules leave open who is newer: a rerun has changed what its lane is about.
    pub(super) fn is_open_who_is_newer(&self, delivery: usize) -> bool {
        let rerun: BTreeSet<&str> = self
            .model
            .tasks
            .iter()
            .filter(|task| task.rerun.is_some() && task.is_latest())
            .filter_map(|task| task.lane.as_ref())
            .map(|lane| lane.key.as_str())
            .collect();
        let mut of = self.model.tasks.iter().filter(|task| task.delivery == delivery);
        of.any(|task| {
            let is_without_place = task.is_settled() && !task.is_placed;
            let lane = task.lane.as_ref().map(|lane| lane.key.as_str());
            is_without_place || lane.is_some_and(|lane| rerun.contains(lane))
        })
    }

    pub(super) async fn change(&mut self, number: usize, what: What) -> Performed {
        if self.model.tasks.is_empty() {
            return Ok(Ok(()));
        }
        let at = number % self.model.tasks.len();
        let task = &self.model.tasks[at];
        let is_begun_anew = matches!(what, What::Rerun | What::Revive(..));
        let is_open = is_begun_anew && self.is_open_who_is_newer(task.delivery);
        if is_open && task.is_settled() {
            return Ok(Ok(()));
        }
        let change = match what {
            What::Rerun => TaskChange::Rerun,
            What::Cancel => TaskChange::Cancel { reason: "no more".to_owned() },
            What::Wake => TaskChange::Wake,
            What::Revive(forget, after) => TaskChange::Revive {
                forget: forget.map(step_of),
                after: if after == Length::Long { LONG } else { Duration::ZERO },
            },
        };
        let told = self.store.store.change(task.id, &change).await?;
        let expected = self.change_in_model(at, what);
        // A lease that is woken is changed or marked, and any of the newer ones may be named.
        let plain = |changed: Changed| match changed {
            Changed::Marked if matches!(what, What::Wake) => Changed::Changed,
            Changed::Superseded { .. } => Changed::Superseded { by: id("newer") },
            other => other,
        };
        Ok(same("the change", &plain(told), &plain(expected)))
    }

    pub(super) fn change_in_model(&mut self, at: usize, what: What) -> Changed {
        let (now, written) = (self.model.now, self.model.written);
        let has_body = self.model.bodies.contains(&self.model.tasks[at].delivery);
        let newer = self.model.newer(at);
        let task = &mut self.model.tasks[at];
        let is_running = !task.is_waiting() && !task.is_settled() && task.end.is_none();
        let is_waiting = task.is_waiting() && task.end.is_none();
        let is_halting = task.is_settled() && task.part == Part::Head;
        match what {
            What::Rerun if task.is_settled() && !has_body => Changed::NoBody,
            What::Rerun if task.is_settled() => {
                self.model.reopen(at, true, now);
                self.model.tasks[at].rerun = Some(written);
                if self.model.tasks[at].lane.is_some() {
                    self.model.tasks[at].part = Part::InLine;
                }
                self.model.elect_of(at);
                Changed::Changed
            }
            What::Revive(..) if task.is_settled() && task.end == Some(End::Dead) => {
                let What::Revive(forget, after) = what else { return Changed::Unknown };
                if !has_body {
                    return Changed::NoBody;
                }
                if let Some(by) = newer {
                    task.superseded_by = Some(by);
                    self.model.settle(at, Some(End::Superseded));
                    return Changed::Superseded { by: id("newer") };
                }
                if let Some(step) = forget {
                    task.steps.remove(&step);
                }
                let after = if after == Length::Long { model::LONG } else { 0 };
                self.model.reopen(at, false, now + after);
                self.model.join(at);
                Changed::Changed
            }
            What::Cancel if is_running => {
                task.is_canceled = true;
                Changed::Marked
            }
            What::Cancel if is_waiting => {
                task.is_canceled = true;
                self.model.end_waiting(at, End::Canceled);
                self.model.elect_of(at);
                Changed::Changed
            }
            What::Cancel if is_halting => {
                task.part = Part::Gone;
                task.end = Some(End::Canceled);
                self.model.elect_of(at);
                Changed::Changed
            }
            What::Wake if is_running => {
                task.is_woken = true;
                Changed::Marked
            }
            What::Wake if is_waiting => {
                task.due = task.due.min(now);
                self.model.elect_of(at);
                Changed::Changed
            }
            _ => Changed::Refused,
        }
    }

    pub(super) async fn purge(&mut self, is_all: bool) -> Performed {
        let rows = if is_all { Duration::ZERO } else { LONG };
        let mut purge = Purge::new(Duration::ZERO, rows, 1000);
        purge.untaken_after = LONG;
        self.store.store.purge(&purge).await?;
        for delivery in self.model.known.clone() {
            let mut of = self.model.tasks.iter().filter(|task| task.delivery == delivery);
            if !of.clone().all(Task::is_settled) {
                continue;
            }
            let is_dead = of.any(|task| task.end == Some(End::Dead));
            if is_all {
                let gone = |task: &&Task| task.delivery == delivery;
                let lanes: Vec<String> = self
                    .model
                    .tasks
                    .iter()
                    .filter(gone)
                    .filter_map(|task| Some(task.lane.as_ref()?.key.clone()))
                    .collect();
                self.model.tasks.retain(|task| task.delivery != delivery);
                self.model.known.remove(&delivery);
                self.model.bodies.remove(&delivery);
                lanes.iter().for_each(|lane| self.model.elect(lane));
            } else if !is_dead {
                self.model.bodies.remove(&delivery);
            }
        }
        Ok(Ok(()))
    }

    /// What waits, waits anew from now on: all that waits for a moment waits for the same one then.
    pub(super) async fn set_clock_back(&mut self) -> Performed {
        if self.store.clock.is_none() {
            return Ok(Ok(()));
        }
        self.store.set_clock(-60 * 60 * 1000).await;
        // Whoever looks for work finds out, within about a second.
        let nobody = LeaseRequest::new(Vec::new(), 0, LONG);
        self.store.store.lease(&nobody).await?;
        tokio::time::sleep(CLOCK_IS_READ).await;
        self.store.store.lease(&nobody).await?;
        tokio::time::sleep(BRIEF_IS_OVER).await;
        let now = self.model.now;
        for task in &mut self.model.tasks {
            match &mut task.phase {
                Phase::Waiting { .. } if task.due > now => task.due = now + model::LONG,
                Phase::Waiting { .. } => task.due = now,
                Phase::Leased { ends, length, .. } => *ends = now + *length,
                Phase::Settled => {}
            }
        }
        let lanes: BTreeSet<String> = self
            .model
            .tasks
            .iter()
            .filter_map(|task| Some(task.lane.as_ref()?.key.clone()))
            .collect();
        lanes.iter().for_each(|lane| self.model.elect(lane));
        Ok(Ok(()))
    }
}
