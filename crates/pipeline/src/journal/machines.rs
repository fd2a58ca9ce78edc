//! Which machine runs what: for putting right what says that it runs, and does not.

use std::time::Duration;

use hookstead::types::Timestamp;

use super::build_row::{build, build_columns, moment};
use super::changing::BuildHold;
use super::database::{Problem, Row};
use super::error::JournalError;
use super::journal::Journal;
use crate::record::Build;

/// A build that says that it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningBuild {
    /// The build.
    pub build: Build,
    /// The right to write of it that its last attempt has. Whoever has found that attempt to be gone ends the build with
    /// it; where another has begun it since, that changes nothing.
    pub hold: BuildHold,
    /// When its machine was heard of last.
    pub machine_seen_at: Option<Timestamp>,
}

/// A machine that builds, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// When it was heard of last.
    pub seen_at: Timestamp,
    /// How many builds run on it.
    pub running: u64,
}

impl Journal {
    /// The machines that were heard of within this time, by their names.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn machines(&self, within: Duration) -> Result<Vec<Machine>, JournalError> {
        let span = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        let work = move |session: &mut super::database::Session<'_>| {
            let since = session.now()?.saturating_sub(span);
            let sql = "SELECT name, seen_at,
                    (SELECT count(*) FROM pipeline_builds WHERE machine = name AND state = 'running')
                FROM pipeline_machines WHERE seen_at >= $1 ORDER BY name";
            let rows = session.rows(sql, &[since.into()])?;
            let machine = |mut row: Row| {
                let (name, seen_at) = (row.next()?, moment(row.next()?)?);
                Ok(Machine { name, seen_at, running: row.next()? })
            };
            rows.into_iter().map(machine).collect()
        };
        self.read("list its machines", work).await
    }

    /// Says that this machine is alive. Every half minute is often enough.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn beat(&self, machine: &str) -> Result<(), JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut super::database::Session<'_>| {
            let now = session.now()?;
            let sql = "INSERT INTO pipeline_machines (name, seen_at) VALUES ($1, $2)
                       ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at";
            session.execute(sql, &[(&machine).into(), now.into()])?;
            Ok(())
        };
        self.write_lightly("say that this machine is alive", work).await
    }

    /// How long ago this machine said last that it is alive; `None` if it never did.
    ///
    /// # Errors
    ///
    /// Fails when the database does.
    pub async fn silence_of(&self, machine: &str) -> Result<Option<Duration>, JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut super::database::Session<'_>| {
            let sql = "SELECT seen_at FROM pipeline_machines WHERE name = $1";
            let Some(mut row) = session.first(sql, &[(&machine).into()])? else { return Ok(None) };
            let ago = session.now()?.saturating_sub(row.next()?);
            Ok(Some(Duration::from_millis(u64::try_from(ago).unwrap_or_default())))
        };
        self.read("look when a machine was heard of", work).await
    }

    /// The builds that say that they run on this machine, the oldest first. At its start a server ends those, or takes
    /// them up again, whose runner is gone.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn running_on(&self, machine: &str) -> Result<Vec<RunningBuild>, JournalError> {
        let machine = machine.to_owned();
        let work = move |session: &mut super::database::Session<'_>| {
            let rows = session.rows(ON_MACHINE, &[(&machine).into()])?;
            rows.into_iter().map(running).collect()
        };
        self.read("list what runs on this machine", work).await
    }

    /// The builds that say that they run on machines that were not heard of for so long.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when a build is unreadable.
    pub async fn running_on_lost_machines(
        &self,
        not_seen_for: Duration,
    ) -> Result<Vec<RunningBuild>, JournalError> {
        let span = i64::try_from(not_seen_for.as_millis()).unwrap_or(i64::MAX);
        let work = move |session: &mut super::database::Session<'_>| {
            let before = session.now()?.saturating_sub(span);
            let rows = session.rows(ON_LOST, &[before.into()])?;
            rows.into_iter().map(running).collect()
        };
        self.read("list what runs on lost machines", work).await
    }
}

macro_rules! running_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            build_columns!(),
            ", holder, log_base, seen_at
             FROM pipeline_builds LEFT JOIN pipeline_machines ON name = machine
             WHERE state = 'running' AND ",
            $condition,
            " ORDER BY number"
        )
    };
}

const ON_MACHINE: &str = running_where!("machine = $1");
/// A machine that never said that it is alive counts from when the build began.
const ON_LOST: &str =
    running_where!("ended_at IS NULL AND coalesce(seen_at, started_at, queued_at) <= $1");

fn running(mut row: Row) -> Result<RunningBuild, Problem> {
    let build = build(&mut row)?;
    let hold = BuildHold { number: build.number, holder: row.next()?, log_base: row.next()? };
    let seen: Option<i64> = row.next()?;
    Ok(RunningBuild { build, hold, machine_seen_at: seen.map(moment).transpose()? })
}
