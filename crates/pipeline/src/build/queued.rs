//! The word at GitHub that a build waits for its turn.

use std::time::Duration;

use hookstead::client::NewStatus;
use tokio::time::sleep;

use super::budget::Need;
use super::pipeline::{Current, Pipeline};
use crate::config::ReportBy;
use crate::journal::{EntryKind, NewEntry};
use crate::record::{Build, BuildState};

/// Who waits no longer needs no word of it. Where so much is before a build that it will surely wait, the word is
/// sent at once.
const SHORT_WAIT: Duration = Duration::from_secs(2);

impl Pipeline {
    /// Says at GitHub that a build waits, where it does for more than two seconds. Nobody's build fails for it.
    pub(super) async fn say_queued(&self, current: &Current, build: &Build) {
        // A check run that somebody else completes would stay *queued*; one that needs approval says so itself.
        if current.config.report != ReportBy::Statuses || build.state != BuildState::Queued {
            return;
        }
        let Ok(position) = self.journal().position(build.number).await else { return };
        let slots = current.config.pools.builds as u64;
        // All who run now end before it begins, and as many after them.
        let is_sure = position.running >= slots && position.queued_before >= slots;
        let (pipeline, build) = (self.clone(), build.clone());
        // The next delivery is not to wait for GitHub.
        tokio::spawn(async move {
            if !is_sure {
                sleep(SHORT_WAIT).await;
            }
            pipeline.post_queued(&build).await;
        });
    }

    async fn post_queued(&self, build: &Build) {
        let current = self.current();
        // The client spaces writes: what is needed more would stand behind all that wait here.
        let _turn = self.shared.queued_turn.lock().await;
        let Ok(position) = self.journal().position(build.number).await else { return };
        let before = position.queued_before + position.running;
        // A build that begins waits until this is said, so that *queued* comes before *running*; and of one that has
        // begun it is not said.
        let (number, machine) = (build.number, self.machine().name());
        if !matches!(self.journal().announce(number, machine).await, Ok(true)) {
            return;
        }
        let said = self.say_its_place(&current, build, before).await;
        if let Err(error) = self.journal().announced(number).await {
            tracing::warn!(%error, build = number, "it begins later than it could");
        }
        let entry = NewEntry::of_build(EntryKind::Report, said, build);
        if let Err(error) = self.journal().enter(entry).await {
            tracing::warn!(%error, "the journal does not know of a report");
        }
    }

    /// Returns what the journal says of it.
    async fn say_its_place(&self, current: &Current, build: &Build, before: u64) -> String {
        let what = &build.what;
        if let Err(why) = self.shared.budget.take(Need::Queued) {
            return format!("{}: GitHub is not told that it is queued: {why}", what.context);
        }
        let text = match before {
            0 => format!("Build #{} is queued", build.number),
            before => format!("Build #{} is queued, {before} before it", build.number),
        };
        let status = NewStatus::pending().context(&what.context).description(&text);
        let status = status.target_url(current.page_of(&what.project, build.number));
        let posted = match current.hub.repo(&what.repo).await {
            Ok(repo) => repo.create_status(&what.sha, &status).await.map(drop),
            Err(error) => Err(error),
        };
        match posted {
            Ok(()) => format!("{}: pending, {text}", what.context),
            Err(error) => {
                format!("{}: GitHub was not told that it is queued: {error}", what.context)
            }
        }
    }
}
