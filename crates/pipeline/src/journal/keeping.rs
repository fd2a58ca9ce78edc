//! What is forgotten: logs. Rows of builds and entries are small and stay for ever.

use std::time::Duration;

use super::database::{Problem, Session};
use super::error::JournalError;
use super::journal::Journal;

/// So many chunks are removed in one transaction: some milliseconds of work, so that others are not kept waiting.
const CHUNKS: i64 = 100;

/// What [`Journal::forget_logs`] has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForgottenLogs {
    /// So many logs are gone whole.
    pub logs: u64,
    /// Whether there are more: call it again, after a pause.
    pub is_more: bool,
}

impl Journal {
    /// Forgets the logs of builds that ended longer ago than this, some of them: call it until there is
    /// [no more](ForgottenLogs::is_more). A log that is partly removed counts as forgotten at once.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn forget_logs(&self, keep: Duration) -> Result<ForgottenLogs, JournalError> {
        let span = span(keep);
        let work = move |session: &mut Session<'_>| {
            let before = session.now()?.saturating_sub(span);
            let sql = "SELECT number FROM pipeline_builds WHERE has_log > 0 AND ended_at <= $1
                       ORDER BY ended_at, number LIMIT 20";
            let mut forgotten = ForgottenLogs::default();
            let mut left = CHUNKS;
            for mut row in session.rows(sql, &[before.into()])? {
                forgotten.is_more = true;
                if left == 0 {
                    return Ok(forgotten);
                }
                let number: i64 = row.next()?;
                let removed = remove(session, number, left)?;
                let is_gone = removed < left;
                let sql = "UPDATE pipeline_builds SET has_log = $2 WHERE number = $1";
                let has_log = if is_gone { 0_i64 } else { 2 };
                session.execute(sql, &[number.into(), has_log.into()])?;
                forgotten.logs += u64::from(is_gone);
                left -= removed;
            }
            Ok(forgotten)
        };
        self.write_lightly("forget old logs", work).await
    }

    /// Those of these builds of which nothing need be kept on a machine's disk any more: they ended longer ago than this,
    /// or there are no such builds. A machine asks about what it finds in its folder.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn removable(
        &self,
        numbers: &[i64],
        keep: Duration,
    ) -> Result<Vec<i64>, JournalError> {
        let (numbers, span) = (numbers.to_vec(), span(keep));
        let work = move |session: &mut Session<'_>| {
            let before = session.now()?.saturating_sub(span);
            let mut removable = Vec::new();
            for number in &numbers {
                let sql = "SELECT count(*) FROM pipeline_builds
                           WHERE number = $1 AND (ended_at IS NULL OR ended_at > $2)";
                if session.number(sql, &[(*number).into(), before.into()])? == 0 {
                    removable.push(*number);
                }
            }
            Ok(removable)
        };
        self.read("look for what may be removed", work).await
    }
}

fn remove(session: &mut Session<'_>, number: i64, at_most: i64) -> Result<i64, Problem> {
    let sql = "DELETE FROM pipeline_log_chunks WHERE build = $1 AND start IN (
                   SELECT start FROM pipeline_log_chunks WHERE build = $1 ORDER BY start LIMIT $2
               )";
    let removed = session.execute(sql, &[number.into(), at_most.into()])?;
    Ok(i64::try_from(removed).unwrap_or(i64::MAX))
}

pub(super) fn span(keep: Duration) -> i64 {
    i64::try_from(keep.as_millis()).unwrap_or(i64::MAX)
}
