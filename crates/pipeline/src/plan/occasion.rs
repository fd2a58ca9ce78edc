use std::fmt;

use hookstead::events::AnyEvent;
use hookstead::handler::Delivery;
use hookstead::types::Timestamp;
use serde::{Deserialize, Serialize};

/// What the plan is asked about: a delivery, or what a person or a schedule asks for.
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
    /// A person asks, by the page or the command line, or a schedule. Whether they may is settled before.
    Request {
        /// Their login, `command line` or `schedule`.
        by: String,
        /// What they ask for.
        request: Request,
    },
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The job's schedule says that it is time.
    Schedule {
        /// The project's name in the config.
        project: String,
        /// The job's name in the config.
        job: String,
    },
}

/// Goes on after a name and *asks for*: `build 3 again`, `a build of blog/main`.
impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Again(number) => write!(formatter, "build {number} again"),
            Self::Approve(number) => write!(formatter, "build {number} to run"),
            Self::Cancel(number) => write!(formatter, "build {number} to stop"),
            Self::Build { project, job: None, name } => {
                write!(formatter, "a build of {project}/{name}")
            }
            Self::Build { project, job: Some(job), name } => {
                write!(formatter, "a build of {project}/{name}, the job {job}")
            }
            Self::Schedule { project, job } => write!(formatter, "{project}/{job}, as it is time"),
        }
    }
}

impl Occasion {
    /// A delivery, as an inbox hands it to a handler of [`AnyEvent`].
    #[must_use]
    pub fn of_delivery(delivery: &Delivery, event: AnyEvent, at: Timestamp) -> Self {
        Self { at, what: Happening::Delivery { id: delivery.id.to_string(), event } }
    }

    /// A wish of a person or a schedule: their login, `command line` or `schedule`.
    #[must_use]
    pub fn of_request(by: impl Into<String>, request: Request, at: Timestamp) -> Self {
        Self { at, what: Happening::Request { by: by.into(), request } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_said_in_words() {
        let build = |job: Option<&str>| Request::Build {
            project: "blog".to_owned(),
            job: job.map(str::to_owned),
            name: "main".to_owned(),
        };
        for (request, words) in [
            (Request::Again(3), "build 3 again"),
            (Request::Approve(3), "build 3 to run"),
            (Request::Cancel(3), "build 3 to stop"),
            (build(None), "a build of blog/main"),
            (
                Request::Schedule { project: "blog".to_owned(), job: "test".to_owned() },
                "blog/test, as it is time",
            ),
            (build(Some("test")), "a build of blog/main, the job test"),
        ] {
            assert_eq!(request.to_string(), words);
        }
    }
}
