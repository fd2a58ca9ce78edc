use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{LONG, Program, cancel, ends, failure, free, id, outage, step};
use crate::store::accept::NewDelivery;
use crate::store::change::{Changed, TaskChange};
use crate::store::contract::Store;
use crate::store::entry::{Entry, TaskState};
use crate::store::lease::{LeaseToken, Leased};
use crate::store::settlement::Settlement;

/// A state in which the table of operations finds a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is due, after one attempt.
    Ready,
    /// It waits for its next attempt.
    Delayed,
    /// It stands in line.
    Blocked,
    /// It is at work.
    Leased,
    /// All three: settled, `ended` was called.
    Done,
    Superseded,
    Canceled,
    /// After a failure, an outage and a step.
    Dead,
    /// Canceled while it waited; `ended` is still to be called.
    Ending,
    /// Dead, and `ended` is being called.
    LeasedEnding,
}

impl Found {
    pub(super) const ALL: [Self; 10] = [
        Self::Ready,
        Self::Delayed,
        Self::Blocked,
        Self::Leased,
        Self::Done,
        Self::Superseded,
        Self::Canceled,
        Self::Dead,
        Self::Ending,
        Self::LeasedEnding,
    ];

    /// What the list says of it.
    pub(super) fn state(self) -> TaskState {
        match self {
            Self::Ready => TaskState::Ready,
            Self::Delayed => TaskState::Delayed,
            Self::Blocked => TaskState::Blocked,
            Self::Leased | Self::LeasedEnding => TaskState::Leased,
            Self::Done => TaskState::Done,
            Self::Superseded => TaskState::Superseded,
            Self::Canceled | Self::Ending => TaskState::Canceled,
            Self::Dead => TaskState::Dead,
        }
    }

    /// It waits for an attempt.
    pub(super) fn is_waiting(self) -> bool {
        matches!(self, Self::Ready | Self::Delayed | Self::Blocked)
    }

    /// It is settled, `ended` was called.
    pub(super) fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Superseded | Self::Canceled | Self::Dead)
    }
}

/// A task in that state, of the delivery `one`, the only one of its program.
pub(super) struct Case {
    pub(super) found: Found,
    pub(super) program: Program,
    /// Of the lease on it, the last one if it is not leased any more.
    pub(super) token: Option<LeaseToken>,
    /// Of the lease on the one that it stands behind.
    pub(super) ahead: Option<LeaseToken>,
}

/// One case for each state, each of a program of its own.
pub(super) async fn each(store: &Arc<dyn Store>) -> Vec<Case> {
    let mut cases = Vec::new();
    for found in Found::ALL {
        let program = format!("{found:?}").to_lowercase();
        cases.push(bring(&Program::start(store, &program, &["build"]).await, found).await);
    }
    cases
}

/// Brings the delivery `one` into this state. Its id is the same for all programs; the hook differs.
async fn bring(program: &Program, found: Found) -> Case {
    let mut case = Case { found, program: program.clone(), token: None, ahead: None };
    if found == Found::Blocked {
        let lane = free(&program.process.program);
        program.accept_new(case.of_hook(program.in_lane("ahead", &lane))).await;
        case.ahead = Some(program.lease_one().await.token);
        program.accept_new(case.of_hook(program.in_lane("one", &lane))).await;
        return case;
    }
    program.accept_new(case.new_delivery()).await;
    if found == Found::Ending {
        assert_eq!(case.change(&cancel()).await, Changed::Changed);
        return case;
    }
    let token = match found {
        Found::Dead => {
            // With a past that a second chance forgets.
            let first = program.lease_one().await.token;
            program.settle(first, failure(Duration::ZERO)).await;
            let second = program.lease_one().await.token;
            assert!(program.store.keep_step(second, &step("build", "true")).await.unwrap());
            program.settle(second, outage(Duration::ZERO)).await;
            program.lease_one().await.token
        }
        _ => program.lease_one().await.token,
    };
    case.token = Some(token);
    match found {
        Found::Ready => program.settle(token, failure(Duration::ZERO)).await,
        Found::Delayed => program.settle(token, failure(LONG)).await,
        Found::Leased => {}
        Found::Done => {
            assert!(program.store.keep_step(token, &step("build", "true")).await.unwrap());
            program.settle(token, Settlement::Done).await;
        }
        Found::Superseded => program.end(token, End::Superseded).await,
        Found::Canceled => program.end(token, End::Canceled).await,
        Found::Dead => program.end(token, End::Dead).await,
        Found::LeasedEnding => program.settle(token, ends(End::Dead)).await,
        Found::Blocked | Found::Ending => unreachable!(),
    }
    case
}

impl Case {
    /// What makes its deliveries other ones than those of the other cases.
    fn of_hook(&self, mut new: NewDelivery) -> NewDelivery {
        new.delivery.hook = Some(self.found as u64);
        new
    }

    /// The delivery.
    pub(super) fn new_delivery(&self) -> NewDelivery {
        let mut new = self.of_hook(self.program.new_delivery("one"));
        if self.found == Found::Blocked {
            new.tasks[0].lane = Some(free(&self.program.process.program));
        }
        new
    }

    /// What the store knows of it.
    pub(super) async fn entry(&self) -> Entry {
        let handler = format!("{}.build", self.program.process.program);
        self.program.entry_of("one", &handler).await
    }

    pub(super) async fn change(&self, change: &TaskChange) -> Changed {
        self.program.store.change(self.entry().await.task, change).await.unwrap()
    }

    /// Nothing of it has changed.
    pub(super) async fn expect_unchanged(&self) {
        let entry = self.entry().await;
        assert_eq!(entry.state, self.found.state(), "{:?}", self.found);
        assert_eq!(entry.run, 1, "{:?}", self.found);
        let is_ending = matches!(self.found, Found::Ending | Found::LeasedEnding);
        assert_eq!(entry.is_ending, is_ending, "{:?}", self.found);
        if !is_ending {
            assert_eq!(entry.settled_at.is_some(), self.found.is_settled(), "{:?}", self.found);
        }
    }

    /// It can be leased now, and nothing else of the program.
    pub(super) async fn lease(&self) -> Leased {
        let mut leased = self.program.lease(10, LONG).await;
        assert_eq!(leased.len(), 1, "{:?} should be due", self.found);
        let leased = leased.pop().unwrap();
        assert_eq!(leased.delivery.id, id("one"), "{:?}", self.found);
        leased
    }
}
