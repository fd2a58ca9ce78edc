//! Who is signed in. It stands here, so that all servers of one journal know it, and that it survives a restart.

use std::time::Duration;

use super::database::Session;
use super::error::JournalError;
use super::journal::Journal;
use super::keeping::span;

/// At most so many are signed in: a thousand browsers of those who know the admin's token. The one that would end first
/// gives way.
const MOST_SESSIONS: i64 = 1_000;

impl Journal {
    /// Remembers that somebody is signed in, for so long. The key is all that is kept: whoever reads the database must
    /// not be able to make of it what a browser sends.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn open_session(&self, key: &str, lifetime: Duration) -> Result<(), JournalError> {
        let (key, lifetime) = (key.to_owned(), span(lifetime));
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            session.execute(FORGET_OLD, &[now.into()])?;
            session.execute(FORGET_MORE, &[(MOST_SESSIONS - 1).into()])?;
            let ends_at = now.saturating_add(lifetime);
            let sql = "INSERT INTO pipeline_sessions (key, ends_at) VALUES ($1, $2)
                       ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at";
            session.execute(sql, &[(&key).into(), ends_at.into()])?;
            Ok(())
        };
        self.write("remember who is signed in", work).await
    }

    /// Whether somebody is signed in by this key.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn has_session(&self, key: &str) -> Result<bool, JournalError> {
        let key = key.to_owned();
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let sql = "SELECT count(*) FROM pipeline_sessions WHERE key = $1 AND ends_at > $2";
            Ok(session.number(sql, &[(&key).into(), now.into()])? > 0)
        };
        self.read("look who is signed in", work).await
    }

    /// Forgets that somebody is signed in by this key. When this returns, no server of this journal knows it.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn close_session(&self, key: &str) -> Result<(), JournalError> {
        let key = key.to_owned();
        let work = move |session: &mut Session<'_>| {
            session.execute("DELETE FROM pipeline_sessions WHERE key = $1", &[(&key).into()])?;
            Ok(())
        };
        self.write("forget who is signed in", work).await
    }
}

const FORGET_OLD: &str = "DELETE FROM pipeline_sessions WHERE ends_at <= $1";
const FORGET_MORE: &str = "DELETE FROM pipeline_sessions WHERE ends_at <=
    (SELECT ends_at FROM pipeline_sessions ORDER BY ends_at DESC LIMIT 1 OFFSET $1)";
