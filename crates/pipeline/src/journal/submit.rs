//! Builds and the inbox's work for them, written together.

use std::sync::Arc;

use hookstead::inbox::{Accepted, Inbox, NewDelivery, Work};

use super::announcing::{Announcement, Announcer};
use super::build_row::{
    build, build_columns, builds, milliseconds, moment, of_commit, shortened, target_key,
};
use super::build_work::BuildWork;
use super::database::{Problem, Session};
use super::entries::{self, EntryKind, NewEntry};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{Build, BuildState, NewBuild};

/// Titles and authors are cut after so many characters: GitHub's own limit for a title is 256, and the first
/// line of a commit's message has none.
const LONGEST_TITLE: usize = 1_000;

const DOING: &str = "write down builds";

/// A build that is wanted, for [`Journal::submit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBuild {
    /// What was decided.
    pub build: NewBuild,
    /// Whether a build of the same job and commit, with the same trust, that is queued or running will do.
    pub joins: bool,
}

/// What became of a build that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmittedBuild {
    /// The build, as it is now.
    pub build: Build,
    /// How it came about.
    pub how: SubmittedHow,
    /// What became of [announcing](Journal::submit_and_announce) it, if that was tried.
    pub announcement: Option<Announcement>,
}

/// How a build that was wanted came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmittedHow {
    /// It was written down now, and the inbox has work for it.
    New,
    /// It was written down before for the same occasion.
    Known,
    /// Another one does it: it was queued or running already.
    Joined,
}

/// A build with the number and the work that it gets if it is new.
struct Prepared {
    wanted: WantedBuild,
    number: i64,
    work: NewDelivery,
}

impl Journal {
    /// Writes down builds, the inbox's work for each ([`BuildWork`]), and what else is to be said of the decision:
    /// in one transaction. Each starts as *queued*, or as *waiting* where it needs approval.
    ///
    /// The occasion says what makes them, such as a delivery's id, or an id for each press of a button. It may be
    /// called again: for the same occasion, project and job there is one build, and the same entries are not
    /// written twice. So a handler that is tried again decides the same again, and nothing is doubled.
    ///
    /// The order is that of `wanted`. The inbox must be one of [this journal's store](Self::inbox).
    ///
    /// # Errors
    ///
    /// Fails when the database does; when no process was seen within ten minutes that takes `hookstead.build`; and
    /// when the inbox is full. Then nothing is written.
    pub async fn submit(
        &self,
        inbox: &Inbox,
        occasion: &str,
        wanted: Vec<WantedBuild>,
        entries: Vec<NewEntry>,
    ) -> Result<Vec<SubmittedBuild>, JournalError> {
        self.submit_and_announce(inbox, occasion, wanted, entries, None).await
    }

    /// [Submits](Self::submit), and [announces](Self::announce) the first build that is new and queued, in the same
    /// transaction. Without an announcer none is announced.
    ///
    /// # Errors
    ///
    /// It fails where submitting fails.
    pub async fn submit_and_announce(
        &self,
        inbox: &Inbox,
        occasion: &str,
        wanted: Vec<WantedBuild>,
        entries: Vec<NewEntry>,
        announcer: Option<Announcer>,
    ) -> Result<Vec<SubmittedBuild>, JournalError> {
        let numbers = self.numbers(occasion, &wanted).await?;
        let mut prepared = Vec::new();
        for (number, mut wanted) in numbers.into_iter().zip(wanted) {
            let what = &mut wanted.build;
            what.title = shortened(&what.title, LONGEST_TITLE);
            what.author = shortened(&what.author, LONGEST_TITLE);
            let work = BuildWork {
                number,
                project: what.project.clone(),
                job: what.job.clone(),
                target: what.target.clone(),
                moment: what.moment.clone(),
                sha: what.sha.clone(),
                before: what.before.clone(),
            };
            let work = Work::new(BuildWork::EVENT, BuildWork::id(number), &work);
            let work = work.map_err(|error| JournalError::work(DOING, error))?;
            let work = inbox.prepare(work.repository(what.repo.as_str())).await;
            let work = work.map_err(|error| JournalError::inbox(DOING, error))?;
            prepared.push(Prepared { wanted, number, work });
        }
        let prepared = Arc::new(prepared);
        let written = {
            let (prepared, occasion) = (Arc::clone(&prepared), occasion.to_owned());
            self.write(DOING, move |session| {
                let written = write_all(session, &occasion, &prepared, &entries)?;
                let announced = announce_first(session, announcer.as_ref(), &written)?;
                Ok((written, announced))
            })
        };
        let (written, announced) = written.await?;
        let mut submitted = Vec::new();
        for (of, (build, how, accepted)) in prepared.iter().zip(written) {
            if let Some(accepted) = accepted {
                inbox.committed(&of.work, &accepted);
            }
            let is_it = |(number, _): &(i64, Announcement)| *number == build.number;
            let announcement = announced.filter(is_it).map(|(_, announcement)| announcement);
            submitted.push(SubmittedBuild { build, how, announcement });
        }
        self.shared.hubs.poke(None);
        Ok(submitted)
    }

    /// Numbers for builds that are wanted: those of the builds that are there, and new ones. They are taken
    /// before the builds are written, as the work is named by them; what is not used then is a gap.
    async fn numbers(
        &self,
        occasion: &str,
        wanted: &[WantedBuild],
    ) -> Result<Vec<i64>, JournalError> {
        let occasion = occasion.to_owned();
        let keys: Vec<(String, String)> =
            wanted.iter().map(|it| (it.build.project.clone(), it.build.job.clone())).collect();
        let work = move |session: &mut Session<'_>| {
            let mut numbers = Vec::new();
            for (project, job) in &keys {
                let known = known(session, &occasion, project, job)?;
                numbers.push(match known {
                    Some(build) => build.number,
                    None => session.number(NEXT_NUMBER, &[])?,
                });
            }
            Ok(numbers)
        };
        // What is written by them reaches the disk after them.
        if wanted.is_empty() { Ok(Vec::new()) } else { self.write_lightly(DOING, work).await }
    }
}

const NEXT_NUMBER: &str =
    "UPDATE pipeline_meta SET next_build = next_build + 1 RETURNING next_build - 1";

type Written = (Build, SubmittedHow, Option<Accepted>);

fn write_all(
    session: &mut Session<'_>,
    occasion: &str,
    prepared: &[Prepared],
    entries: &[NewEntry],
) -> Result<Vec<Written>, Problem> {
    let now = session.now()?;
    for (position, entry) in entries.iter().enumerate() {
        entries::write(session, &format!("{occasion} {position}"), now, entry)?;
    }
    // Two occasions at once must see each other's builds. In one order, so that none waits for one that waits
    // for it.
    let joining = prepared.iter().filter(|it| it.wanted.joins).map(|it| &it.wanted.build);
    let mut locks: Vec<String> =
        joining.map(|it| format!("{}\n{}\n{}", it.project, it.job, it.sha)).collect();
    locks.sort_unstable();
    for lock in locks {
        session.lock(&lock)?;
    }
    let mut written = Vec::new();
    for each in prepared {
        let what = &each.wanted.build;
        if let Some(known) = known(session, occasion, &what.project, &what.job)? {
            written.push((known, SubmittedHow::Known, None));
            continue;
        }
        if each.wanted.joins
            && let Some(other) = at_work(session, what)?
        {
            written.push((other, SubmittedHow::Joined, None));
            continue;
        }
        let build = new_build(each, now)?;
        if !insert(session, occasion, &build)? {
            // Somebody else has written it since this was looked for.
            let known = known(session, occasion, &what.project, &what.job)?;
            let known = known.ok_or_else(|| Problem::unreadable("a number was given twice"))?;
            written.push((known, SubmittedHow::Known, None));
            continue;
        }
        let accepted = session.submit(&each.work)?;
        let text = format!("{}: {}", build.state, what.cause);
        let entry = NewEntry::of_build(EntryKind::Build, text, &build);
        entries::write(session, &entries::own_ticket(), now, &entry)?;
        written.push((build, SubmittedHow::New, Some(accepted)));
    }
    Ok(written)
}

fn announce_first(
    session: &mut Session<'_>,
    announcer: Option<&Announcer>,
    written: &[Written],
) -> Result<Option<(i64, Announcement)>, Problem> {
    let is_new =
        |(build, how, _): &&Written| *how == SubmittedHow::New && build.state == BuildState::Queued;
    let (Some(announcer), Some((build, ..))) = (announcer, written.iter().find(is_new)) else {
        return Ok(None);
    };
    Ok(Some((build.number, announcer.announce(session, build.number)?)))
}

fn new_build(prepared: &Prepared, now: i64) -> Result<Build, Problem> {
    let what = prepared.wanted.build.clone();
    let waits = what.needs_approval;
    Ok(Build {
        number: prepared.number,
        state: if waits { BuildState::Waiting } else { BuildState::Queued },
        summary: if waits { "waits for approval".to_owned() } else { String::new() },
        what,
        tree: None,
        machine: None,
        approved_by: None,
        steps: Vec::new(),
        log_bytes: 0,
        queued_at: moment(now)?,
        started_at: None,
        ended_at: None,
    })
}

/// Whether it is written now. Of one occasion each job is built once.
fn insert(session: &mut Session<'_>, occasion: &str, build: &Build) -> Result<bool, Problem> {
    let what = &build.what;
    let json = serde_json::to_string(what);
    let json = json.map_err(|error| Problem::unreadable(error.to_string()))?;
    let target = target_key(&what.target);
    let values = [
        build.number.into(),
        occasion.into(),
        (&what.project).into(),
        (&what.job).into(),
        (&target).into(),
        what.sha.as_str().into(),
        what.is_fork.into(),
        (&json).into(),
        build.state.as_str().into(),
        (&build.summary).into(),
        milliseconds(&build.queued_at).into(),
    ];
    let sql = "INSERT INTO pipeline_builds (number, occasion, project, job, target, sha, is_fork, what, state,
                   summary, queued_at, steps, holder, log_bytes, log_lines,
                   log_base, has_log)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '[]', 0, 0, 0, 0, 0)
               ON CONFLICT DO NOTHING";
    Ok(session.execute(sql, &values)? == 1)
}

fn known(
    session: &mut Session<'_>,
    occasion: &str,
    project: &str,
    job: &str,
) -> Result<Option<Build>, Problem> {
    let sql = concat!(
        "SELECT ",
        build_columns!(),
        " FROM pipeline_builds WHERE occasion = $1 AND project = $2 AND job = $3"
    );
    let row = session.first(sql, &[occasion.into(), project.into(), job.into()])?;
    row.map(|mut row| build(&mut row)).transpose()
}

/// A build of the same job and commit that is queued or running. One of a fork got no secrets, so it does not do
/// for one of trusted code.
fn at_work(session: &mut Session<'_>, what: &NewBuild) -> Result<Option<Build>, Problem> {
    let sql = concat!(
        "SELECT ",
        build_columns!(),
        " FROM pipeline_builds WHERE ",
        of_commit!(),
        " AND is_fork = $4 AND state IN ('queued', 'running') ORDER BY number"
    );
    let values =
        [what.sha.as_str().into(), (&what.project).into(), (&what.job).into(), what.is_fork.into()];
    let found = builds(session.rows(sql, &values)?)?;
    // What is built as merged is not what the commit is.
    let fits =
        |it: &Build| it.what.as_merged() == what.as_merged() && !what.came_back_since(&it.what);
    Ok(found.into_iter().find(fits))
}
