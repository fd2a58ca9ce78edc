//! What pages tell of the past: a page of many builds, how long the last ones took, what was built for.

use std::str::FromStr;

use hookstead::types::Sha;

use super::build_row::{build_columns, builds, target_key, target_of};
use super::database::{Problem, Row, Session};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{Build, BuildState, BuildTarget};

/// Which builds of a project a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildQuery {
    /// The project's name in the config.
    pub project: String,
    /// Those of this job alone.
    pub job: Option<String>,
    /// Those of this pull request or branch alone.
    pub target: Option<BuildTarget>,
    /// Those in this state alone.
    pub state: Option<BuildState>,
}

/// Which part of many builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuildPage {
    /// The latest.
    #[default]
    Latest,
    /// Those before the build of this number.
    Before(i64),
    /// Those after the build of this number, next to it.
    After(i64),
}

/// A build that has ended: how, and how long its command ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastBuild {
    /// Its number.
    pub number: i64,
    /// The job's name.
    pub job: String,
    /// How it ended.
    pub state: BuildState,
    /// How long its command ran.
    pub milliseconds: u64,
}

impl Journal {
    /// A page of the builds that fit, the latest first: at most `limit`.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn page(
        &self,
        query: &BuildQuery,
        page: BuildPage,
        limit: u32,
    ) -> Result<Vec<Build>, JournalError> {
        let query = query.clone();
        let work = move |session: &mut Session<'_>| {
            let (at, is_after) = match page {
                BuildPage::Latest => (i64::MAX, false),
                BuildPage::Before(number) => (number, false),
                BuildPage::After(number) => (number, true),
            };
            let state = query.state.map_or("", BuildState::as_str);
            let job = query.job.as_deref().unwrap_or_default();
            let target = query.target.as_ref().map(target_key).unwrap_or_default();
            let [at, limit] = [at.into(), i64::from(limit).into()];
            let project = query.project.as_str().into();
            let rows = match (&query.target, &query.job, is_after) {
                (Some(_), _, is_after) => {
                    let sql = if is_after { TARGET_AFTER } else { TARGET_BEFORE };
                    let target = target.as_str().into();
                    session.rows(sql, &[at, limit, project, state.into(), target, job.into()])
                }
                (None, Some(_), is_after) => {
                    let sql = if is_after { JOB_AFTER } else { JOB_BEFORE };
                    session.rows(sql, &[at, limit, project, state.into(), job.into()])
                }
                (None, None, is_after) => {
                    let sql = if is_after { PROJECT_AFTER } else { PROJECT_BEFORE };
                    session.rows(sql, &[at, limit, project, state.into()])
                }
            };
            let mut builds = builds(rows?)?;
            if is_after {
                builds.reverse();
            }
            Ok(builds)
        };
        self.read("list a page of builds", work).await
    }

    /// How long the last builds of a project took, or of one job of it, the latest first: at most `limit`. Those
    /// that never began are left out.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn past(
        &self,
        project: &str,
        job: Option<&str>,
        limit: u32,
    ) -> Result<Vec<PastBuild>, JournalError> {
        let (project, job) = (project.to_owned(), job.map(str::to_owned));
        let work = move |session: &mut Session<'_>| {
            let (project, limit) = (project.as_str().into(), i64::from(limit).into());
            let rows = match &job {
                Some(job) => session.rows(PAST_OF_JOB, &[project, limit, job.into()]),
                None => session.rows(PAST_OF_PROJECT, &[project, limit]),
            };
            rows?.into_iter().map(past_build).collect()
        };
        self.read("look how long builds took", work).await
    }

    /// What the last builds of a project were for, the latest first, each once. It looks at the last `builds`.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn recent_targets(
        &self,
        project: &str,
        builds: u32,
    ) -> Result<Vec<BuildTarget>, JournalError> {
        let project = project.to_owned();
        let work = move |session: &mut Session<'_>| {
            let rows = session.rows(TARGETS, &[project.as_str().into(), i64::from(builds).into()]);
            let mut targets = Vec::new();
            for mut row in rows? {
                let target = target_of(&row.next::<String>()?)?;
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            Ok(targets)
        };
        self.read("look what builds were for", work).await
    }

    /// The commit of which the journal tells and whose sha begins so; `None` if there is none, or more than one.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a commit is unreadable.
    pub async fn sha_that_begins(&self, beginning: &str) -> Result<Option<Sha>, JournalError> {
        let first = beginning.to_ascii_lowercase();
        if first.is_empty() || !first.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        // `g` is behind all digits.
        let last = format!("{first}g");
        let work = move |session: &mut Session<'_>| {
            let values = [first.as_str().into(), last.as_str().into()];
            let mut found = Vec::new();
            for sql in [FIRST_SHA, LAST_SHA] {
                let row = session.first(sql, &values)?;
                found.push(row.map(|mut row| row.next::<String>()).transpose()?);
            }
            let [Some(first), Some(last)] = &found[..] else { return Ok(None) };
            let unreadable = |_| Problem::unreadable("the commit of an entry is unreadable");
            let sha = (first == last).then(|| Sha::from_str(first).map_err(unreadable));
            sha.transpose()
        };
        self.read("look for a commit", work).await
    }
}

fn past_build(mut row: Row) -> Result<PastBuild, Problem> {
    let (number, job): (i64, String) = (row.next()?, row.next()?);
    let unreadable = |_| Problem::unreadable(format!("the state of build {number} is unreadable"));
    let state = row.next::<String>()?.parse().map_err(unreadable)?;
    let (started, ended): (i64, i64) = (row.next()?, row.next()?);
    let milliseconds = u64::try_from(ended.saturating_sub(started)).unwrap_or_default();
    Ok(PastBuild { number, job, state, milliseconds })
}

macro_rules! page_where {
    ($condition:literal, $side:literal) => {
        concat!(
            "SELECT ",
            build_columns!(),
            " FROM pipeline_builds WHERE project = $3 AND ($4 = '' OR state = $4) AND ",
            $condition,
            " number ",
            $side,
            " LIMIT $2"
        )
    };
}

const PROJECT_BEFORE: &str = page_where!("", "< $1 ORDER BY number DESC");
const PROJECT_AFTER: &str = page_where!("", "> $1 ORDER BY number");
const JOB_BEFORE: &str = page_where!("job = $5 AND", "< $1 ORDER BY number DESC");
const JOB_AFTER: &str = page_where!("job = $5 AND", "> $1 ORDER BY number");
const TARGET_BEFORE: &str =
    page_where!("target = $5 AND ($6 = '' OR job = $6) AND", "< $1 ORDER BY number DESC");
const TARGET_AFTER: &str =
    page_where!("target = $5 AND ($6 = '' OR job = $6) AND", "> $1 ORDER BY number");

const PAST_OF_PROJECT: &str = "SELECT number, job, state, started_at, ended_at
    FROM pipeline_builds WHERE project = $1 AND started_at IS NOT NULL AND ended_at IS NOT NULL
    ORDER BY number DESC LIMIT $2";
const PAST_OF_JOB: &str = "SELECT number, job, state, started_at, ended_at
    FROM pipeline_builds
    WHERE project = $1 AND job = $3 AND started_at IS NOT NULL AND ended_at IS NOT NULL
    ORDER BY number DESC LIMIT $2";
const TARGETS: &str = "SELECT target FROM pipeline_builds WHERE project = $1
    ORDER BY number DESC LIMIT $2";
const FIRST_SHA: &str = "SELECT sha FROM pipeline_entries WHERE sha >= $1 AND sha < $2
    ORDER BY sha LIMIT 1";
const LAST_SHA: &str = "SELECT sha FROM pipeline_entries WHERE sha >= $1 AND sha < $2
    ORDER BY sha DESC LIMIT 1";
