//! How many writes were made at GitHub lately: all servers of a journal have one count, which a restart does not lose.

use super::database::Session;
use super::error::JournalError;
use super::journal::Journal;

const MINUTE: i64 = 60_000;

/// GitHub's limit is one of an hour.
const MINUTES: i64 = 60;

impl Journal {
    /// Counts so many writes of the present minute, and returns how many were made within the last hour, by all servers.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn count_writes(&self, made: u64) -> Result<u64, JournalError> {
        let made = i64::try_from(made).unwrap_or(i64::MAX);
        let work = move |session: &mut Session<'_>| {
            let minute = session.now()? / MINUTE;
            let first = minute.saturating_sub(MINUTES);
            if made > 0 {
                session.execute(ADD, &[minute.into(), made.into()])?;
                session.execute(FORGET, &[first.into()])?;
            }
            // A minute too many: GitHub counts to the second.
            let all = session.number(ALL, &[first.into()])?;
            Ok(u64::try_from(all).unwrap_or_default())
        };
        match made {
            0 => self.read("count the writes at GitHub", work).await,
            _ => self.write_lightly("count the writes at GitHub", work).await,
        }
    }
}

const ADD: &str = "INSERT INTO pipeline_writes (minute, made) VALUES ($1, $2)
                   ON CONFLICT (minute) DO UPDATE SET made = pipeline_writes.made + excluded.made";
const FORGET: &str = "DELETE FROM pipeline_writes WHERE minute < $1";
const ALL: &str =
    "SELECT CAST(coalesce(sum(made), 0) AS bigint) FROM pipeline_writes WHERE minute >= $1";
