use std::str::FromStr;

use hookstead::types::{RepoName, Sha, Timestamp};

use super::build_row::{milliseconds, moment, target_key};
use super::database::{Problem, Row, Session};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::BuildTarget;

/// The commit that a pull request or branch is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHead {
    /// The commit. All zeros where a branch was deleted.
    pub sha: Sha,
    /// What it was at before, where the event says so: a push, or `synchronize`.
    pub before: Option<Sha>,
    /// The moment of the event.
    pub moment: Timestamp,
}

impl KnownHead {
    /// Whether this tells of something newer than what is known. What follows from what is known by name is newer, and
    /// what it followed from is older; else the moments decide. Of equal ones, which are whole seconds, that which comes
    /// later counts.
    #[must_use]
    pub fn replaces(&self, known: &Self) -> bool {
        if self.sha == known.sha && self.before == known.before {
            return self.moment.instant() >= known.moment.instant();
        }
        if self.before.as_ref() == Some(&known.sha) && known.before.as_ref() != Some(&self.sha) {
            return true;
        }
        if known.before.as_ref() == Some(&self.sha) && self.before.as_ref() != Some(&known.sha) {
            return false;
        }
        self.moment.instant() >= known.moment.instant()
    }
}

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
    ) -> Result<Option<KnownHead>, JournalError> {
        let (repo, target) = (repo.clone(), target_key(target));
        self.read("look for a head", move |session| find(session, &repo, &target)).await
    }

    /// Says that a pull request or branch is at this commit. Returns what is newest now: this, or what was known and
    /// is newer.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn see_head(
        &self,
        repo: &RepoName,
        target: &BuildTarget,
        head: KnownHead,
    ) -> Result<KnownHead, JournalError> {
        let (repo, target) = (repo.clone(), target_key(target));
        let work = move |session: &mut Session<'_>| {
            session.lock(&format!("{repo}\n{target}"))?;
            if let Some(known) = find(session, &repo, &target)?
                && !head.replaces(&known)
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
        self.write("write down a head", work).await
    }
}

/// Two names of repositories that differ by case alone are one.
pub(super) fn key(repo: &RepoName) -> String {
    repo.as_str().to_ascii_lowercase()
}

fn find(
    session: &mut Session<'_>,
    repo: &RepoName,
    target: &str,
) -> Result<Option<KnownHead>, Problem> {
    let sql = "SELECT sha, before, moment FROM pipeline_heads WHERE repo = $1 AND target = $2";
    let row = session.first(sql, &[(&key(repo)).into(), target.into()])?;
    row.map(read).transpose()
}

fn read(mut row: Row) -> Result<KnownHead, Problem> {
    let unreadable = |_| Problem::unreadable("the commit of a head is unreadable");
    let sha: String = row.next()?;
    let before: Option<String> = row.next()?;
    let before = before.as_deref().map(Sha::from_str).transpose().map_err(unreadable)?;
    let sha = sha.parse().map_err(unreadable)?;
    Ok(KnownHead { sha, before, moment: moment(row.next()?)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sha: char, before: Option<char>, second: i64) -> KnownHead {
        let sha_of = |digit: char| digit.to_string().repeat(40).parse().unwrap();
        KnownHead {
            sha: sha_of(sha),
            before: before.map(sha_of),
            moment: Timestamp::from_epoch_seconds(second),
        }
    }

    #[test]
    fn what_follows_by_name_is_newer_and_else_the_moment_decides() {
        let known = head('b', Some('a'), 100);
        assert!(head('c', Some('b'), 90).replaces(&known), "it follows, whatever the clocks say");
        assert!(!head('a', Some('0'), 110).replaces(&known), "what is known followed it");
        assert!(head('d', None, 101).replaces(&known));
        assert!(!head('d', None, 99).replaces(&known));
        assert!(head('d', None, 100).replaces(&known), "of one second, what comes later");
        assert!(head('b', Some('a'), 100).replaces(&known), "the same again");
        // Pushed back and forth: the names say nothing.
        let back = head('a', Some('b'), 105);
        assert!(back.replaces(&known));
        assert!(!known.replaces(&back));
    }
}
