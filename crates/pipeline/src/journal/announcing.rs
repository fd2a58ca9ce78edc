//! That GitHub is just told of a build that it is queued: whoever begins it waits for that, on whichever machine, so
//! that *queued* never comes after *running*, or after the end.

use std::time::Duration;

use super::database::Session;
use super::error::JournalError;
use super::journal::Journal;

impl Journal {
    /// Begins to tell that a build is queued. `false`: it is not, or it is said already, and nobody is to be told.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn announce(&self, number: i64, machine: &str) -> Result<bool, JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let values = [number.into(), (&machine).into(), now.into()];
            Ok(session.execute(ANNOUNCE, &values)? == 1)
        };
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
