use hookstead::types::RepoName;

use super::database::Session;
use super::error::JournalError;
use super::heads;
use super::journal::Journal;

impl Journal {
    /// Says that the repository of this id has this name now, and this default branch, if that is known. Returns the
    /// name that it had before, if that was another one: it was renamed or moved. A power cut may undo it, as long as
    /// nothing else was written since.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the name before is unreadable.
    pub async fn see_repository(
        &self,
        id: u64,
        name: &RepoName,
        default_branch: Option<&str>,
    ) -> Result<Option<RepoName>, JournalError> {
        let (name, default_branch) = (name.clone(), default_branch.map(str::to_owned));
        let work = move |session: &mut Session<'_>| {
            // The numbers beyond what a database has are negative ones there, each its own.
            let (now, id) = (session.now()?, id.cast_signed());
            let before = name_of(session, id)?;
            let key = heads::key(&name);
            let sql =
                "INSERT INTO pipeline_repositories (id, name, name_key, seen_at, default_branch)
                       VALUES ($1, $2, $3, $4, $5)
                       ON CONFLICT (id) DO UPDATE SET
                           name = excluded.name, name_key = excluded.name_key,
                           seen_at = excluded.seen_at,
                           default_branch = COALESCE(
                               excluded.default_branch, pipeline_repositories.default_branch)";
            let branch = default_branch.as_deref().into();
            let values = [id.into(), name.as_str().into(), (&key).into(), now.into(), branch];
            session.execute(sql, &values)?;
            Ok(before.filter(|before| *before != name))
        };
        self.write_lightly("write down a repository", work).await
    }

    /// The name that the repository of this id had last.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the name is unreadable.
    pub async fn repository_name(&self, id: u64) -> Result<Option<RepoName>, JournalError> {
        let id = id.cast_signed();
        self.read("look for a repository", move |session| name_of(session, id)).await
    }

    /// The default branch of the repository that had this name last, if an event has said it.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn default_branch(&self, name: &RepoName) -> Result<Option<String>, JournalError> {
        let key = heads::key(name);
        let work = move |session: &mut Session<'_>| {
            let sql = "SELECT default_branch FROM pipeline_repositories WHERE name_key = $1
                       ORDER BY seen_at DESC LIMIT 1";
            let row = session.first(sql, &[(&key).into()])?;
            row.map_or(Ok(None), |mut row| row.next::<Option<String>>())
        };
        self.read("look for a default branch", work).await
    }

    /// The id of the repository that had this name last; of several, which had it one after the other, the one that was
    /// heard of last.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn repository_id(&self, name: &RepoName) -> Result<Option<u64>, JournalError> {
        let key = heads::key(name);
        let work = move |session: &mut Session<'_>| {
            let sql = "SELECT id FROM pipeline_repositories WHERE name_key = $1
                       ORDER BY seen_at DESC LIMIT 1";
            let row = session.first(sql, &[(&key).into()])?;
            row.map(|mut row| row.next::<i64>().map(i64::cast_unsigned)).transpose()
        };
        self.read("look for a repository", work).await
    }
}

fn name_of(
    session: &mut Session<'_>,
    id: i64,
) -> Result<Option<RepoName>, super::database::Problem> {
    let row =
        session.first("SELECT name FROM pipeline_repositories WHERE id = $1", &[id.into()])?;
    let name = row.map(|mut row| row.next::<String>()).transpose()?;
    let unreadable = |_| {
        super::database::Problem::unreadable(format!("the name of repository {id} is unreadable"))
    };
    name.map(|name| name.parse().map_err(unreadable)).transpose()
}
