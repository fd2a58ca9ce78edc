use std::sync::Arc;

use tokio::sync::watch;

use crate::slot::Slot;

/// Tells from inside the work how far it is; from [`Reporter::progress`](crate::Reporter::progress).
///
/// It can be cloned, moved anywhere and called from blocking code.
#[derive(Debug, Clone)]
pub struct Progress {
    pub(crate) said: watch::Sender<String>,
    pub(crate) slot: Arc<Slot>,
    pub(crate) number: u64,
}

impl Progress {
    /// Changes the description of the report while the work runs.
    ///
    /// It returns at once. The newest description is posted, now or when [the
    /// interval](crate::Reporter::progress_interval) allows; those in between are not. Nothing
    /// depends on its arrival: if GitHub cannot be told, the log says so and the work goes on.
    pub fn say(&self, description: impl Into<String>) {
        self.said.send_replace(description.into());
    }

    /// Whether newer work began in this process that reports on the same thing. Nothing that this one
    /// finds will be posted, so it can as well stop.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.slot.is_taken_from(self.number)
    }
}
