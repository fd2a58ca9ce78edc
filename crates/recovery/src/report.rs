use std::fmt;

use hookstead_client::Timestamp;

/// What a round of [`Recovery`](crate::Recovery) found and did.
///
/// Its text is for people: *hook 4711 of octocat/hello-world: 250 deliveries on 3 pages; of 240 events
/// that failed: 238 asked for again, 2 in the inbox*.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// The hook, as people call it.
    pub hook: String,
    /// Another process recovers what this hook failed to deliver, so nothing was done.
    pub is_elsewhere: bool,
    /// How far back the list was read.
    pub since: Option<Timestamp>,
    /// How many pages were read.
    pub pages: u64,
    /// How many deliveries were on them, every attempt counted.
    pub listed: u64,
    /// Whether the list was read as far as it matters. If not, the next round reads it once more.
    pub is_complete: bool,
    /// How many events have not been handed over by any attempt, or were and never came into the inbox.
    /// Those that were given up before are not counted.
    pub failed: u64,
    /// Of these, how many GitHub handed over all the same: an older version of the program may have
    /// answered that it ignores them.
    pub answered: u64,
    /// How many nobody handles.
    pub ignored: u64,
    /// How many are in the inbox: they arrived, and only the answer was lost.
    pub known: u64,
    /// How many are left for a later round, because they were tried a moment ago.
    pub waiting: u64,
    /// Those that GitHub was asked to deliver again.
    pub redelivered: Vec<FailedEvent>,
    /// Those that GitHub does not deliver again, for now.
    pub refused: Vec<FailedEvent>,
    /// Those that failed too often. They are not asked for again.
    pub given_up: Vec<FailedEvent>,
    /// Those that GitHub no longer has.
    pub expired: Vec<FailedEvent>,
}

/// An event that never arrived.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FailedEvent {
    /// What `X-GitHub-Delivery` says of it.
    pub guid: String,
    /// The event and its action, as in `pull_request.opened`.
    pub event: String,
    /// The number of its newest attempt.
    pub delivery: u64,
    /// When that was.
    pub delivered_at: Option<Timestamp>,
    /// What came of it, in GitHub's words. *OK* where the server answered so, and did not take it.
    pub status: String,
    /// How often it has been delivered again, or asked for.
    pub redeliveries: u32,
}

impl fmt::Display for FailedEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guid, event, delivery, status, .. } = self;
        write!(formatter, "{event} {guid} (delivery {delivery}: {})", status.escape_debug())
    }
}

impl Report {
    /// Whether the round did anything, or found what somebody should know.
    fn is_news(&self) -> bool {
        let lists = [&self.redelivered, &self.refused, &self.given_up, &self.expired];
        lists.iter().any(|list| !list.is_empty())
    }

    /// Tells what was done: a quiet round only to those who listen closely.
    pub(crate) fn log(&self) {
        let hook = self.hook.as_str();
        for event in &self.redelivered {
            tracing::debug!(hook, %event, "asked GitHub to deliver again");
        }
        for event in &self.given_up {
            let redeliveries = event.redeliveries;
            tracing::warn!(hook, %event, redeliveries, "given up: it never arrives, however often it is delivered");
        }
        for event in &self.expired {
            tracing::warn!(hook, %event, "lost: too old to be delivered again");
        }
        if self.is_news() {
            tracing::info!("{self}");
        } else {
            tracing::debug!("{self}");
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hook, pages, listed, failed, answered, .. } = self;
        if self.is_elsewhere {
            return write!(formatter, "{hook}: another process recovers it");
        }
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let (many, more) = (if *listed == 1 { "y" } else { "ies" }, plural(*pages));
        write!(formatter, "{hook}: {listed} deliver{many} on {pages} page{more}")?;
        if !self.is_complete {
            formatter.write_str(", the list not read to its end")?;
        }
        if *failed == 0 {
            return formatter.write_str("; nothing failed");
        }
        write!(formatter, "; of {failed} event{} that failed", plural(*failed))?;
        if *answered > 0 {
            write!(formatter, " or never came into the inbox ({answered})")?;
        }
        formatter.write_str(":")?;
        let count = |list: &[FailedEvent]| u64::try_from(list.len()).unwrap_or(u64::MAX);
        let parts = [
            (count(&self.redelivered), "asked for again"),
            (self.known, "in the inbox"),
            (self.waiting, "left for a later round"),
            (self.ignored, "without a handler"),
            (count(&self.refused), "refused by GitHub"),
            (count(&self.given_up), "given up"),
            (count(&self.expired), "too old to be delivered again"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!(" {count} {what}")).collect();
        // An error may have ended the round before it came to anything.
        if parts.is_empty() {
            return formatter.write_str(" nothing done");
        }
        formatter.write_str(&parts.join(","))
    }
}
