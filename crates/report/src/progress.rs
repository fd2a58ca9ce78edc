use std::sync::Arc;

use tokio::sync::watch;

use crate::poster::Poster;

/// Tells from inside the work how far it is; from [`StatusReporter::progress`].
///
/// It can be cloned, moved anywhere and called from blocking code.
///
/// [`StatusReporter::progress`]: crate::StatusReporter::progress
#[derive(Debug, Clone)]
pub struct Progress {
    pub(crate) said: watch::Sender<String>,
    pub(crate) poster: Arc<Poster>,
}

impl Progress {
    /// Changes the description of the `pending` status while the work runs.
    ///
    /// It returns at once. The newest description is posted, now or when [the
    /// interval](crate::StatusReporter::progress_interval) allows; those in between are not. Nothing
    /// depends on its arrival: if GitHub cannot be told, the log says so and the work goes on.
    pub fn say(&self, description: impl Into<String>) {
        self.said.send_replace(description.into());
    }

    /// Whether a newer build of the same context began in this process. Nothing that this one finds
    /// will be posted, so it can as well stop.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.poster.slot.is_taken_from(self.poster.number)
    }
}
