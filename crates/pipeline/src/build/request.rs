use std::time::{SystemTime, UNIX_EPOCH};

use hookstead::Router;
use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::inbox::{Inbox, Submitted, Work};
use hookstead::types::Timestamp;
use serde::{Deserialize, Serialize};

use super::pipeline::Pipeline;
use super::pipeline_error::PipelineError;
use crate::journal::Journal;
use crate::plan::{Occasion, Request};

/// What a person asks for by a page or the command line, or a job whose hour has come. It is work of the inbox, like
/// what GitHub delivers, so it is not lost, and it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineRequest {
    /// Their login, `command line` or `schedule`.
    pub by: String,
    /// When they asked.
    pub at: Timestamp,
    /// What they asked for.
    pub what: Request,
}

impl PipelineRequest {
    /// The name of its event.
    pub const EVENT: &str = "hookstead.request";

    /// The request that somebody makes now.
    pub fn new(by: impl Into<String>, what: Request) -> Self {
        Self { by: by.into(), at: Timestamp::now(), what }
    }

    /// Asks the servers of a pipeline for it, by an inbox of their journal. The same id is the same request, however often
    /// and from wherever it is made. When this returns it survives a power cut; what it means stands in the journal
    /// soon after, under its id.
    ///
    /// # Errors
    ///
    /// Fails when the id is none, when no server was seen within ten minutes, and when the inbox fails.
    pub async fn submit(&self, inbox: &Inbox, id: &str) -> Result<Submitted, PipelineError> {
        let work = Work::new(Self::EVENT, id, self).map_err(PipelineError::new)?;
        inbox.submit(work.to(Pipeline::PROGRAM)).await.map_err(PipelineError::new)
    }

    pub(super) fn occasion(&self) -> Occasion {
        Occasion::of_request(&self.by, self.what.clone(), self.at.clone())
    }
}

/// Asks the servers of a pipeline for something, from a process that is none of them: the command line. Returns the
/// request's id.
///
/// # Errors
///
/// Fails as [`PipelineRequest::submit`] does.
pub async fn ask_servers(
    journal: &Journal,
    by: &str,
    what: Request,
) -> Result<String, PipelineError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // The process tells those of one nanosecond on a machine apart.
    let id = format!("request/{:x}-{:x}", since.as_nanos(), std::process::id());
    let inbox = journal.inbox(Router::new().program("pipeline_command"));
    PipelineRequest::new(by, what).submit(&inbox, &id).await?;
    Ok(id)
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
