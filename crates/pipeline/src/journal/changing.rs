//! How a build goes from state to state. Each change says from which it may come; what comes late changes nothing.

use super::build_row::{build, build_columns, find, shortened};
use super::database::{Problem, Session, Value};
use super::entries::{self, EntryKind, NewEntry};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::{Build, BuildState, StepTime};

/// A summary has at most so many characters: it is one line on a page, and GitHub shows 140 of it.
const LONGEST_SUMMARY: usize = 1_000;

/// The right to write of a build that runs, which the attempt that [began](Journal::begin) it last has. Once another
/// has begun it, whatever comes by an older one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildHold {
    pub(super) number: i64,
    pub(super) holder: i64,
    pub(super) log_base: u64,
}

impl BuildHold {
    /// The build's number.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Where the log of what runs now begins in the log of the build, in bytes. Before it stands what attempts
    /// before have written, whose runners are gone.
    #[must_use]
    pub fn log_base(&self) -> u64 {
        self.log_base
    }
}

/// How a build is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BeginMode {
    /// Its command starts now. What is logged comes after what an attempt before has logged.
    Anew,
    /// Its command runs already, or has ended: an attempt before has started it. The log goes on where its own
    /// began.
    Attach,
}

/// What became of [beginning](Journal::begin) a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It runs.
    Held(BuildHold, Build),
    /// It must not run: it waits for approval, or has ended. This is how it stands.
    Refused(Build),
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildChange {
    /// It is done, or was done before by the same call. This is how the build stands.
    Done(Build),
    /// The state of the build does not allow it, or another attempt has begun it since. Nothing changed; this is
    /// how it stands.
    Refused(Build),
}

impl BuildChange {
    /// How the build stands.
    #[must_use]
    pub fn build(&self) -> &Build {
        match self {
            Self::Done(build) | Self::Refused(build) => build,
        }
    }

    /// How the build stands.
    #[must_use]
    pub fn into_build(self) -> Build {
        match self {
            Self::Done(build) | Self::Refused(build) => build,
        }
    }

    /// Whether it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl Journal {
    /// The build of this number.
    ///
    /// # Errors
    ///
    /// Fails when there is [none](JournalError::is_no_build), when it is unreadable, and when the database fails.
    pub async fn build(&self, number: i64) -> Result<Build, JournalError> {
        self.read("read a build", move |session| find(session, number)).await
    }

    /// Says that a build runs from now on, on this machine, by whoever calls. From *queued*, and from *running*, where
    /// the attempt before has lost it.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn begin(
        &self,
        number: i64,
        machine: &str,
        mode: BeginMode,
    ) -> Result<Begun, JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let sql = match mode {
                BeginMode::Anew => BEGIN_ANEW,
                BeginMode::Attach => BEGIN_ATTACHED,
            };
            let row = session.first(sql, &[number.into(), (&machine).into(), now.into()])?;
            let Some(mut row) = row else { return Ok(Begun::Refused(find(session, number)?)) };
            let begun = build(&mut row)?;
            let hold = BuildHold { number, holder: row.next()?, log_base: row.next()? };
            let text = match mode {
                BeginMode::Anew => format!("running on {machine}"),
                BeginMode::Attach => format!("running on {machine}, taken up again"),
            };
            tell(session, now, &begun, text, None)?;
            Ok(Begun::Held(hold, begun))
        };
        let begun = self.write("begin a build", work).await?;
        self.shared.hubs.poke(Some(number));
        Ok(begun)
    }

    /// Ends a build that runs. The state must be one in which a build ends. Made again, it is done.
    ///
    /// # Errors
    ///
    /// Fails when the state is none in which a build ends, when there is no such build, and when the database fails.
    pub async fn finish(
        &self,
        hold: &BuildHold,
        state: BuildState,
        summary: &str,
    ) -> Result<BuildChange, JournalError> {
        let (hold, summary) = (*hold, shortened(summary, LONGEST_SUMMARY));
        let work = move |session: &mut Session<'_>| {
            expect_end(state)?;
            let now = session.now()?;
            let values = [
                hold.number.into(),
                state.as_str().into(),
                (&summary).into(),
                now.into(),
                hold.holder.into(),
            ];
            match session.first(FINISH, &values)? {
                Some(mut row) => {
                    let ended = build(&mut row)?;
                    tell(session, now, &ended, said(state, &summary), None)?;
                    Ok(BuildChange::Done(ended))
                }
                None => {
                    let is_own = holder(session, hold.number)? == hold.holder;
                    let found = find(session, hold.number)?;
                    Ok(repeated(found, |it| is_own && it.state == state))
                }
            }
        };
        self.changed("end a build", hold.number, work).await
    }

    /// Puts a build that runs back into the queue, for instance because its runner was lost.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn release(&self, hold: &BuildHold, why: &str) -> Result<BuildChange, JournalError> {
        let (hold, why) = (*hold, shortened(why, LONGEST_SUMMARY));
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let values = [hold.number.into(), (&why).into(), hold.holder.into()];
            let row = session.first(RELEASE, &values)?;
            let text = said(BuildState::Queued, &why);
            done_or_refused(session, row, hold.number, now, text, None)
        };
        self.changed("give a build back", hold.number, work).await
    }

    /// Ends a build that has not begun: it was canceled, a newer one took its place, it cannot be done, or (*passed*)
    /// nothing needs to be done. One that runs is ended by whoever [holds](Self::finish) it.
    ///
    /// # Errors
    ///
    /// Fails when the state is none in which a build ends, when there is no such build, and when the database fails.
    pub async fn settle(
        &self,
        number: i64,
        state: BuildState,
        summary: &str,
        person: Option<&str>,
    ) -> Result<BuildChange, JournalError> {
        let summary = shortened(summary, LONGEST_SUMMARY);
        let person = person.map(str::to_owned);
        let work = move |session: &mut Session<'_>| {
            expect_end(state)?;
            let now = session.now()?;
            let values = [number.into(), state.as_str().into(), (&summary).into(), now.into()];
            match session.first(SETTLE, &values)? {
                Some(mut row) => {
                    let ended = build(&mut row)?;
                    tell(session, now, &ended, said(state, &summary), person.as_deref())?;
                    Ok(BuildChange::Done(ended))
                }
                None => {
                    let found = find(session, number)?;
                    Ok(repeated(found, |it| it.state == state && it.summary == summary))
                }
            }
        };
        self.changed("settle a build", number, work).await
    }

    /// Lets a build run that waits for approval.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn approve(&self, number: i64, person: &str) -> Result<BuildChange, JournalError> {
        let person = person.to_owned();
        let work = move |session: &mut Session<'_>| {
            let now = session.now()?;
            let row = session.first(APPROVE, &[number.into(), (&person).into()])?;
            let text = format!("queued: approved by {person}");
            done_or_refused(session, row, number, now, text, Some(&person))
        };
        self.changed("approve a build", number, work).await
    }

    /// Writes down the tree of a build that runs. Returns whether it is still the caller's.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn set_tree(&self, hold: &BuildHold, tree: &str) -> Result<bool, JournalError> {
        self.note("write down a tree", SET_TREE, *hold, tree.to_owned()).await
    }

    /// Writes down how long the steps of a build took, that runs: all that have ended. Returns whether it is still the
    /// caller's.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn set_steps(
        &self,
        hold: &BuildHold,
        steps: &[StepTime],
    ) -> Result<bool, JournalError> {
        const DOING: &str = "write down steps";
        let json = serde_json::to_string(steps);
        let json = json.map_err(|error| JournalError::json(DOING, error))?;
        self.note(DOING, SET_STEPS, *hold, json).await
    }

    /// Says in one line what a build that runs is at. Returns whether it is still the caller's.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn set_summary(&self, hold: &BuildHold, text: &str) -> Result<bool, JournalError> {
        let text = shortened(text, LONGEST_SUMMARY);
        self.note("write down a summary", SET_SUMMARY, *hold, text).await
    }

    async fn note(
        &self,
        doing: &'static str,
        sql: &'static str,
        hold: BuildHold,
        text: String,
    ) -> Result<bool, JournalError> {
        let work = move |session: &mut Session<'_>| {
            let values = [hold.number.into(), hold.holder.into(), (&text).into()];
            Ok(session.execute(sql, &values)? == 1)
        };
        let is_held = self.write(doing, work).await?;
        self.shared.hubs.poke(Some(hold.number));
        Ok(is_held)
    }

    async fn changed(
        &self,
        doing: &'static str,
        number: i64,
        work: impl Fn(&mut Session<'_>) -> Result<BuildChange, Problem> + Send + Sync + 'static,
    ) -> Result<BuildChange, JournalError> {
        let changed = self.write(doing, work).await?;
        self.shared.hubs.poke(Some(number));
        Ok(changed)
    }
}

macro_rules! change {
    ($set:literal, $condition:literal) => {
        concat!(
            "UPDATE pipeline_builds SET ",
            $set,
            " WHERE number = $1 AND ",
            $condition,
            " RETURNING ",
            build_columns!(),
            ", holder, log_base"
        )
    };
}

const BEGIN_ANEW: &str = change!(
    "state = 'running', summary = '', machine = $2, started_at = $3, steps = '[]', tree = NULL,
     holder = holder + 1, log_base = log_bytes",
    "state IN ('queued', 'running')"
);
const BEGIN_ATTACHED: &str = change!(
    "state = 'running', machine = $2, started_at = coalesce(started_at, $3), holder = holder + 1",
    "state IN ('queued', 'running')"
);
const FINISH: &str =
    change!("state = $2, summary = $3, ended_at = $4", "holder = $5 AND state = 'running'");
const RELEASE: &str =
    change!("state = 'queued', summary = $2", "holder = $3 AND state = 'running'");
const SETTLE: &str =
    change!("state = $2, summary = $3, ended_at = $4", "state IN ('waiting', 'queued')");
const APPROVE: &str =
    change!("state = 'queued', summary = '', approved_by = $2", "state = 'waiting'");

const SET_TREE: &str = "UPDATE pipeline_builds SET tree = $3
                        WHERE number = $1 AND holder = $2 AND state = 'running'";
const SET_STEPS: &str = "UPDATE pipeline_builds SET steps = $3
                         WHERE number = $1 AND holder = $2 AND state = 'running'";
const SET_SUMMARY: &str = "UPDATE pipeline_builds SET summary = $3
                           WHERE number = $1 AND holder = $2 AND state = 'running'";

fn expect_end(state: BuildState) -> Result<(), Problem> {
    if state.is_final() {
        return Ok(());
    }
    let text = format!("no build ends as {state}");
    Err(Problem::new(super::database::Kind::Refused, text))
}

fn holder(session: &mut Session<'_>, number: i64) -> Result<i64, Problem> {
    let sql = "SELECT holder FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[Value::from(number)])?;
    row.ok_or_else(|| Problem::no_build(number))?.next()
}

/// Where the answer to a change was lost it is made again, and finds what it did.
fn repeated(found: Build, is_same: impl Fn(&Build) -> bool) -> BuildChange {
    if is_same(&found) { BuildChange::Done(found) } else { BuildChange::Refused(found) }
}

fn done_or_refused(
    session: &mut Session<'_>,
    row: Option<super::database::Row>,
    number: i64,
    now: i64,
    text: String,
    person: Option<&str>,
) -> Result<BuildChange, Problem> {
    let Some(mut row) = row else { return Ok(BuildChange::Refused(find(session, number)?)) };
    let changed = build(&mut row)?;
    tell(session, now, &changed, text, person)?;
    Ok(BuildChange::Done(changed))
}

fn said(state: BuildState, summary: &str) -> String {
    if summary.is_empty() { state.to_string() } else { format!("{state}: {summary}") }
}

/// Writes an entry of the change, in its transaction.
fn tell(
    session: &mut Session<'_>,
    now: i64,
    build: &Build,
    text: String,
    person: Option<&str>,
) -> Result<(), Problem> {
    let mut entry = NewEntry::of_build(EntryKind::Build, text, build);
    entry.person = person.map(str::to_owned);
    entries::write(session, &entries::own_ticket(), now, &entry)
}
