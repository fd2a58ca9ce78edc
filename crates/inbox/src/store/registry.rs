use std::fmt;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::HandlerName;

/// One process that runs a program. Started again, it is another process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Process {
    /// The name of its program, which stands before the names of its handlers.
    pub program: String,
    /// Tells it from every other process; made at the start.
    pub id: String,
}

impl Process {
    /// A process counts as alive so long after it was seen: longer than a host is cut off from its
    /// database for a restart of it, and shorter than people wait before they ask.
    pub const ALIVE: Duration = Duration::from_secs(10 * 60);

    /// A process of this program, with a fresh id.
    #[must_use]
    pub fn start(program: impl Into<String>) -> Self {
        let id = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        Self { program: program.into(), id }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.program, self.id)
    }
}

/// A name that a process takes, for one event or for all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Claim {
    /// The handler's full name.
    pub name: HandlerName,
    /// The event; `None` for all events.
    pub event: Option<EventName>,
    /// The full names that the handler had before.
    pub formerly: Vec<HandlerName>,
}

impl Claim {
    /// A name for this event.
    #[must_use]
    pub fn new(name: HandlerName, event: Option<EventName>) -> Self {
        Self { name, event, formerly: Vec::new() }
    }
}

/// The number of a name with its event: what a task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TakerId(pub i64);

/// The number of a name, whatever its event: what a lane belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandlerId(pub i64);

/// The numbers of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Numbers {
    /// Of the name with its event.
    pub taker: TakerId,
    /// Of the name.
    pub handler: HandlerId,
}

impl Numbers {
    /// These numbers; for those who write a store.
    #[must_use]
    pub fn new(taker: TakerId, handler: HandlerId) -> Self {
        Self { taker, handler }
    }
}

/// A name in the registry.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RegisteredName {
    /// The full name.
    pub name: HandlerName,
    /// Its event; `None` for all events.
    pub event: Option<EventName>,
    /// Its numbers.
    pub numbers: Numbers,
    /// The program that has it.
    pub program: String,
    /// When a process first claimed it.
    pub first_seen: Timestamp,
    /// When a process that takes it was last seen.
    pub last_seen: Timestamp,
    /// The ids of the processes that take it and are alive.
    pub processes: Vec<String>,
}

impl RegisteredName {
    /// What the store knows of a name; for those who write a store.
    #[must_use]
    pub fn new(
        claim: Claim,
        numbers: Numbers,
        program: String,
        (first_seen, last_seen): (Timestamp, Timestamp),
        processes: Vec<String>,
    ) -> Self {
        let Claim { name, event, .. } = claim;
        Self { name, event, numbers, program, first_seen, last_seen, processes }
    }

    /// Whether a process that takes it is alive.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.processes.is_empty()
    }
}
