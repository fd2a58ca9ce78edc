use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::inbox::{Work, WorkError};
use hookstead::types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::{Occasion, Request};

/// What a person asks for by a page or the command line, or a job whose hour has come. It is work of the inbox, like
/// what GitHub delivers, so it is not lost, and it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineRequest {
    /// Their login, or `command line`.
    pub by: String,
    /// When they asked.
    pub at: Timestamp,
    /// What they asked for.
    pub what: Asked,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Asked {
    /// Repeats the build of this number.
    Again(i64),
    /// Lets the build of this number run.
    Approve(i64),
    /// Stops the build of this number.
    Cancel(i64),
    /// Makes a build.
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

impl PipelineRequest {
    /// The name of its event.
    pub const EVENT: &str = "hookstead.request";

    /// The work that it is, under this id: the same id is the same request.
    ///
    /// # Errors
    ///
    /// Fails when the id is none.
    pub fn work(&self, id: &str) -> Result<Work, WorkError> {
        Work::new(Self::EVENT, id, self)
    }

    pub(super) fn occasion(&self) -> Occasion {
        let request = match &self.what {
            Asked::Again(build) => Request::Again(*build),
            Asked::Approve(build) => Request::Approve(*build),
            Asked::Cancel(build) => Request::Cancel(*build),
            Asked::Build { project, job, name } => {
                Request::Build { project: project.clone(), job: job.clone(), name: name.clone() }
            }
            Asked::Schedule { project, job } => {
                return Occasion::of_schedule(project, job, self.at.clone());
            }
        };
        Occasion::of_request(&self.by, request, self.at.clone())
    }
}

impl Event for PipelineRequest {
    const NAME: Option<EventName> = None;

    fn event_name() -> Option<EventName> {
        Some(Self::EVENT.into())
    }

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload)
    }
}
