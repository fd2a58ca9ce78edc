use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::error_kind::Kind;

/// The moment at which something ends, whatever it is waiting for.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    /// The limit that set it, for the error's text.
    limit: Duration,
    /// None when it is so far ahead that no clock shows it.
    end: Option<Instant>,
}

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        Self { limit, end: Instant::now().checked_add(limit) }
    }

    /// This one, or one after the limit, whichever comes first.
    pub(crate) fn or_after(self, limit: Duration) -> Self {
        let other = Self::after(limit);
        match (self.end, other.end) {
            (Some(end), Some(other_end)) if other_end < end => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// Moves it, because something else than the work took time.
    pub(crate) fn extend(&mut self, by: Duration) {
        self.end = self.end.and_then(|end| end.checked_add(by));
    }

    /// Whether there is anything left after a wait.
    pub(crate) fn outlasts(self, wait: Duration) -> bool {
        match (self.end, Instant::now().checked_add(wait)) {
            (None, _) => true,
            (Some(end), Some(then)) => then < end,
            (Some(_), None) => false,
        }
    }

    pub(crate) async fn within<F: Future>(self, work: F) -> Result<F::Output, Kind> {
        match self.end {
            Some(end) => {
                tokio::time::timeout_at(end, work).await.map_err(|_| Kind::Timeout(self.limit))
            }
            None => Ok(work.await),
        }
    }
}
