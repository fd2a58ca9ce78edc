use std::str::FromStr;

use hookstead::types::{RepoName, Sha};

use super::build_row::{milliseconds, moment, target_key};
use super::database::{Problem, Row, Session};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{BuildTarget, Head};

impl Journal {
    /// The newest commit known of a pull request or branch of this repository.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when what it holds is unreadable.
    pub async fn head(
        &self,
        repo: &RepoName,
        target: &BuildTarget,
    ) -> Result<Option<Head>, JournalError> {
        let (repo, target) = (repo.clone(), target_key(target));
        self.read("look for a head", move |session| find(session, &repo, &target)).await
    }

    /// Says that a pull request or branch is at this commit. Returns what is newest now: this, or what was known and
    /// is newer. A power cut may undo it, as long as nothing else was written since.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn see_head(
        &self,
        repo: &RepoName,
        target: &BuildTarget,
        head: Head,
    ) -> Result<Head, JournalError> {
        let (repo, target) = (repo.clone(), target_key(target));
        let work = move |session: &mut Session<'_>| {
            session.lock(&format!("{repo}\n{target}"))?;
            if let Some(known) = find(session, &repo, &target)?
                && head.is_older_than(&known)
            {
                return Ok(known);
            }
            let at = match milliseconds(&head.moment) {
                Some(at) => at,
                // A moment that names none is that at which it was heard of.
                None => session.now()?,
            };
            let before = head.before.as_ref().map(Sha::as_str);
            let name = key(&repo);
            let values = [
                (&name).into(),
                (&target).into(),
                head.sha.as_str().into(),
                before.into(),
                at.into(),
            ];
            let sql = "INSERT INTO pipeline_heads (repo, target, sha, before, moment)
                       VALUES ($1, $2, $3, $4, $5)
                       ON CONFLICT (repo, target) DO UPDATE SET
                           sha = excluded.sha, before = excluded.before, moment = excluded.moment";
            session.execute(sql, &values)?;
            Ok(head.clone())
        };
        self.write_lightly("write down a head", work).await
    }
}

/// Two names of repositories that differ by case alone are one.
pub(super) fn key(repo: &RepoName) -> String {
    repo.as_str().to_ascii_lowercase()
}

fn find(session: &mut Session<'_>, repo: &RepoName, target: &str) -> Result<Option<Head>, Problem> {
    let sql = "SELECT sha, before, moment FROM pipeline_heads WHERE repo = $1 AND target = $2";
    let row = session.first(sql, &[(&key(repo)).into(), target.into()])?;
    row.map(read).transpose()
}

fn read(mut row: Row) -> Result<Head, Problem> {
    let unreadable = |_| Problem::unreadable("the commit of a head is unreadable");
    let sha: String = row.next()?;
    let before: Option<String> = row.next()?;
    let before = before.as_deref().map(Sha::from_str).transpose().map_err(unreadable)?;
    let sha = sha.parse().map_err(unreadable)?;
    Ok(Head { sha, before, moment: moment(row.next()?)? })
}
