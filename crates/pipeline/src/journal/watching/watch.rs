use std::future::pending;
use std::sync::Arc;

use tokio::sync::watch;

use super::hub::Hub;
use super::news::BuildNews;

/// Waits for news, made by [`Journal::watch`](super::super::Journal::watch) and
/// [`watch_all`](super::super::Journal::watch_all).
///
/// ```no_run
/// # async fn follow(journal: hookstead_pipeline::journal::Journal)
/// # -> Result<(), hookstead_pipeline::journal::JournalError> {
/// let mut watch = journal.watch(17).await?;
/// while !watch.news().state.is_final() {
///     watch.changed().await;
/// }
/// println!("build 17 has ended: {}", watch.news().state);
/// # Ok(())
/// # }
/// ```
pub struct BuildWatch {
    pub(super) hub: Arc<Hub>,
    receiver: watch::Receiver<BuildNews>,
}

impl BuildWatch {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        let receiver = hub.news.subscribe();
        Self { hub, receiver }
    }

    /// How it stands now.
    #[must_use]
    pub fn news(&self) -> BuildNews {
        *self.receiver.borrow()
    }

    /// Waits until it stands differently from when this was waited for last, or from the beginning. It can be given up
    /// at any time. While the database fails it waits.
    pub async fn changed(&mut self) -> BuildNews {
        if self.receiver.changed().await.is_err() {
            // The hub is held here, so this does not come.
            pending::<()>().await;
        }
        *self.receiver.borrow_and_update()
    }
}

impl std::fmt::Debug for BuildWatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BuildWatch").field("news", &self.news()).finish_non_exhaustive()
    }
}
