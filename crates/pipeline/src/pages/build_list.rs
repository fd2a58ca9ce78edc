//! Builds in a table, which becomes one block for each on a phone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use hookstead::types::Timestamp;
use maud::{Markup, html};

use super::queue::Queue;
use super::sparkline::usual;
use super::state::badge;
use super::view::View;
use super::{address, words};
use crate::journal::JournalError;
use crate::record::{Build, BuildState, BuildTarget};

/// So much of a title is shown in a list.
pub(super) const LONGEST_TITLE: usize = 160;

/// So much of a name is.
pub(super) const LONGEST_NAME: usize = 60;

/// From so many builds it is taken how long a job usually takes.
const MEASURED: u32 = 10;

/// What a list of builds shows beside them.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    /// What those wait for that have not begun.
    pub(super) queue: Option<Queue<'a>>,
    /// How long builds of these jobs (project and job) usually take.
    pub(super) usual: BTreeMap<(String, String), u64>,
    /// Whether they are all of one project, which need not be said then.
    pub(super) is_of_one_project: bool,
    /// Whether they are all for one pull request or branch.
    pub(super) is_of_one_target: bool,
}

/// How long the jobs of those that run usually take.
pub(super) async fn usual_of(
    view: &View<'_>,
    builds: &[Build],
) -> Result<BTreeMap<(String, String), u64>, JournalError> {
    let mut usual_times = BTreeMap::new();
    for build in builds.iter().filter(|build| build.state == BuildState::Running) {
        let key = (build.what.project.clone(), build.what.job.clone());
        let (project, job) = key.clone();
        if let Entry::Vacant(place) = usual_times.entry(key) {
            let past = view.pipeline.journal().past(&project, Some(&job), MEASURED).await?;
            if let Some(time) = usual(&past) {
                place.insert(time);
            }
        }
    }
    Ok(usual_times)
}

/// Builds, a row for each.
pub(super) fn table(view: &View<'_>, builds: &[Build], beside: &Beside<'_>) -> Markup {
    html! {
        table.rows.builds {
            thead {
                tr {
                    th.is-state scope="col" { "State" }
                    th.is-build scope="col" { "Build" }
                    th scope="col" { "Change" }
                    th.is-time scope="col" { "Time" }
                }
            }
            tbody { @for build in builds { (row(view, build, beside)) } }
        }
    }
}

fn row(view: &View<'_>, build: &Build, beside: &Beside<'_>) -> Markup {
    let what = &build.what;
    let reason = beside.queue.as_ref().and_then(|queue| queue.reason(build));
    let reason = reason.or_else(|| Some(build.summary.clone()).filter(|text| !text.is_empty()));
    html! {
        tr {
            td { (badge(build.state)) }
            th scope="row" {
                a href=(address::of_build(build)) {
                    "#" (build.number) " "
                    @if !beside.is_of_one_project { (what.project) "/" }
                    (what.job)
                }
                @if !beside.is_of_one_target {
                    small { (target_link(&what.project, &what.target)) }
                }
            }
            td.wide {
                (title(&what.title))
                small {
                    span.sha { (what.sha.short()) }
                    @if !what.author.is_empty() { " by " (name(&what.author)) }
                    " · " (cause(build))
                }
                @if let Some(reason) = reason {
                    small.reason.title { bdi { (words::cut(&reason, LONGEST_TITLE)) } }
                }
            }
            td.is-time { (times(view, build, beside)) }
        }
    }
}

/// How long it took, or runs; and when.
fn times(view: &View<'_>, build: &Build, beside: &Beside<'_>) -> Markup {
    let key = (build.what.project.clone(), build.what.job.clone());
    html! {
        @match (words::duration_of(build), &build.started_at, &build.ended_at) {
            (Some(time), ..) => span.number { (words::took(time)) },
            (None, Some(started), None) => {
                (words::since(&view.now, started))
                @if let Some(usual) = beside.usual.get(&key) {
                    (progress(view, started, *usual))
                }
            },
            _ => {},
        }
        @if build.started_at.is_none() || build.ended_at.is_some() {
            small { (words::ago(&view.now, build.ended_at.as_ref().unwrap_or(&build.queued_at))) }
        }
    }
}

/// How far a build is, if it takes as long as it usually does.
pub(super) fn progress(view: &View<'_>, started: &Timestamp, usual: u64) -> Markup {
    let gone = words::milliseconds_between(started, &view.now).unwrap_or_default();
    let words = format!("usually takes {}", words::took(usual));
    html! {
        progress max=(usual.max(1)) value=(gone.min(usual)) data-since=(started) title=(words) aria-label=(words) {}
    }
}

/// What somebody called a change.
fn title(title: &str) -> Markup {
    match title.trim() {
        "" => html! { span.title.muted { "without a title" } },
        title => html! { span.title dir="auto" { (words::cut(title, LONGEST_TITLE)) } },
    }
}

/// What somebody is called, which may be in any script.
pub(super) fn name(name: &str) -> Markup {
    html! { bdi { (words::cut(name, LONGEST_NAME)) } }
}

/// A link to the page of a pull request or branch.
pub(super) fn target_link(project: &str, target: &BuildTarget) -> Markup {
    html! { a href=(address::of_target(project, target)) { (name(&target.to_string())) } }
}

/// Why it was made, in few words.
fn cause(build: &Build) -> Markup {
    use crate::record::BuildCause;

    match &build.what.cause {
        BuildCause::Delivery { event, .. } => html! { (words::event(event)) },
        cause => name(&cause.to_string()),
    }
}
