//! A pull request or branch: each job's last word, what waits for whom, all builds.

use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::build_list::{self, Beside, LONGEST_NAME};
use super::layout::Page;
use super::queue::Queue;
use super::state::{badge, together};
use super::view::View;
use super::{address, journal_page, paging, project_page, words};
use crate::config::Project;
use crate::journal::{BuildFilter, BuildQuery, EntryFilter, JournalError};
use crate::record::{Build, BuildState, BuildTarget, Head};

/// So many entries of the journal it shows.
const SHOWN_ENTRIES: u32 = 12;

/// So many builds that have not ended are looked at.
const MOST_AT_WORK: u32 = 500;

/// `/P/pr/N`, `/P/branch/B`, `/P/tag/T`, `/P/queue/B`, `/P/commit/C`
pub(super) async fn one(
    view: &View<'_>,
    project_name: &str,
    target: &BuildTarget,
) -> Result<Option<Answer>, JournalError> {
    let journal = view.pipeline.journal();
    let of_target = Some(target.clone());
    let query =
        BuildQuery { project: project_name.to_owned(), target: of_target, ..BuildQuery::default() };
    let part = paging::part(view, query).await?;
    let filter = EntryFilter::Target(project_name.to_owned(), target.clone());
    let entries = journal.entries(&filter, None, SHOWN_ENTRIES).await?;
    let last = project_page::last_of_jobs(view, project_name, target).await?;
    if last.is_empty() && entries.is_empty() {
        return Ok(None);
    }
    if view.as_json {
        return Ok(Some(answer::json(&json!({
            "project": project_name, "target": target, "builds": part.builds, "older": part.older(),
            "journal": entries,
        }))));
    }
    let current = view.pipeline.current();
    let project = current.config.project(project_name);
    let newest = last.iter().max_by_key(|build| build.number);
    let repo =
        project.map(|project| &project.repo).or_else(|| newest.map(|build| &build.what.repo));
    let head = match repo {
        Some(repo) => journal.head(repo, target).await?,
        None => None,
    };
    let at_work = journal.builds(&BuildFilter::AtWork, None, MOST_AT_WORK).await?;
    let beside = Beside {
        queue: Some(Queue::new(&at_work, &current.config)),
        usual: build_list::usual_of(view, &part.builds).await?,
        is_of_one_project: true,
        is_of_one_target: true,
    };
    let state = together(last.iter().map(|build| build.state));
    let words = words::cut(&target.to_string(), LONGEST_NAME * 2);
    let heading = html! {
        bdi.first-letter { (words) } " "
        @if let Some(state) = state { (badge(state)) }
    };
    let mut names: Vec<String> = last.iter().map(|build| build.what.job.clone()).collect();
    names.sort_unstable();
    let content = html! {
        (about(view, project, target, newest, head.as_ref()))
        (waits(&last, &beside))
        h2 { "Each job's last word" }
        div.sheet #last-words data-live { (last_words(view, project, &last, head.as_ref(), &beside)) }
        h2 { "Builds" }
        (project_page::list(view, &part, &names, &beside))
        h2 { "Journal" }
        div.sheet #journal data-live { (journal_page::table(view, &entries)) }
        p { a href=(journal_page::address_of_target(project_name, target)) { "The whole journal of this" } }
    };
    let page = Page::new(format!("{words} · {project_name}")).heading(heading).state(state);
    let page = page.below("/", "Builds").below(address::of_project(project_name), project_name);
    Ok(Some(page.live(format!("/{project_name}/events")).answer(view, &content)))
}

/// The title, who wrote it, and where it is now.
fn about(
    view: &View<'_>,
    project: Option<&Project>,
    target: &BuildTarget,
    newest: Option<&Build>,
    head: Option<&Head>,
) -> Markup {
    let github = project.map(|project| project_page::at_github(view, project));
    html! {
        p.under #about data-live {
            @if let Some(build) = newest {
                @if !build.what.title.trim().is_empty() { strong { bdi { (words::cut(&build.what.title, 300)) } } }
                @if !build.what.author.is_empty() { " by " (build_list::name(&build.what.author)) }
            }
            @if let Some(head) = head { " · at " span.sha title=(head.sha) { (head.sha.short()) } }
            @if let Some(github) = github {
                @match target {
                    BuildTarget::PullRequest(number) => { " · " a href={ (github) "/pull/" (number) } rel="noreferrer" { "at GitHub" } },
                    BuildTarget::Branch(name) => { " · " a href={ (github) "/tree/" (address::in_path(name)) } rel="noreferrer" { "at GitHub" } },
                    _ => {},
                }
            }
        }
    }
}

/// What has not begun, and what or whom it waits for.
fn waits(last: &[Build], beside: &Beside<'_>) -> Markup {
    let queue = beside.queue.as_ref();
    let waiting: Vec<(&Build, String)> =
        last.iter().filter_map(|build| Some((build, queue?.reason(build)?))).collect();
    html! {
        div #waits data-live {
            @for (build, reason) in waiting {
                div class={ "note s-" (build.state) } {
                    p {
                        a href=(address::of_build(build)) { "#" (build.number) } " " strong { (build.what.job) } ": "
                        bdi { (reason) } "."
                    }
                    @if build.state == BuildState::Waiting {
                        p { "Look at the change first. Then comment " code { "/test " (build.what.sha) } " on the pull request, or press Approve on the build's page." }
                    }
                }
            }
        }
    }
}

/// The last build of each job, and the jobs that have none.
fn last_words(
    view: &View<'_>,
    project: Option<&Project>,
    last: &[Build],
    head: Option<&Head>,
    beside: &Beside<'_>,
) -> Markup {
    let queue = beside.queue.as_ref();
    let jobs = project.map(|project| project.jobs.as_slice()).unwrap_or_default();
    let missing = jobs.iter().filter(|job| last.iter().all(|build| build.what.job != job.name));
    html! {
        table.rows.jobs {
            thead { tr { th.is-state scope="col" { "State" } th scope="col" { "Job" } th scope="col" { "Says" } th.is-time scope="col" { "Time" } } }
            tbody {
                @for build in last {
                    tr {
                        td { (badge(build.state)) }
                        th scope="row" { a href=(address::of_build(build)) { "#" (build.number) " " (build.what.job) } }
                        td.wide {
                            @if let Some(reason) = queue.and_then(|queue| queue.reason(build)) { bdi { (words::cut(&reason, build_list::LONGEST_TITLE)) } }
                            @else if !build.summary.is_empty() { bdi { (words::cut(&build.summary, build_list::LONGEST_TITLE)) } }
                            small {
                                "of " span.sha { (build.what.sha.short()) }
                                @if head.is_some_and(|head| head.sha != build.what.sha) { ", which is no longer the newest commit" }
                            }
                        }
                        td.is-time {
                            @if let Some(time) = words::duration_of(build) { span.number { (words::took(time)) } }
                            small { (words::ago(&view.now, build.ended_at.as_ref().or(build.started_at.as_ref()).unwrap_or(&build.queued_at))) }
                        }
                    }
                }
                @for job in missing {
                    tr {
                        td { span.muted { "no build" } }
                        th scope="row" { (job.name) }
                        td.wide colspan="2" { span.muted { "It was not built for this. The journal below says why." } }
                    }
                }
            }
        }
    }
}
