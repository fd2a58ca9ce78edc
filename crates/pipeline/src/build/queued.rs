//! The word at GitHub that a build waits for its turn.

use std::sync::Arc;
use std::time::Duration;

use hookstead::client::NewStatus;
use tokio::sync::OwnedMutexGuard;
use tokio::time::sleep;

use super::budget::Need;
use super::pipeline::{Current, Pipeline};
use crate::config::ReportBy;
use crate::journal::{
    Announcement, Announcer, EntryKind, NewEntry, SubmittedBuild, SubmittedHow, WaitingPosition,
};
use crate::record::{Build, BuildState};

/// Who waits no longer needs no word of it. Where so much is before a build that it will surely wait, the word is
/// sent at once.
const SHORT_WAIT: Duration = Duration::from_secs(2);

/// The turn to tell GitHub that a build waits, until it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Pipeline {
    /// Who announces that builds wait. `None`: it is not said. A check run that somebody else completes would stay
    /// *queued*.
    pub(super) fn announces(&self, current: &Current) -> Option<Announcer> {
        let slots = current.config.pools.builds as u64;
        let machine = self.machine().name().to_owned();
        (current.config.report == ReportBy::Statuses).then_some(Announcer { machine, slots })
    }

    /// The turn to say that a build waits, if nobody has it: the client spaces writes, and what is needed more would
    /// stand behind all that wait for it.
    pub(super) fn turn_to_say(&self) -> Option<Turn> {
        Arc::clone(&self.shared.queued_turn).try_lock_owned().ok()
    }

    /// Says at GitHub that builds wait, where they do for more than two seconds. Nobody's build fails for it.
    pub(super) fn say_queued(
        &self,
        current: &Current,
        submitted: &[SubmittedBuild],
        mut turn: Option<Turn>,
    ) {
        let Some(announcer) = self.announces(current) else { return };
        // One that needs approval says so itself.
        let waits = |it: &&SubmittedBuild| {
            it.how == SubmittedHow::New && it.build.state == BuildState::Queued
        };
        for SubmittedBuild { build, announcement, .. } in submitted.iter().filter(waits) {
            let (pipeline, build, announcer) = (self.clone(), build.clone(), announcer.clone());
            let announcement = *announcement;
            let turn = announcement.and_then(|_| turn.take());
            // The next delivery is not to wait for GitHub.
            tokio::spawn(async move {
                let announcement = match (announcement, turn) {
                    (Some(Announcement::Begun(position)), Some(_turn)) => {
                        return pipeline.post_queued(&build, position).await;
                    }
                    (Some(announcement), _) => announcement,
                    (None, _) => pipeline.announce_and_post(&build, &announcer).await,
                };
                if announcement == Announcement::Uncertain {
                    sleep(SHORT_WAIT).await;
                    pipeline.announce_and_post(&build, &Announcer { slots: 0, ..announcer }).await;
                }
            });
        }
    }

    async fn announce_and_post(&self, build: &Build, announcer: &Announcer) -> Announcement {
        let _turn = self.shared.queued_turn.lock().await;
        let announcement = self.journal().announce(build.number, announcer).await;
        let announcement = announcement.unwrap_or(Announcement::Refused);
        if let Announcement::Begun(position) = announcement {
            self.post_queued(build, position).await;
        }
        announcement
    }

    /// By whoever has the turn. A build that begins waits until this is said, so that *queued* comes before *running*;
    /// and of one that has begun it is not said.
    async fn post_queued(&self, build: &Build, position: WaitingPosition) {
        let (current, number) = (self.current(), build.number);
        let before = position.queued_before + position.running;
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
