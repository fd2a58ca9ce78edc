use hookstead::types::Timestamp;

use super::database::{Problem, Row, Session, columns};
use crate::record::{Build, BuildState, BuildTarget, NewBuild, StepTime};

columns! { build_columns
    struct BuildRow {
        number: i64,
        what: String,
        state: String,
        summary: String,
        tree: Option<String>,
        machine: Option<String>,
        approved_by: Option<String>,
        steps: String,
        log_bytes: u64,
        queued_at: i64,
        started_at: Option<i64>,
        ended_at: Option<i64>,
    }
}
pub(super) use build_columns;

/// The builds of a commit, `$1`, by a project's job, `$2` and `$3`. They are looked for by the commit, which has few: a
/// database that may choose takes the job, because it is named by two columns, and reads all builds that it ever had.
macro_rules! of_commit {
    () => {
        "sha = $1 AND project || '' = $2 AND job || '' = $3"
    };
}
pub(super) use of_commit;

/// Reads a build from a row that begins with `build_columns!()`. What is unreadable is an error, never a guess.
pub(super) fn build(row: &mut Row) -> Result<Build, Problem> {
    let row = BuildRow::read(row)?;
    let number = row.number;
    let unreadable =
        |what: &str| Problem::unreadable(format!("{what} of build {number} is unreadable"));
    let what: NewBuild = serde_json::from_str(&row.what).map_err(|_| unreadable("what"))?;
    let steps: Vec<StepTime> =
        serde_json::from_str(&row.steps).map_err(|_| unreadable("the steps"))?;
    let state: BuildState = row.state.parse().map_err(|_| unreadable("the state"))?;
    if state.is_final() != row.ended_at.is_some() {
        return Err(unreadable("the end"));
    }
    Ok(Build {
        number,
        what,
        state,
        summary: row.summary,
        tree: row.tree,
        machine: row.machine,
        approved_by: row.approved_by,
        steps,
        log_bytes: row.log_bytes,
        queued_at: moment(row.queued_at)?,
        started_at: row.started_at.map(moment).transpose()?,
        ended_at: row.ended_at.map(moment).transpose()?,
    })
}

/// All builds of these rows.
pub(super) fn builds(rows: Vec<Row>) -> Result<Vec<Build>, Problem> {
    rows.into_iter().map(|mut row| build(&mut row)).collect()
}

/// The build of this number; a problem, if there is none.
pub(super) fn find(session: &mut Session<'_>, number: i64) -> Result<Build, Problem> {
    let sql = concat!("SELECT ", build_columns!(), " FROM pipeline_builds WHERE number = $1");
    let row = session.first(sql, &[number.into()])?;
    build(&mut row.ok_or_else(|| Problem::no_build(number))?)
}

/// A moment that is stored in milliseconds.
pub(super) fn moment(milliseconds: i64) -> Result<Timestamp, Problem> {
    let moment = jiff::Timestamp::from_millisecond(milliseconds);
    let moment = moment.map_err(|_| Problem::unreadable("a moment is unreadable"))?;
    Ok(Timestamp::from(moment))
}

/// A moment in milliseconds; nothing, if it names none.
pub(super) fn milliseconds(moment: &Timestamp) -> Option<i64> {
    moment.instant().map(jiff::Timestamp::as_millisecond)
}

/// A target as a key: what comes after the first `/` may be anything.
pub(super) fn target_key(target: &BuildTarget) -> String {
    match target {
        BuildTarget::PullRequest(number) => format!("pull_request/{number}"),
        BuildTarget::Branch(name) => format!("branch/{name}"),
        BuildTarget::Tag(name) => format!("tag/{name}"),
        BuildTarget::MergeGroup(name) => format!("merge_group/{name}"),
        BuildTarget::Commit(name) => format!("commit/{name}"),
    }
}

/// The target of a key.
pub(super) fn target_of(key: &str) -> Result<BuildTarget, Problem> {
    let unreadable = || Problem::unreadable(format!("the target {key:?} is unreadable"));
    let (kind, name) = key.split_once('/').ok_or_else(unreadable)?;
    Ok(match kind {
        "pull_request" => BuildTarget::PullRequest(name.parse().map_err(|_| unreadable())?),
        "branch" => BuildTarget::Branch(name.to_owned()),
        "tag" => BuildTarget::Tag(name.to_owned()),
        "merge_group" => BuildTarget::MergeGroup(name.to_owned()),
        "commit" => BuildTarget::Commit(name.to_owned()),
        _ => return Err(unreadable()),
    })
}

/// The first so many characters of a text, and a sign that there were more.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_what_their_keys_say() {
        for target in [
            BuildTarget::PullRequest(u64::MAX),
            BuildTarget::Branch("a/b".to_owned()),
            BuildTarget::Tag(String::new()),
            BuildTarget::MergeGroup("gh-readonly-queue/main/pr-1".to_owned()),
            BuildTarget::Commit("HEAD~1".to_owned()),
        ] {
            assert_eq!(target_of(&target_key(&target)).unwrap(), target);
        }
        for odd in ["main", "pull_request/x", "deployment/1"] {
            assert!(target_of(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äöü…");
    }
}
