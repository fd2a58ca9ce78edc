use hookstead::events::AnyEvent;
use hookstead::handler::Delivery;
use hookstead::types::Timestamp;

/// What the plan is asked about: a delivery, somebody's wish, or a job whose hour has come.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// When it came. It is the moment of a build where the event tells none.
    pub at: Timestamp,
    /// What it is.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Happening {
    /// GitHub delivered an event.
    Delivery {
        /// The delivery's id.
        id: String,
        /// The event.
        event: AnyEvent,
    },
    /// A person asks, by the page or the command line. Whether they may is settled before.
    Request {
        /// Their login, or `command line`.
        by: String,
        /// What they ask for.
        request: Request,
    },
    /// The job's schedule says that it is time.
    Schedule {
        /// The project's name in the config.
        project: String,
        /// The job's name in the config.
        job: String,
    },
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// The build of this number is to be made again.
    Again(i64),
    /// The build of this number waits for approval, and may run.
    Approve(i64),
    /// The build of this number is to stop.
    Cancel(i64),
    /// Something is to be built, whether it was built before or not.
    Build {
        /// The project's name in the config, or its repository as `owner/name`.
        project: String,
        /// One job; else all of the project.
        job: Option<String>,
        /// What to build: a branch, a tag, a whole sha, `refs/...`, or `pull/5`.
        name: String,
    },
}

impl Occasion {
    /// A delivery, as an inbox hands it to a handler of [`AnyEvent`].
    #[must_use]
    pub fn of_delivery(delivery: &Delivery, event: AnyEvent, at: Timestamp) -> Self {
        Self { at, what: Happening::Delivery { id: delivery.id.to_string(), event } }
    }

    /// A wish of a person: their login, or `command line`.
    #[must_use]
    pub fn of_request(by: impl Into<String>, request: Request, at: Timestamp) -> Self {
        Self { at, what: Happening::Request { by: by.into(), request } }
    }

    /// A job of a project whose schedule says that it is time.
    #[must_use]
    pub fn of_schedule(project: impl Into<String>, job: impl Into<String>, at: Timestamp) -> Self {
        Self { at, what: Happening::Schedule { project: project.into(), job: job.into() } }
    }
}
