use hookstead::types::Sha;

use super::build_row::{build, build_columns, builds, of_commit, target_key};
use super::database::{Problem, Session};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{Build, BuildTarget};

/// Which builds are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildFilter {
    /// All of them.
    All,
    /// Those of this project.
    Project(String),
    /// Those of this project and job.
    Job(String, String),
    /// Those of this project for this pull request or branch.
    Target(String, BuildTarget),
    /// Those of this commit, in all projects.
    Sha(Sha),
    /// Those that have not ended.
    AtWork,
}

/// How many builds there are before one that is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingPosition {
    /// So many are queued that were decided on earlier.
    pub queued_before: u64,
    /// So many are running.
    pub running: u64,
}

impl Journal {
    /// The latest builds that fit, the latest first: at most `limit`, and only such with numbers below `before`.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn builds(
        &self,
        filter: &BuildFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Build>, JournalError> {
        let filter = filter.clone();
        let work = move |session: &mut Session<'_>| {
            let page = [before.unwrap_or(i64::MAX).into(), i64::from(limit).into()];
            let [before, limit] = page;
            let rows = match &filter {
                BuildFilter::All => session.rows(ALL, &[before, limit]),
                BuildFilter::Project(project) => {
                    session.rows(OF_PROJECT, &[before, limit, project.into()])
                }
                BuildFilter::Job(project, job) => {
                    session.rows(OF_JOB, &[before, limit, project.into(), job.into()])
                }
                BuildFilter::Target(project, target) => {
                    let target = target_key(target);
                    session.rows(OF_TARGET, &[before, limit, project.into(), (&target).into()])
                }
                BuildFilter::Sha(sha) => {
                    session.rows(OF_SHA, &[before, limit, sha.as_str().into()])
                }
                BuildFilter::AtWork => session.rows(AT_WORK, &[before, limit]),
            };
            builds(rows?)
        };
        self.read("list its builds", work).await
    }

    /// The last builds of each of these jobs (project and job) that have ended, the latest first, at most `limit` of
    /// each: for a row of durations on a page.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn last_ended(
        &self,
        jobs: &[(String, String)],
        limit: u32,
    ) -> Result<Vec<Vec<Build>>, JournalError> {
        let jobs = jobs.to_vec();
        let work = move |session: &mut Session<'_>| {
            let mut all = Vec::new();
            for (project, job) in &jobs {
                let values = [project.into(), job.into(), i64::from(limit).into()];
                all.push(builds(session.rows(LAST_ENDED, &values)?)?);
            }
            Ok(all)
        };
        self.read("list its last builds", work).await
    }

    /// The first build of this job and commit that is queued or running.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the build is unreadable.
    pub async fn at_work_of(
        &self,
        project: &str,
        job: &str,
        sha: &Sha,
    ) -> Result<Option<Build>, JournalError> {
        self.one("look for a build at work", AT_WORK_OF, [sha.as_str(), project, job]).await
    }

    /// The last build of this job that has passed with exactly this tree.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the build is unreadable.
    pub async fn green_of(
        &self,
        project: &str,
        job: &str,
        tree: &str,
    ) -> Result<Option<Build>, JournalError> {
        self.one("look for a green build", GREEN_OF, [project, job, tree]).await
    }

    /// The last build of this job and commit, in whatever state.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the build is unreadable.
    pub async fn last_of(
        &self,
        project: &str,
        job: &str,
        sha: &Sha,
    ) -> Result<Option<Build>, JournalError> {
        self.one("look for a build of a commit", LAST_OF, [sha.as_str(), project, job]).await
    }

    /// The build that a statement finds, if it finds one.
    async fn one(
        &self,
        doing: &'static str,
        statement: &'static str,
        values: [&str; 3],
    ) -> Result<Option<Build>, JournalError> {
        let values = values.map(str::to_owned);
        let work = move |session: &mut Session<'_>| {
            let row = session.first(statement, &values.each_ref().map(Into::into))?;
            row.map(|mut row| build(&mut row)).transpose()
        };
        self.read(doing, work).await
    }
}

impl WaitingPosition {
    /// Whether it surely waits for one of so many slots: all who run now end before it begins, and as many after them.
    #[must_use]
    pub fn waits_for(&self, slots: u64) -> bool {
        self.running >= slots && self.queued_before >= slots
    }

    pub(super) fn read(session: &mut Session<'_>, number: i64) -> Result<Self, Problem> {
        let row = session.first(POSITION, &[number.into()])?;
        let mut row = row.ok_or_else(|| Problem::no_build(number))?;
        Ok(Self { queued_before: row.next()?, running: row.next()? })
    }
}

macro_rules! builds_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            build_columns!(),
            " FROM pipeline_builds WHERE ",
            $condition,
            " number < $1 ORDER BY number DESC LIMIT $2"
        )
    };
}

const ALL: &str = builds_where!("");
const OF_PROJECT: &str = builds_where!("project = $3 AND");
const OF_JOB: &str = builds_where!("project = $3 AND job = $4 AND");
const OF_TARGET: &str = builds_where!("project = $3 AND target = $4 AND");
const OF_SHA: &str = builds_where!("sha = $3 AND");
const AT_WORK: &str = builds_where!("ended_at IS NULL AND");

const LAST_ENDED: &str = concat!(
    "SELECT ",
    build_columns!(),
    " FROM pipeline_builds WHERE project = $1 AND job = $2 AND ended_at IS NOT NULL
      ORDER BY number DESC LIMIT $3"
);
const AT_WORK_OF: &str = concat!(
    "SELECT ",
    build_columns!(),
    " FROM pipeline_builds WHERE ",
    of_commit!(),
    " AND state IN ('queued', 'running') ORDER BY number LIMIT 1"
);
const LAST_OF: &str = concat!(
    "SELECT ",
    build_columns!(),
    " FROM pipeline_builds WHERE ",
    of_commit!(),
    " ORDER BY number DESC LIMIT 1"
);
const GREEN_OF: &str = concat!(
    "SELECT ",
    build_columns!(),
    " FROM pipeline_builds WHERE project = $1 AND job = $2 AND tree = $3 AND state = 'passed'
      ORDER BY number DESC LIMIT 1"
);
const POSITION: &str = "SELECT count(CASE WHEN state = 'queued' AND number < $1 THEN 1 END),
        count(CASE WHEN state = 'running' THEN 1 END)
    FROM pipeline_builds WHERE ended_at IS NULL";
