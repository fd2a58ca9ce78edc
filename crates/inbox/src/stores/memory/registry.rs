//! Who takes what.

use std::collections::{BTreeMap, HashMap};

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::HandlerName;

use super::moment::Moment;
use crate::error::InboxError;
use crate::store::registry::{Claim, HandlerId, Numbers, Process, RegisteredName, TakerId};

/// The names, and the processes that take them.
#[derive(Default)]
pub(super) struct Registry {
    /// All names of each handler, its former ones included.
    names: HashMap<HandlerName, HandlerId>,
    /// The latest name of each handler.
    handlers: HashMap<HandlerId, HandlerName>,
    takers: BTreeMap<TakerId, (HandlerId, Option<EventName>)>,
    /// What was claimed, in the order of the first time.
    claimed: Vec<Claimed>,
    processes: HashMap<String, Alive>,
}

struct Claimed {
    name: HandlerName,
    event: Option<EventName>,
    numbers: Numbers,
    program: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

struct Alive {
    program: String,
    seen: Moment,
    /// Places in `claimed`.
    claims: Vec<usize>,
    takers: Vec<TakerId>,
}

impl Alive {
    fn is_alive(&self, now: Moment) -> bool {
        now.since(self.seen) < Process::ALIVE
    }
}

impl Registry {
    pub(super) fn register(
        &mut self,
        process: &Process,
        claims: &[Claim],
        now: Moment,
    ) -> Result<Vec<Numbers>, InboxError> {
        self.processes.retain(|_, known| known.is_alive(now));
        for claim in claims {
            if let Some(program) = self.other_program_of(&claim.name, process) {
                return Err(InboxError::name_taken(claim.name.as_str(), program));
            }
        }
        let places: Vec<usize> = claims.iter().map(|claim| self.claim(process, claim)).collect();
        let numbers: Vec<Numbers> =
            places.iter().map(|place| self.claimed[*place].numbers).collect();
        let alive = Alive {
            program: process.program.clone(),
            seen: now,
            claims: places,
            takers: numbers.iter().map(|numbers| numbers.taker).collect(),
        };
        self.processes.insert(process.id.clone(), alive);
        Ok(numbers)
    }

    /// The other program whose living process has this name.
    fn other_program_of(&self, name: &HandlerName, process: &Process) -> Option<&str> {
        let others = self.processes.values().filter(|other| other.program != process.program);
        let mut owners = others
            .filter(|other| other.claims.iter().any(|place| self.claimed[*place].name == *name));
        owners.next().map(|other| other.program.as_str())
    }

    /// Writes down a claim. Returns its place.
    fn claim(&mut self, process: &Process, claim: &Claim) -> usize {
        let now = Timestamp::now();
        let mut known = self.claimed.iter_mut();
        let known = known.position(|it| it.name == claim.name && it.event == claim.event);
        if let Some(place) = known {
            let claimed = &mut self.claimed[place];
            claimed.program.clone_from(&process.program);
            claimed.last_seen = now;
            return place;
        }
        let numbers = self.numbers_for(claim);
        self.claimed.push(Claimed {
            name: claim.name.clone(),
            event: claim.event.clone(),
            numbers,
            program: process.program.clone(),
            first_seen: now.clone(),
            last_seen: now,
        });
        self.claimed.len() - 1
    }

    /// The numbers of a claim that is new: its name's, else those of a former name, else new ones.
    fn numbers_for(&mut self, claim: &Claim) -> Numbers {
        let known = self.names.get(&claim.name);
        let handler = match known {
            Some(handler) => *handler,
            None => {
                let former = claim.formerly.iter().find_map(|name| self.names.get(name)).copied();
                let handler = former.unwrap_or_else(|| next(self.handlers.len(), HandlerId));
                self.names.insert(claim.name.clone(), handler);
                self.handlers.insert(handler, claim.name.clone());
                handler
            }
        };
        let mut takers = self.takers.iter();
        let known = takers.find(|(_, (of, event))| *of == handler && *event == claim.event);
        let taker = known.map(|(taker, _)| *taker);
        let taker = taker.unwrap_or_else(|| {
            let taker = next(self.takers.len(), TakerId);
            self.takers.insert(taker, (handler, claim.event.clone()));
            taker
        });
        Numbers::new(taker, handler)
    }

    pub(super) fn leave(&mut self, process: &Process) {
        self.processes.remove(&process.id);
    }

    pub(super) fn all(&self, now: Moment) -> Vec<RegisteredName> {
        let registered = |(place, claimed): (usize, &Claimed)| {
            let takes = |alive: &Alive| alive.is_alive(now) && alive.claims.contains(&place);
            let processes = self.processes.iter().filter(|(_, alive)| takes(alive));
            let mut processes: Vec<String> = processes.map(|(id, _)| id.clone()).collect();
            processes.sort();
            RegisteredName::new(
                Claim::new(claimed.name.clone(), claimed.event.clone()),
                claimed.numbers,
                claimed.program.clone(),
                (claimed.first_seen.clone(), claimed.last_seen.clone()),
                processes,
            )
        };
        self.claimed.iter().enumerate().map(registered).collect()
    }

    pub(super) fn handler_of(&self, taker: TakerId) -> Option<HandlerId> {
        self.takers.get(&taker).map(|(handler, _)| *handler)
    }

    /// Whether this is a name of the handler, the latest one or a former one.
    pub(super) fn is_name(&self, taker: TakerId, name: &HandlerName) -> bool {
        let handler = self.handler_of(taker);
        handler.is_some() && self.names.get(name).copied() == handler
    }

    /// The latest name of the handler.
    pub(super) fn name_of(&self, taker: TakerId) -> Option<&HandlerName> {
        self.handlers.get(&self.handler_of(taker)?)
    }

    pub(super) fn takers(&self) -> impl Iterator<Item = TakerId> {
        self.takers.keys().copied()
    }

    /// Whether a process that is alive takes it.
    pub(super) fn is_taken(&self, taker: TakerId, now: Moment) -> bool {
        self.processes.values().any(|it| it.is_alive(now) && it.takers.contains(&taker))
    }

    /// All that a process alive takes.
    pub(super) fn taken(&self, now: Moment) -> Vec<TakerId> {
        self.takers().filter(|taker| self.is_taken(*taker, now)).collect()
    }

    /// What living processes of this program take of this event.
    pub(super) fn taken_by(
        &self,
        program: &str,
        event: &EventName,
        now: Moment,
    ) -> impl Iterator<Item = TakerId> {
        let processes = self.processes.values();
        let alive = processes.filter(move |it| it.is_alive(now) && it.program == program);
        alive.flat_map(|it| &it.takers).copied().filter(move |taker| {
            let of = self.takers.get(taker).and_then(|(_, event)| event.as_ref());
            of.is_none_or(|of| of == event)
        })
    }
}

/// The next number, from 1.
fn next<T>(known: usize, number: impl Fn(i64) -> T) -> T {
    number(i64::try_from(known).unwrap_or(i64::MAX).saturating_add(1))
}
