use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::types::{Sha, Timestamp};
use serde::{Deserialize, Serialize};

use crate::record::BuildTarget;

/// The work that [`Journal::submit`](super::Journal::submit) puts into the inbox for each build: the event
/// `hookstead.build`. A handler takes it as `Handler<BuildWork>`.
///
/// It says what the inbox needs for lanes and order; all else the journal knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildWork {
    /// The build's number.
    pub number: i64,
    /// The project's name in the config.
    pub project: String,
    /// The job's name in the config.
    pub job: String,
    /// What it is for.
    pub target: BuildTarget,
    /// The moment of the event: of one lane the build with the latest moment is the newest.
    pub moment: Timestamp,
    /// The commit that is built.
    pub sha: Sha,
    /// The commit that the branch was at before, where the event says so: of two of one moment, the one that begins
    /// where the other ends is the newer.
    pub before: Option<Sha>,
}

impl BuildWork {
    /// The name of its event.
    pub const EVENT: &str = "hookstead.build";

    /// The id of the work for the build of this number: `build/17`. By it the inbox's work is found, canceled
    /// and woken.
    #[must_use]
    pub fn id(number: i64) -> String {
        format!("build/{number}")
    }

    /// Where only the newest is wanted: the job and what it is built for, as one word.
    #[must_use]
    pub fn lane(&self) -> String {
        format!("{}/{}/{}", self.project, self.job, super::build_row::target_key(&self.target))
    }
}

impl Event for BuildWork {
    const NAME: Option<EventName> = None;

    fn event_name() -> Option<EventName> {
        Some(Self::EVENT.into())
    }

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload)
    }
}
