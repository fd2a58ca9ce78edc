use std::fmt;
use std::str::FromStr;

use hookstead::types::{Sha, Timestamp};
use serde::{Deserialize, Serialize};

use super::build_row::{moment, shortened, target_key, target_of};
use super::database::{Problem, Row, Session, columns};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{Build, BuildTarget};

/// An entry's text has at most so many characters; the rest is left out. A sentence fits, and an error of a
/// server that answers with a page does not fill the database.
const LONGEST_TEXT: usize = 4_000;

/// What an entry of the journal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EntryKind {
    /// A delivery came.
    Delivery,
    /// What was decided, or why nothing was done.
    Decision,
    /// A build has another state. The journal writes these itself.
    Build,
    /// Something was reported to GitHub, and what it answered.
    Report,
    /// A person asked for something: by a button, a comment or the command line.
    Person,
    /// Something was put right, such as a build whose machine is gone.
    Repair,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Delivery, Self::Decision, Self::Build, Self::Report, Self::Person, Self::Repair];

    /// The word for it, as the database and the pages have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Decision => "decision",
            Self::Build => "build",
            Self::Report => "report",
            Self::Person => "person",
            Self::Repair => "repair",
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

fn kind_of(word: &str) -> Result<EntryKind, Problem> {
    let kind = EntryKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    kind.ok_or_else(|| Problem::unreadable(format!("{word:?} is no kind of an entry")))
}

/// An entry that is to be written. The more it says of what it belongs to, the more pages show it.
///
/// ```
/// use hookstead_pipeline::journal::{EntryKind, NewEntry};
///
/// let entry = NewEntry::new(EntryKind::Decision, "nothing, because the branch was deleted")
///     .delivery("72d3162e")
///     .project("blog");
/// assert_eq!(entry.delivery.as_deref(), Some("72d3162e"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewEntry {
    /// What it is about.
    pub kind: EntryKind,
    /// What happened, in words.
    pub text: String,
    /// The delivery's id.
    pub delivery: Option<String>,
    /// The project's name in the config.
    pub project: Option<String>,
    /// The pull request or branch.
    pub target: Option<BuildTarget>,
    /// The commit.
    pub sha: Option<Sha>,
    /// The build's number.
    pub build: Option<i64>,
    /// The login of whoever asked for it.
    pub person: Option<String>,
}

impl NewEntry {
    /// An entry with this text, which belongs to nothing yet.
    #[must_use]
    pub fn new(kind: EntryKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            delivery: None,
            project: None,
            target: None,
            sha: None,
            build: None,
            person: None,
        }
    }

    /// An entry about a build: it belongs to its project, target, commit and number, and to the delivery that
    /// made it.
    #[must_use]
    pub fn of_build(kind: EntryKind, text: impl Into<String>, build: &Build) -> Self {
        let what = &build.what;
        let mut entry = Self::new(kind, text)
            .project(&what.project)
            .target(what.target.clone())
            .sha(what.sha.clone())
            .build(build.number);
        if let crate::record::BuildCause::Delivery { id, .. } = &what.cause {
            entry = entry.delivery(id);
        }
        entry
    }

    /// It belongs to the delivery with this id.
    #[must_use]
    pub fn delivery(mut self, id: impl Into<String>) -> Self {
        self.delivery = Some(id.into());
        self
    }

    /// It belongs to this project.
    #[must_use]
    pub fn project(mut self, name: impl Into<String>) -> Self {
        self.project = Some(name.into());
        self
    }

    /// It belongs to this pull request or branch.
    #[must_use]
    pub fn target(mut self, target: BuildTarget) -> Self {
        self.target = Some(target);
        self
    }

    /// It belongs to this commit.
    #[must_use]
    pub fn sha(mut self, sha: Sha) -> Self {
        self.sha = Some(sha);
        self
    }

    /// It belongs to the build of this number.
    #[must_use]
    pub fn build(mut self, number: i64) -> Self {
        self.build = Some(number);
        self
    }

    /// This person asked for it.
    #[must_use]
    pub fn person(mut self, login: impl Into<String>) -> Self {
        self.person = Some(login.into());
        self
    }
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number: later ones have larger numbers.
    pub number: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What it is about.
    pub kind: EntryKind,
    /// What happened, in words.
    pub text: String,
    /// The delivery's id.
    pub delivery: Option<String>,
    /// The project's name in the config.
    pub project: Option<String>,
    /// The pull request or branch.
    pub target: Option<BuildTarget>,
    /// The commit.
    pub sha: Option<Sha>,
    /// The build's number.
    pub build: Option<i64>,
    /// The login of whoever asked for it.
    pub person: Option<String>,
}

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryFilter {
    /// All of them.
    All,
    /// Those of the delivery with this id.
    Delivery(String),
    /// Those of this commit.
    Sha(Sha),
    /// Those of this pull request or branch of this project.
    Target(String, BuildTarget),
    /// Those of the build with this number.
    Build(i64),
}

columns! { entry_columns
    struct EntryRow {
        entry: i64,
        at: i64,
        kind: String,
        text: String,
        delivery: Option<String>,
        project: Option<String>,
        target: Option<String>,
        sha: Option<String>,
        build: Option<i64>,
        person: Option<String>,
    }
}

fn entry(mut row: Row) -> Result<JournalEntry, Problem> {
    let row = EntryRow::read(&mut row)?;
    let sha = row.sha.as_deref().map(Sha::from_str).transpose();
    Ok(JournalEntry {
        number: row.entry,
        at: moment(row.at)?,
        kind: kind_of(&row.kind)?,
        text: row.text,
        delivery: row.delivery,
        project: row.project,
        target: row.target.as_deref().map(target_of).transpose()?,
        sha: sha.map_err(|_| Problem::unreadable("the commit of an entry is unreadable"))?,
        build: row.build,
        person: row.person,
    })
}

/// Writes an entry. The same ticket is the same entry: a second time nothing is written.
pub(super) fn write(
    session: &mut Session<'_>,
    ticket: &str,
    now: i64,
    new: &NewEntry,
) -> Result<(), Problem> {
    let text = shortened(&new.text, LONGEST_TEXT);
    let target = new.target.as_ref().map(target_key);
    // A commit that is none is left out: an entry is written whatever an event says.
    let sha = new.sha.as_ref().filter(|sha| sha.is_well_formed()).map(Sha::as_str);
    let sql = concat!(
        "INSERT INTO pipeline_entries
             (ticket, at, kind, text, delivery, project, target, sha, build, person) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (ticket) DO NOTHING"
    );
    let values = [
        ticket.into(),
        now.into(),
        new.kind.as_str().into(),
        (&text).into(),
        new.delivery.as_deref().into(),
        new.project.as_deref().into(),
        target.as_deref().into(),
        sha.into(),
        new.build.into(),
        new.person.as_deref().into(),
    ];
    session.execute(sql, &values)?;
    Ok(())
}

/// A ticket that no other call has.
pub(super) fn own_ticket() -> String {
    format!("{:032x}", fastrand::u128(..))
}

impl Journal {
    /// The last entry of a delivery from outside, which tells whether the hook works.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the entry is unreadable.
    pub async fn last_delivery(&self) -> Result<Option<JournalEntry>, JournalError> {
        let work =
            |session: &mut Session<'_>| session.first(LAST_DELIVERY, &[])?.map(entry).transpose();
        self.read("look for the last delivery", work).await
    }

    /// The last entries of what was put right, the latest first.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when an entry is unreadable.
    pub async fn last_repairs(&self, limit: u32) -> Result<Vec<JournalEntry>, JournalError> {
        let work = move |session: &mut Session<'_>| {
            let rows = session.rows(LAST_REPAIRS, &[i64::from(limit).into()])?;
            rows.into_iter().map(entry).collect()
        };
        self.read("look what was put right", work).await
    }

    /// Writes an entry.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn enter(&self, new: NewEntry) -> Result<(), JournalError> {
        let (ticket, build) = (own_ticket(), new.build);
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            write(session, &ticket, now, &new)
        };
        self.write("write an entry", work).await?;
        self.shared.hubs.poke(build);
        Ok(())
    }

    /// The latest entries that fit, the latest first: at most `limit`, and only such with numbers below
    /// `before`.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when an entry is unreadable.
    pub async fn entries(
        &self,
        filter: &EntryFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, JournalError> {
        let filter = filter.clone();
        let work = move |session: &mut Session<'_>| {
            let (before, limit) = (before.unwrap_or(i64::MAX), i64::from(limit));
            let rows = match &filter {
                EntryFilter::All => session.rows(ALL, &[before.into(), limit.into()]),
                EntryFilter::Delivery(id) => {
                    session.rows(OF_DELIVERY, &[before.into(), limit.into(), id.into()])
                }
                EntryFilter::Sha(sha) => {
                    session.rows(OF_SHA, &[before.into(), limit.into(), sha.as_str().into()])
                }
                EntryFilter::Target(project, target) => {
                    let target = target_key(target);
                    let values = [before.into(), limit.into(), project.into(), (&target).into()];
                    session.rows(OF_TARGET, &values)
                }
                EntryFilter::Build(number) => {
                    session.rows(OF_BUILD, &[before.into(), limit.into(), (*number).into()])
                }
            };
            rows?.into_iter().map(entry).collect()
        };
        self.read("read its entries", work).await
    }
}

macro_rules! entries_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            entry_columns!(),
            " FROM pipeline_entries WHERE ",
            $condition,
            " entry < $1 ORDER BY entry DESC LIMIT $2"
        )
    };
}

const ALL: &str = entries_where!("");
const OF_DELIVERY: &str = entries_where!("delivery = $3 AND");
const OF_SHA: &str = entries_where!("sha = $3 AND");
const OF_TARGET: &str = entries_where!("project = $3 AND target = $4 AND");
const OF_BUILD: &str = entries_where!("build = $3 AND");

// A schedule's entry stands where a delivery's does, and tells nothing of the hook.
const LAST_DELIVERY: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM pipeline_entries WHERE kind = 'delivery' AND delivery NOT LIKE 'schedule/%'
      ORDER BY entry DESC LIMIT 1"
);
const LAST_REPAIRS: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM pipeline_entries WHERE kind = 'repair' ORDER BY entry DESC LIMIT $1"
);
