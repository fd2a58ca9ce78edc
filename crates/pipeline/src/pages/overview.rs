//! What goes on now, how the projects are, and what was built last.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::build_list::{self, Beside};
use super::empty;
use super::layout::Page;
use super::project_page::{self, Standing};
use super::queue::Queue;
use super::sparkline::{sparkline, usual};
use super::state::{badge, together};
use super::view::View;
use super::{address, words};
use crate::journal::{BuildFilter, JournalError, PastBuild};
use crate::record::{Build, BuildState};

/// So many builds that have ended a page shows.
const SHOWN: usize = 25;

/// So many that have not; the rest is counted.
const SHOWN_AT_WORK: usize = 40;

/// So many that have not ended are looked at.
const MOST_AT_WORK: u32 = 500;

/// So many builds of a project are looked at for its bars.
const LOOKED_AT: u32 = 80;

/// `/`, and `?before=N` for older builds.
pub(super) async fn all(view: &View<'_>) -> Result<Answer, JournalError> {
    let pipeline = view.pipeline;
    let journal = pipeline.journal();
    let before = view.field("before").and_then(|number| number.parse().ok());
    let at_work = journal.builds(&BuildFilter::AtWork, None, MOST_AT_WORK).await?;
    // Those that have not ended are mostly the last ones.
    let most = u32::try_from(SHOWN + 1 + at_work.len()).unwrap_or(u32::MAX);
    let mut last = journal.builds(&BuildFilter::All, before, most).await?;
    let (writes, allowed) = pipeline.writes();
    if view.as_json {
        let older = last.get(SHOWN - 1).map(|build| build.number);
        last.truncate(SHOWN);
        return Ok(answer::json(&json!({
            "at_work": at_work, "last": last, "older": older,
            "writes_within_an_hour": writes, "writes_allowed": allowed,
        })));
    }
    last.retain(|build| build.state.is_final());
    let older = last.get(SHOWN - 1).filter(|_| last.len() > SHOWN);
    let older = older.map(|build| build.number);
    last.truncate(SHOWN);
    let current = pipeline.current();
    let projects = projects(view).await?;
    let states = projects.iter().filter_map(|project| project.standing.state);
    let state = together(states);
    if last.is_empty() && at_work.is_empty() && before.is_none() {
        let content = empty::no_builds(view, &current.config);
        return Ok(Page::new("Builds").live("/events").answer(view, &content));
    }
    let beside = Beside {
        queue: Some(Queue::new(&at_work, &current.config)),
        usual: build_list::usual_of(view, &at_work).await?,
        ..Beside::default()
    };
    let content = html! {
        div.split {
            section.now aria-labelledby="now-heading" {
                h2 #now-heading data-live { "Now" (counts(&at_work)) }
                div #now data-live { (now(view, &at_work, &beside)) }
            }
            section.side aria-labelledby="projects-heading" {
                h2 #projects-heading { "Projects" }
                div #projects data-live { (project_rows(&projects)) }
            }
            section.last aria-labelledby="last-heading" {
                h2 #last-heading { @if before.is_some() { "Older builds" } @else { "Last builds" } }
                div #last data-live {
                    div.sheet {
                        @if last.is_empty() { div.empty { p { "None has ended yet." } } }
                        @else { (build_list::table(view, &last, &Beside::default())) }
                    }
                    nav.paging aria-label="Older and newer builds" {
                        @if before.is_some() { a.button href="/" { "Newest" } }
                        @if let Some(older) = older { a.button href={ "/?before=" (older) } rel="next" { "Older" } }
                    }
                }
            }
        }
    };
    Ok(Page::new("Builds").state(state).live("/events").answer(view, &content))
}

/// How many run and wait.
fn counts(at_work: &[Build]) -> Markup {
    let count = |state| at_work.iter().filter(|build| build.state == state).count();
    let counts = [
        (count(BuildState::Running), "running"),
        (count(BuildState::Queued), "queued"),
        (count(BuildState::Waiting), "waiting for approval"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    html! { @if !words.is_empty() { span.count { ": " (words.join(", ")) } } }
}

/// What has not ended: what runs, then the queue, then what waits for somebody.
fn now(view: &View<'_>, at_work: &[Build], beside: &Beside<'_>) -> Markup {
    let mut builds = at_work.to_vec();
    builds.sort_by_key(|build| {
        let order = match build.state {
            BuildState::Running => 0,
            BuildState::Queued => 1,
            _ => 2,
        };
        (order, build.number)
    });
    let left_out = builds.len().saturating_sub(SHOWN_AT_WORK);
    builds.truncate(SHOWN_AT_WORK);
    html! {
        div.sheet {
            @if builds.is_empty() {
                div.empty { p { "Nothing runs, and nothing waits." } }
            } @else {
                (build_list::table(view, &builds, beside))
                @if left_out > 0 { div.empty { p { "And " (words::counted(left_out as u64, "more build")) "." } } }
            }
        }
    }
}

/// A project, how it stands, and how long its builds took.
struct ProjectRow {
    name: String,
    repo: String,
    standing: Standing,
    job: String,
    past: Vec<PastBuild>,
}

async fn projects(view: &View<'_>) -> Result<Vec<ProjectRow>, JournalError> {
    let mut rows = Vec::new();
    for project in view.pipeline.current().config.projects.iter() {
        let past = view.pipeline.journal().past(&project.name, None, LOOKED_AT).await?;
        let (job, past) = longest_job(past);
        rows.push(ProjectRow {
            name: project.name.clone(),
            repo: project.repo.to_string(),
            standing: project_page::standing(view, project).await?,
            job,
            past,
        });
    }
    Ok(rows)
}

/// The builds of the job that takes longest: it is the one that people wait for.
fn longest_job(past: Vec<PastBuild>) -> (String, Vec<PastBuild>) {
    let mut jobs: BTreeMap<String, Vec<PastBuild>> = BTreeMap::new();
    for build in past {
        jobs.entry(build.job.clone()).or_default().push(build);
    }
    let time = |builds: &[PastBuild]| usual(builds).unwrap_or_default();
    jobs.into_iter().max_by_key(|(_, builds)| time(builds)).unwrap_or_default()
}

fn project_rows(projects: &[ProjectRow]) -> Markup {
    html! {
        ul.projects.sheet {
            @for project in projects {
                li {
                    div.pair {
                        a.name href=(address::of_project(&project.name)) { (project.name) }
                        @match project.standing.state {
                            Some(state) => (badge(state)),
                            None => span.muted { @if project.past.is_empty() { "not built yet" } @else { "default branch not built" } },
                        }
                    }
                    small {
                        (project.repo)
                        @if let Some(branch) = &project.standing.branch { " · " bdi { (words::cut(branch, build_list::LONGEST_NAME)) } }
                    }
                    div.pair {
                        (sparkline(&project.past))
                        @if let Some(time) = usual(&project.past) {
                            small { (project.job) ": " (words::took(time)) }
                        }
                    }
                }
            }
        }
    }
}
