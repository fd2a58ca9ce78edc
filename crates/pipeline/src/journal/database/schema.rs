use super::problem::{Kind, Problem};
use super::session::Session;

/// What leads from each version of the tables to the next, for SQLite and for PostgreSQL. Released ones never
/// change.
///
/// A migration that a program of an older version can live with leaves `oldest_version` as it is; one that it
/// cannot sets it to its own number.
const MIGRATIONS: &[(&str, &str)] =
    &[(include_str!("migrations/1_sqlite.sql"), include_str!("migrations/1_postgres.sql"))];

/// The version that this program writes.
const VERSION: i64 = MIGRATIONS.len() as i64;

/// Brings the tables to the present version, or makes them. Tables that only newer programs may use it leaves
/// untouched.
pub(super) fn migrate(session: &mut Session<'_>) -> Result<(), Problem> {
    if version(session)? >= VERSION {
        return Ok(());
    }
    // Of several processes that start at once, one migrates; the others see it done.
    session.lock("the journal's tables")?;
    let present = version(session)?;
    for (version, (sqlite, postgres)) in (1..).zip(MIGRATIONS) {
        if version > present {
            match session {
                Session::Sqlite(session) => session.batch(sqlite)?,
                Session::Postgres(session) => session.batch(postgres)?,
            }
        }
    }
    Ok(())
}

/// Fails where the tables are not of the present version, for those who may not change them.
pub(super) fn expect_present(session: &mut Session<'_>) -> Result<(), Problem> {
    let text = match version(session)? {
        0 => "it has no tables of the journal; Journal::migrate makes them".to_owned(),
        older if older < VERSION => format!(
            "the journal's tables have version {older}, and this program needs {VERSION}; Journal::migrate brings \
             them there"
        ),
        _ => return Ok(()),
    };
    Err(Problem::new(Kind::Refused, text))
}

/// Fails where there are no tables that this program can work with.
pub(super) fn expect_usable(session: &mut Session<'_>) -> Result<(), Problem> {
    match version(session)? {
        0 => Err(Problem::new(Kind::Refused, "it has no tables of the journal any more")),
        _ => Ok(()),
    }
}

/// The version of the tables; 0 if there are none. One that this program cannot work with is an error.
fn version(session: &mut Session<'_>) -> Result<i64, Problem> {
    let sql = match session {
        Session::Sqlite(_) => {
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'pipeline_meta'"
        }
        Session::Postgres(_) => {
            "SELECT count(*) FROM pg_tables
             WHERE schemaname = current_schema() AND tablename = 'pipeline_meta'"
        }
    };
    if session.number(sql, &[])? == 0 {
        return Ok(0);
    }
    let row = session.first("SELECT version, oldest_version FROM pipeline_meta", &[])?;
    let mut row = row.ok_or_else(|| Problem::unreadable("its version is missing"))?;
    let (version, oldest): (i64, i64) = (row.next()?, row.next()?);
    if version < 1 {
        return Err(Problem::unreadable(format!("its version {version} is unreadable")));
    }
    if oldest > VERSION {
        return Err(Problem::new(
            Kind::Refused,
            format!(
                "a newer version of Hookstead wrote its journal (version {version}, for programs that know \
                 {oldest}; this one knows {VERSION})"
            ),
        ));
    }
    Ok(version)
}
