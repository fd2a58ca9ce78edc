//! Plays a sequence on a store and on the model, and compares them after each operation.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use hookstead_handler::DeliveryId;

use super::model::{self, Model, Phase, Task};
use super::operation::{DELIVERIES, Length, NAMES, Operation, Sequence};
use crate::error::InboxError;
use crate::store::entry::{Entry, Filter, TaskState};
use crate::store::lease::LeaseToken;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;
use crate::testing::support::{LONG, Program, id};
use crate::testing::test_store::TestStore;

/// What a store and the model do not agree about.
pub(super) type Difference = String;

/// What came of an operation. The outer error is the store's own.
pub(super) type Performed = Result<Result<(), Difference>, InboxError>;

/// Long enough for a lease that is brief to have ended, whichever clock is read.
pub(super) const BRIEF_IS_OVER: Duration = Duration::from_millis(5);

/// So much later is what comes next, in a clock of whole milliseconds.
const TICK: Duration = Duration::from_millis(2);

/// The names of the two processes: they share one.
pub(super) const OF_PROCESS: [[usize; 2]; 2] = [[0, 1], [1, 2]];

pub(super) struct Game<'a> {
    pub(super) store: &'a TestStore,
    pub(super) sequence: &'a Sequence,
    pub(super) programs: [Program; 2],
    pub(super) takers: [TakerId; NAMES],
    pub(super) model: Model,
    /// Every token that somebody got.
    pub(super) tokens: Vec<LeaseToken>,
    pub(super) is_second_alive: bool,
}

/// Plays the whole sequence. The error names the operation, and what differs after it.
pub(super) async fn play(store: &TestStore, sequence: &Sequence) -> Result<(), Difference> {
    let programs = [
        Program::start(&store.store, "game", &["a", "b"]).await,
        Program::start(&store.store, "game", &["b", "c"]).await,
    ];
    let takers = [programs[0].takers[0], programs[0].takers[1], programs[1].takers[1]];
    let mut game = Game {
        store,
        sequence,
        programs,
        takers,
        model: Model::default(),
        tokens: Vec::new(),
        is_second_alive: true,
    };
    for (number, operation) in sequence.operations.iter().enumerate() {
        game.model.now += 1000;
        let done = match game.perform(operation).await {
            Ok(done) => done,
            Err(error) => Err(format!("it failed: {error:?}")),
        };
        tokio::time::sleep(TICK).await;
        let compared = match done {
            Ok(()) => game.compare().await.unwrap_or_else(|error| Err(format!("{error:?}"))),
            Err(difference) => Err(difference),
        };
        compared.map_err(|difference| {
            format!("after operation {number}, {operation:?}: {difference}")
        })?;
    }
    Ok(())
}

pub(super) fn same<T: PartialEq + Debug + ?Sized>(
    what: &str,
    store: &T,
    model: &T,
) -> Result<(), Difference> {
    if store == model {
        return Ok(());
    }
    Err(format!("{what}: the store says {store:?}, the model {model:?}"))
}

pub(super) fn milliseconds(length: Length) -> u64 {
    match length {
        Length::Brief => model::BRIEF,
        Length::Long => model::LONG,
    }
}

pub(super) fn duration(length: Length) -> Duration {
    match length {
        Length::Brief => Duration::from_millis(model::BRIEF),
        Length::Long => LONG,
    }
}

pub(super) fn text_of(delivery: usize) -> String {
    format!("delivery-{delivery}")
}

pub(super) fn step_of(number: usize) -> String {
    format!("step-{number}")
}

impl Game<'_> {
    /// What the store does is done in the model, too.
    async fn perform(&mut self, operation: &Operation) -> Performed {
        match operation {
            Operation::Accept { process, delivery, hand_over, answer } => {
                self.accept(*process, *delivery, *hand_over, *answer).await
            }
            Operation::Lease { .. } => self.lease(operation).await,
            Operation::Renew { token, length } => self.renew(*token, *length).await,
            Operation::Settle { token, how } => self.settle(*token, *how).await,
            Operation::Keep { token, step } => self.keep(*token, *step).await,
            Operation::Expire => self.expire().await,
            Operation::Place { process } => self.place(*process).await,
            Operation::TaskChange { task, what } => self.change(*task, *what).await,
            Operation::Purge { is_all } => self.purge(*is_all).await,
            Operation::Leave => {
                self.store.store.leave(&self.programs[1].process).await?;
                self.is_second_alive = false;
                Ok(Ok(()))
            }
            Operation::Beat => {
                for program in &self.programs {
                    self.store.store.register(&program.process, &program.claims).await?;
                }
                self.is_second_alive = true;
                Ok(Ok(()))
            }
            Operation::ClockBack => self.set_clock_back().await,
        }
    }

    /// Waits until a lease or a pause of this length is over, if it is a brief one.
    pub(super) async fn let_pass(length: Length) {
        if length == Length::Brief {
            tokio::time::sleep(BRIEF_IS_OVER).await;
        }
    }

    pub(super) fn at(&self, id: TaskId) -> Option<usize> {
        self.model.tasks.iter().position(|task| task.id == id)
    }

    /// The task that nobody leased since this token, and whether the lease is held.
    pub(super) fn of_token(&self, token: LeaseToken) -> Option<(usize, bool)> {
        let is_of = |task: &Task| match task.phase {
            Phase::Leased { token: it, .. } => it == Some(token),
            Phase::Waiting { late } => late == Some(Some(token)),
            Phase::Settled => false,
        };
        let at = self.model.tasks.iter().position(is_of)?;
        Some((at, !self.model.tasks[at].is_waiting()))
    }

    /// Mostly one that is held; the last ones first.
    pub(super) fn token(&self, number: usize) -> Option<LeaseToken> {
        let held: Vec<_> = self.tokens.iter().filter(|it| self.of_token(**it).is_some()).collect();
        match number % 5 {
            _ if self.tokens.is_empty() => None,
            0 => self.tokens.get(number % self.tokens.len()).copied(),
            _ if held.is_empty() => None,
            _ => Some(*held[number % held.len()]),
        }
    }

    /// Whether the store tells of every task what the model does.
    async fn compare(&self) -> Performed {
        let filter = Filter::default().at_most(1000).with_bodies();
        let mut entries = self.store.store.list(&filter, None).await?;
        entries.sort_by_key(|entry| entry.task);
        let told: Vec<TaskId> = entries.iter().map(|entry| entry.task).collect();
        let mut tasks: Vec<&Task> = self.model.tasks.iter().collect();
        tasks.sort_by_key(|task| task.id);
        let expected: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
        let mut compared = same("the tasks", &told, &expected);
        for (entry, task) in entries.iter().zip(&tasks) {
            compared = compared.and_then(|()| self.compare_one(entry, task));
        }
        let leased = tasks.iter().filter(|it| matches!(it.phase, Phase::Leased { .. })).count();
        let depth = self.store.store.depth().await?;
        let told: u64 = depth.names.iter().map(|name| name.leased).sum();
        let known: BTreeSet<DeliveryId> =
            self.model.known.iter().map(|it| id(&text_of(*it))).collect();
        let asked: Vec<_> = (0..DELIVERIES).map(|it| id(&text_of(it))).collect();
        let told_known = self.store.store.known(&asked).await?;
        Ok(compared
            .and_then(|()| same("how many are leased", &told, &(leased as u64)))
            .and_then(|()| same("what is known", &told_known.into_iter().collect(), &known)))
    }

    pub(super) fn compare_one(&self, entry: &Entry, task: &Task) -> Result<(), Difference> {
        let what = |what: &str| format!("{what} of {:?} of {}", entry.name, entry.delivery.id);
        // What is brief is over by now.
        let state = task.state(self.model.now + 999);
        let is_state_open = state.is_none() && entry.state != TaskState::Leased;
        if !is_state_open {
            same(&what("the state"), &Some(entry.state), &state)?;
        }
        same(&what("whether it ends"), &entry.is_ending, &task.is_ending())?;
        same(&what("the run"), &entry.run, &task.run)?;
        if !task.is_number_open {
            same(&what("the number"), &entry.number, &task.number)?;
        }
        same(&what("the failures"), &entry.failures, &task.failures)?;
        if !task.is_abandoned_open && !task.is_settled() {
            same(&what("the abandoned leases"), &entry.abandoned, &task.abandoned)?;
        }
        let lane = task.lane.as_ref().map(|lane| lane.key.clone());
        same(&what("the lane"), &entry.lane, &lane)?;
        let is_superseded = entry.superseded_by.is_some();
        same(&what("superseded by"), &is_superseded, &task.superseded_by.is_some())?;
        let mut steps = entry.steps.clone();
        steps.sort();
        let expected: Vec<String> = task.steps.iter().map(|step| step_of(*step)).collect();
        same(&what("the steps"), &steps, &expected)?;
        let has_body = self.model.bodies.contains(&task.delivery);
        same(&what("the body"), &entry.packed.is_some(), &has_body)
    }
}

pub(super) fn name_of(name: usize) -> String {
    format!("game.{}", ["a", "b", "c"][name])
}
