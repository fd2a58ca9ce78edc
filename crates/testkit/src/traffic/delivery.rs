use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookstead_events::EventName;
use hookstead_types::Timestamp;
use http::HeaderMap;
use serde_json::Value;

use crate::state::occurrence::Occurrence;

/// One attempt to deliver a webhook, finished.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedDelivery {
    /// The attempt's number; later ones are greater. [`FakeGitHub::redeliver`] takes it.
    ///
    /// [`FakeGitHub::redeliver`]: crate::FakeGitHub::redeliver
    pub id: u64,
    /// What `X-GitHub-Delivery` said; all hooks that hear of an event, and all redeliveries, share it.
    pub guid: String,
    /// The hook.
    pub hook_id: u64,
    /// When the attempt began.
    pub delivered_at: Timestamp,
    /// Whether the event had been delivered to this hook before.
    pub redelivery: bool,
    /// How long the attempt took.
    pub duration: Duration,
    /// `OK`, or what went wrong.
    pub status: String,
    /// The receiver's answer; `None` if there was none.
    pub status_code: Option<u16>,
    /// The event.
    pub event: EventName,
    /// The payload's `action`.
    pub action: Option<String>,
    /// The headers that were sent.
    pub request_headers: HeaderMap,
    /// The payload, whatever its encoding was.
    pub payload: Arc<Value>,
    /// The headers that were answered.
    pub response_headers: HeaderMap,
    /// The body that was answered.
    pub response_body: String,
    /// What it told of, to be told again.
    pub(crate) occurrence: Arc<Occurrence>,
    /// The App's installation that it is about.
    pub(crate) installation: Option<u64>,
}

impl RecordedDelivery {
    /// Whether the receiver answered with success.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == "OK"
    }

    /// The event and, if it has one, its action: `pull_request.opened`, `push`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.action {
            Some(action) => format!("{}.{action}", self.event),
            None => self.event.to_string(),
        }
    }
}

impl fmt::Display for RecordedDelivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guid, hook_id, status, .. } = self;
        write!(formatter, "{} {guid} to hook {hook_id}: {status}", self.name())?;
        if let Some(code) = self.status_code {
            write!(formatter, " ({code})")?;
        }
        if self.redelivery { formatter.write_str(", redelivered") } else { Ok(()) }
    }
}

impl fmt::Debug for RecordedDelivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
