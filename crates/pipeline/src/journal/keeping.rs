//! What is forgotten: logs. Rows of builds and entries are small and stay for ever.

use std::collections::BTreeMap;
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

/// For how long logs and artefacts are kept after their build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    projects: BTreeMap<String, Duration>,
    others: Duration,
}

impl Retention {
    /// They are kept so long for all projects that are not [named](Self::project).
    #[must_use]
    pub fn new(others: Duration) -> Self {
        Self { projects: BTreeMap::new(), others }
    }

    /// They are kept so long for this project.
    #[must_use]
    pub fn project(mut self, name: impl Into<String>, keep: Duration) -> Self {
        self.projects.insert(name.into(), keep);
        self
    }

    /// For how long it is for this project.
    #[must_use]
    pub fn of(&self, project: &str) -> Duration {
        self.projects.get(project).copied().unwrap_or(self.others)
    }
}

impl Journal {
    /// Forgets the logs of builds that ended longer ago than their project's time, some of them: call it until there
    /// is [no more](ForgottenLogs::is_more). A log that is partly removed counts as forgotten at once.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn forget_logs(&self, keep: &Retention) -> Result<ForgottenLogs, JournalError> {
        let keep = keep.clone();
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let mut forgotten = ForgottenLogs::default();
            let (mut left, mut after) = (CHUNKS, String::new());
            while let Some(project) = next_project(session, &after)? {
                let before = now.saturating_sub(span(keep.of(&project)));
                for mut row in session.rows(OLD_LOGS, &[(&project).into(), before.into()])? {
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
                after = project;
            }
            Ok(forgotten)
        };
        self.write_lightly("forget old logs", work).await
    }

    /// Those of these builds of which nothing need be kept on a machine's disk any more: they ended longer ago than
    /// their project's time, or there are no such builds. A machine asks about what it finds in its folder.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn removable(
        &self,
        numbers: &[i64],
        keep: &Retention,
    ) -> Result<Vec<i64>, JournalError> {
        let (numbers, keep) = (numbers.to_vec(), keep.clone());
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let mut removable = Vec::new();
            for number in &numbers {
                let sql = "SELECT project, ended_at FROM pipeline_builds WHERE number = $1";
                let is_kept = match session.first(sql, &[(*number).into()])? {
                    Some(mut row) => {
                        let (project, ended_at): (String, Option<i64>) = (row.next()?, row.next()?);
                        let before = now.saturating_sub(span(keep.of(&project)));
                        ended_at.is_none_or(|ended_at| ended_at > before)
                    }
                    None => false,
                };
                if !is_kept {
                    removable.push(*number);
                }
            }
            Ok(removable)
        };
        self.read("look for what may be removed", work).await
    }
}

/// The project after this one, by name, that has logs.
fn next_project(session: &mut Session<'_>, after: &str) -> Result<Option<String>, Problem> {
    let row = session.first(NEXT_PROJECT, &[after.into()])?;
    row.map_or(Ok(None), |mut row| row.next())
}

const NEXT_PROJECT: &str =
    "SELECT min(project) FROM pipeline_builds WHERE has_log > 0 AND project > $1";
const OLD_LOGS: &str = "SELECT number FROM pipeline_builds
                        WHERE has_log > 0 AND project = $1 AND ended_at <= $2
                        ORDER BY ended_at, number LIMIT 20";

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
