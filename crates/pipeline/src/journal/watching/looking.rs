use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hookstead::inbox::own_runtime;
use tokio::time::{sleep, timeout};

use super::hub::Hub;
use super::news::BuildNews;
use super::watch::BuildWatch;
use crate::journal::database::{Problem, Session};
use crate::journal::error::JournalError;
use crate::journal::journal::{Journal, Shared};

/// Between two looks passes so much time at least: a build that writes a thousand lines a second is looked at thirty
/// times, and a page is not drawn more often.
const SHORTEST_PAUSE: Duration = Duration::from_millis(33);

impl Shared {
    /// How a build stands; without one, only which entry was written last.
    async fn news(&self, subject: Option<i64>) -> Result<BuildNews, JournalError> {
        self.read("see what has changed", move |session| look(session, subject)).await
    }

    async fn hub(self: &Arc<Self>, subject: Option<i64>) -> Result<Arc<Hub>, JournalError> {
        if let Some(hub) = self.hubs.get(subject) {
            return Ok(hub);
        }
        let news = self.news(subject).await?;
        let (hub, is_new) = self.hubs.put(Hub::new(subject, news));
        if is_new {
            // What was written since it was read, it finds at once.
            hub.poke();
            own_runtime().spawn(look_again(Arc::downgrade(self), Arc::downgrade(&hub)));
        }
        Ok(hub)
    }
}

impl Journal {
    /// Watches a build: its state, its log's length, its entries. What this process writes is seen at once, what others
    /// write after the [poll interval](super::super::JournalOptions::poll_interval) at most.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn watch(&self, number: i64) -> Result<BuildWatch, JournalError> {
        Ok(BuildWatch::new(self.shared.hub(Some(number)).await?))
    }

    /// Watches the journal: whether there is a new entry, of whatever build. Each change of a build's state writes one.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn watch_all(&self) -> Result<BuildWatch, JournalError> {
        Ok(BuildWatch::new(self.shared.hub(None).await?))
    }
}

/// Looks again and again what has changed, as long as somebody watches.
async fn look_again(shared: Weak<Shared>, hub: Weak<Hub>) {
    let mut is_failing = false;
    loop {
        let Some(interval) = shared.upgrade().map(|shared| shared.poll_interval) else {
            return;
        };
        {
            let Some(hub) = hub.upgrade() else { return };
            // Held while it waits, so at most one interval longer than the last who watches.
            let _ = timeout(interval, hub.poked()).await;
        }
        let (Some(shared), Some(hub)) = (shared.upgrade(), hub.upgrade()) else { return };
        match shared.news(hub.subject()).await {
            Ok(news) => {
                is_failing = false;
                hub.news.send_if_modified(|known| {
                    let is_changed = *known != news;
                    *known = news;
                    is_changed
                });
            }
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    let error = &error as &dyn Error;
                    tracing::warn!(error, "cannot see what has changed in the journal");
                }
            }
        }
        drop((shared, hub));
        sleep(SHORTEST_PAUSE).await;
    }
}

fn look(session: &mut Session<'_>, subject: Option<i64>) -> Result<BuildNews, Problem> {
    let Some(number) = subject else {
        let sql = "SELECT coalesce(max(entry), 0) FROM pipeline_entries";
        return Ok(BuildNews { last_entry: session.number(sql, &[])?, ..BuildNews::default() });
    };
    let sql = "SELECT state, log_bytes,
                   (SELECT coalesce(max(entry), 0) FROM pipeline_entries WHERE build = number)
               FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[number.into()])?;
    let mut row = row.ok_or_else(|| Problem::no_build(number))?;
    let state: String = row.next()?;
    let state = state
        .parse()
        .map_err(|_| Problem::unreadable(format!("the state of build {number} is unreadable")))?;
    Ok(BuildNews { state, log_bytes: row.next()?, last_entry: row.next()? })
}
