use std::collections::HashMap;

use hookstead_events::EventName;
use hookstead_handler::{HandlerName, Lane, Registered};

use crate::store;
use crate::store::registry::{Claim, Numbers, TakerId};

/// The pool of the handlers that are registered with none: the worker's own. No other pool can have
/// this name.
pub(crate) const OWN_POOL: &str = "";

/// The handlers of this process and their numbers in the store, both ways, and what else the
/// registry of the store knew when it was read.
#[derive(Debug)]
pub(crate) struct Names {
    own: Vec<OwnName>,
    by_taker: HashMap<TakerId, usize>,
    registry: Vec<store::RegisteredName>,
}

/// A handler of this process.
#[derive(Debug, Clone)]
pub(crate) struct OwnName {
    /// As the router has it.
    pub(crate) registered: Registered,
    /// Its numbers. Its tasks have these, or those of a former name.
    pub(crate) numbers: Numbers,
}

impl OwnName {
    pub(crate) fn name(&self) -> &HandlerName {
        self.registered.name()
    }

    /// The pool that it works in.
    pub(crate) fn pool(&self) -> &str {
        self.registered.pool().unwrap_or(OWN_POOL)
    }

    /// The whole key of a lane, as it is stored: the lanes of a handler are its own, those of a group
    /// belong to all that share it.
    pub(crate) fn lane_key(&self, lane: &Lane) -> String {
        match &lane.group {
            Some(group) => format!("@{group}:{}", lane.key),
            None => format!("{}:{}", self.numbers.handler.0, lane.key),
        }
    }
}

impl Names {
    /// `numbers` are those of `registered`, one by one.
    pub(crate) fn new(
        registered: &[Registered],
        numbers: &[Numbers],
        registry: Vec<store::RegisteredName>,
    ) -> Self {
        let own: Vec<OwnName> = registered
            .iter()
            .zip(numbers)
            .map(|(registered, numbers)| OwnName {
                registered: registered.clone(),
                numbers: *numbers,
            })
            .collect();
        let mut by_taker = HashMap::new();
        for (index, name) in own.iter().enumerate() {
            by_taker.insert(name.numbers.taker, index);
        }
        // A former name that the store knew apart from the new one (which registered before anybody said
        // that it was a new name) has tasks under numbers of its own.
        for known in &registry {
            let is_former = |name: &OwnName| {
                name.registered.event() == known.event
                    && name.registered.formerly().contains(&known.name)
            };
            if let Some(index) = own.iter().position(is_former) {
                by_taker.entry(known.numbers.taker).or_insert(index);
            }
        }
        Self { own, by_taker, registry }
    }

    /// The handlers of this process, in the order of their registration.
    pub(crate) fn own(&self) -> &[OwnName] {
        &self.own
    }

    /// Those of them that take this event.
    pub(crate) fn taking(&self, event: &EventName) -> impl Iterator<Item = &OwnName> {
        self.own.iter().filter(|name| name.registered.takes(event))
    }

    /// Whose tasks have this number, if it is a handler of this process.
    pub(crate) fn get(&self, taker: TakerId) -> Option<&OwnName> {
        self.own.get(*self.by_taker.get(&taker)?)
    }

    /// The numbers that this process leases for a pool, former ones included, in a steady order.
    pub(crate) fn takers_of_pool(&self, pool: &str) -> Vec<TakerId> {
        self.numbers(|name| name.pool() == pool)
    }

    /// All numbers that this process leases.
    pub(crate) fn takers(&self) -> Vec<TakerId> {
        self.numbers(|_| true)
    }

    /// The registry of the store, as it was when these names were made.
    pub(crate) fn registry(&self) -> &[store::RegisteredName] {
        &self.registry
    }

    /// The same names with the registry as it is now.
    pub(crate) fn with_registry(&self, registry: Vec<store::RegisteredName>) -> Self {
        Self { own: self.own.clone(), by_taker: self.by_taker.clone(), registry }
    }

    /// Whether a process of this program that was seen lately takes this event.
    pub(crate) fn others_take(&self, program: &str, event: &EventName) -> bool {
        self.of_program(program, event).next().is_some()
    }

    /// The names of this program that take this event and were seen lately.
    pub(crate) fn of_program(
        &self,
        program: &str,
        event: &EventName,
    ) -> impl Iterator<Item = &store::RegisteredName> {
        self.registry.iter().filter(move |known| {
            known.program == program
                && known.is_alive()
                && known.event.as_ref().is_none_or(|name| name == event)
        })
    }

    /// The numbers of former names that are still known apart from the new ones. No task is written for
    /// them: that of the new name is the same work.
    pub(crate) fn former_taking(&self, event: &EventName) -> impl Iterator<Item = TakerId> {
        let is_former = |(taker, index): (&TakerId, &usize)| {
            let name = self.own.get(*index)?;
            let is_former = name.numbers.taker != *taker && name.registered.takes(event);
            is_former.then_some(*taker)
        };
        self.by_taker.iter().filter_map(is_former)
    }

    fn numbers(&self, is_wanted: impl Fn(&OwnName) -> bool) -> Vec<TakerId> {
        let wanted =
            self.by_taker.iter().filter(|(_, index)| self.own.get(**index).is_some_and(&is_wanted));
        let mut takers: Vec<TakerId> = wanted.map(|(taker, _)| *taker).collect();
        takers.sort_unstable();
        takers
    }
}

/// What a process with these handlers says of itself to the registry.
pub(crate) fn claims(registered: &[Registered]) -> Vec<Claim> {
    let claim = |registered: &Registered| Claim {
        formerly: registered.formerly().to_vec(),
        ..Claim::new(registered.name().clone(), registered.event())
    };
    registered.iter().map(claim).collect()
}
