//! That GitHub is just told of a build that it is queued: whoever begins it waits for that, on whichever machine, so
//! that *queued* never comes after *running*, or after the end.

use std::time::Duration;

use super::database::{Problem, Session};
use super::error::JournalError;
use super::journal::Journal;
use super::listing::WaitingPosition;

/// What became of beginning to [announce](Journal::announce) a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announcement {
    /// It is to be told now; the build is at this place.
    Begun(WaitingPosition),
    /// It may begin soon.
    Uncertain,
    /// Nobody is to be told: it is not queued, or somebody tells it already.
    Refused,
}

/// Who [announces](Journal::announce) builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcer {
    /// The name of the machine.
    pub machine: String,
    /// A build is announced that surely waits for one of so many slots. Zero: whether it waits or not.
    pub slots: u64,
}

impl Announcer {
    pub(super) fn announce(
        &self,
        session: &mut Session<'_>,
        number: i64,
    ) -> Result<Announcement, Problem> {
        let position = WaitingPosition::read(session, number)?;
        if !position.waits_for(self.slots) {
            return Ok(Announcement::Uncertain);
        }
        let now = session.now()?;
        let values = [number.into(), (&self.machine).into(), now.into()];
        match session.execute(ANNOUNCE, &values)? {
            1 => Ok(Announcement::Begun(position)),
            _ => Ok(Announcement::Refused),
        }
    }
}

impl Journal {
    /// Begins to tell that a build is queued, if it surely waits for one of the slots.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn announce(
        &self,
        number: i64,
        announcer: &Announcer,
    ) -> Result<Announcement, JournalError> {
        let announcer = announcer.clone();
        let work = move |session: &mut Session<'_>| announcer.announce(session, number);
        self.write_lightly("say that a build is announced", work).await
    }

    /// It is told, or will not be.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn announced(&self, number: i64) -> Result<(), JournalError> {
        let work = move |session: &mut Session<'_>| {
            session.execute(ANNOUNCED, &[number.into()])?;
            Ok(())
        };
        self.write_lightly("say that a build was announced", work).await
    }

    /// For how long somebody is telling that a build is queued; `None` if nobody is.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn announced_for(&self, number: i64) -> Result<Option<Duration>, JournalError> {
        let work = move |session: &mut Session<'_>| {
            let Some(mut row) = session.first(SINCE, &[number.into()])? else { return Ok(None) };
            let ago = session.now()?.saturating_sub(row.next()?);
            Ok(Some(Duration::from_millis(u64::try_from(ago).unwrap_or_default())))
        };
        self.read("look whether a build is announced", work).await
    }

    /// A server of this machine begins: the one before it tells nothing any more.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn forget_announcements(&self, machine: &str) -> Result<(), JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut Session<'_>| {
            session.execute(FORGET, &[(&machine).into()])?;
            Ok(())
        };
        self.write("forget announcements", work).await
    }
}

const ANNOUNCE: &str = "UPDATE pipeline_builds SET announcer = $2, announced_at = $3
                        WHERE number = $1 AND state = 'queued' AND announcer IS NULL";
const ANNOUNCED: &str = "UPDATE pipeline_builds SET announcer = NULL WHERE number = $1";
const SINCE: &str =
    "SELECT announced_at FROM pipeline_builds WHERE number = $1 AND announcer IS NOT NULL";
const FORGET: &str = "UPDATE pipeline_builds SET announcer = NULL WHERE announcer = $1";
