//! A project: how its default branch stands, its jobs, its builds.

use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::build_list::{self, Beside, LONGEST_NAME};
use super::layout::Page;
use super::paging;
use super::queue::Queue;
use super::sparkline::{self, sparkline, usual};
use super::state::{badge, together};
use super::view::View;
use super::{address, empty, words};
use crate::config::Project;
use crate::journal::{BuildFilter, BuildPage, BuildQuery, JournalError, PastBuild};
use crate::record::{Build, BuildState, BuildTarget};

/// So many builds are looked at for the last one of each job.
const LOOKED_AT: u32 = 50;

/// So many builds are looked at for what was built.
const LOOKED_AT_FOR_TARGETS: u32 = 200;

/// So many pull requests and branches are linked.
const SHOWN_TARGETS: usize = 14;

/// So many builds that have not ended are looked at.
const MOST_AT_WORK: u32 = 500;

/// How a project stands: what was built last of its default branch.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The default branch, as far as it is known.
    pub(super) branch: Option<String>,
    /// What the last builds of all jobs are together.
    pub(super) state: Option<BuildState>,
    /// The last build of each job that said whether the code is right.
    pub(super) last: Vec<Build>,
}

/// How a project stands.
pub(super) async fn standing(view: &View<'_>, project: &Project) -> Result<Standing, JournalError> {
    let journal = view.pipeline.journal();
    // Until an event has said it, a branch that was built will do: by default no other is.
    let branch = match journal.default_branch(&project.repo).await? {
        Some(branch) => Some(branch),
        None => last_branch(view, &project.name).await?,
    };
    let Some(branch) = branch else { return Ok(Standing::default()) };
    let target = BuildTarget::Branch(branch.clone());
    let mut builds = last_of_target(view, &project.name, &target).await?;
    builds.retain(|build| project.job(&build.what.job).is_some());
    // What was canceled or only waits says nothing of the code.
    let has_verdict = |it: &Build| {
        matches!(it.state, BuildState::Passed | BuildState::Failed | BuildState::Error)
    };
    let mut last = first_of_jobs(&builds, has_verdict);
    if last.is_empty() {
        last = first_of_jobs(&builds, |_| true);
    }
    let state = together(last.iter().map(|build| build.state));
    Ok(Standing { branch: Some(branch), state, last })
}

async fn last_branch(view: &View<'_>, project: &str) -> Result<Option<String>, JournalError> {
    let journal = view.pipeline.journal();
    let targets = journal.recent_targets(project, LOOKED_AT_FOR_TARGETS).await?;
    Ok(targets.into_iter().find_map(|target| match target {
        BuildTarget::Branch(name) => Some(name),
        _ => None,
    }))
}

/// The last build of each job for a pull request or branch.
pub(super) async fn last_of_jobs(
    view: &View<'_>,
    project: &str,
    target: &BuildTarget,
) -> Result<Vec<Build>, JournalError> {
    Ok(first_of_jobs(&last_of_target(view, project, target).await?, |_| true))
}

async fn last_of_target(
    view: &View<'_>,
    project: &str,
    target: &BuildTarget,
) -> Result<Vec<Build>, JournalError> {
    let target = Some(target.clone());
    let query = BuildQuery { project: project.to_owned(), target, ..BuildQuery::default() };
    view.pipeline.journal().page(&query, BuildPage::Latest, LOOKED_AT).await
}

/// The first build of each job that is so.
fn first_of_jobs(builds: &[Build], is_so: impl Fn(&Build) -> bool) -> Vec<Build> {
    let mut first: Vec<Build> = Vec::new();
    for build in builds.iter().filter(|build| is_so(build)) {
        if first.iter().all(|it| it.what.job != build.what.job) {
            first.push(build.clone());
        }
    }
    first.sort_by(|one, other| one.what.job.cmp(&other.what.job));
    first
}

/// `/P`
pub(super) async fn one(view: &View<'_>, name: &str) -> Result<Option<Answer>, JournalError> {
    let journal = view.pipeline.journal();
    let query = BuildQuery { project: name.to_owned(), ..BuildQuery::default() };
    let part = paging::part(view, query).await?;
    let current = view.pipeline.current();
    let project = current.config.project(name);
    // One that the config does not have any more has builds all the same.
    let is_empty = part.builds.is_empty() && part.is_latest();
    if project.is_none() && is_empty {
        return Ok(None);
    }
    if view.as_json {
        let older = part.older();
        let json = json!({ "project": name, "builds": part.builds, "older": older });
        return Ok(Some(answer::json(&json)));
    }
    let page = Page::new(name).below("/", "Builds").live(format!("/{name}/events"));
    let Some(project) = project else {
        let content = html! {
            p.note { "The config no longer has this project. Its builds are kept." }
            (list(view, &part, &[], &Beside { is_of_one_project: true, ..Beside::default() }))
        };
        return Ok(Some(page.answer(view, &content)));
    };
    let standing = standing(view, project).await?;
    let mut jobs = Vec::new();
    for job in &project.jobs {
        let most = u32::try_from(sparkline::SHOWN).unwrap_or(u32::MAX);
        jobs.push((job.name.as_str(), journal.past(name, Some(&job.name), most).await?));
    }
    let targets = journal.recent_targets(name, LOOKED_AT_FOR_TARGETS).await?;
    let at_work = journal.builds(&BuildFilter::AtWork, None, MOST_AT_WORK).await?;
    let beside = Beside {
        queue: Some(Queue::new(&at_work, &current.config)),
        usual: build_list::usual_of(view, &part.builds).await?,
        is_of_one_project: true,
        ..Beside::default()
    };
    let names: Vec<String> = project.jobs.iter().map(|job| job.name.clone()).collect();
    let heading = html! {
        bdi { (name) } " "
        @if let Some(state) = standing.state { (badge(state)) }
    };
    let content = html! {
        p.under {
            a href=(at_github(view, project)) rel="noreferrer" { (project.repo) }
            @if let Some(branch) = &standing.branch {
                " · default branch "
                // It has a page once it was built.
                @if standing.state.is_some() {
                    a href=(address::of_target(name, &BuildTarget::Branch(branch.clone()))) { bdi { (words::cut(branch, LONGEST_NAME)) } }
                } @else {
                    bdi { (words::cut(branch, LONGEST_NAME)) }
                }
            }
        }
        @if is_empty && !part.is_narrowed() {
            div.sheet #builds data-live {
                div.empty {
                    p { strong { "No builds yet." } }
                    (empty::first_steps(&current.config, Some(project)))
                }
            }
        } @else {
            div.split.of-project {
                section.side aria-label="Jobs, pull requests and branches" {
                    h2 { "Jobs" }
                    div #jobs data-live { (job_rows(view, &standing, &jobs)) }
                    (target_links(name, &targets))
                }
                section.now aria-labelledby="builds-heading" {
                    h2 #builds-heading { "Builds" }
                    (list(view, &part, &names, &beside))
                }
            }
        }
    };
    Ok(Some(page.heading(heading).state(standing.state).answer(view, &content)))
}

/// What was built last, as links: pull requests, then branches and all else.
fn target_links(project: &str, targets: &[BuildTarget]) -> Markup {
    let is_pull_request = |target: &&BuildTarget| matches!(target, BuildTarget::PullRequest(_));
    let pull_requests: Vec<_> =
        targets.iter().filter(is_pull_request).take(SHOWN_TARGETS).collect();
    let others = targets.iter().filter(|target| !is_pull_request(target));
    let others: Vec<_> = others.take(SHOWN_TARGETS).collect();
    html! {
        nav #targets data-live aria-label="Pull requests and branches" {
            @for (title, targets) in [("Pull requests", pull_requests), ("Branches", others)] {
                @if !targets.is_empty() {
                    h2 { (title) }
                    ul.links {
                        @for target in targets {
                            li {
                                a href=(address::of_target(project, target)) {
                                    @match target {
                                        BuildTarget::PullRequest(number) => { "#" (number) },
                                        BuildTarget::Branch(branch) => (build_list::name(branch)),
                                        other => (build_list::name(&other.to_string())),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A part of the builds, with what narrows it and leads to the others.
pub(super) fn list(
    view: &View<'_>,
    part: &paging::Part,
    jobs: &[String],
    beside: &Beside<'_>,
) -> Markup {
    html! {
        (part.filters(view, jobs))
        div #builds data-live {
            div.sheet {
                @if part.builds.is_empty() {
                    div.empty { p { "No build fits." @if part.is_narrowed() { " " a href=(view.path) { "Show all of them." } } } }
                } @else {
                    (build_list::table(view, &part.builds, beside))
                }
            }
            (part.links(view))
        }
    }
}

/// The jobs: how each stands on the default branch, and how long it takes.
fn job_rows(view: &View<'_>, standing: &Standing, jobs: &[(&str, Vec<PastBuild>)]) -> Markup {
    html! {
        ul.projects.sheet {
            @for (job, past) in jobs {
                @let last = standing.last.iter().find(|build| build.what.job == *job);
                li {
                    div.pair {
                        a.name href={ (view.path) "?job=" (address::in_query(job)) } { (job) }
                        @match last {
                            Some(build) => a.plain href=(address::of_build(build)) { (badge(build.state)) },
                            None => span.muted { "default branch not built" },
                        }
                    }
                    div.pair {
                        (sparkline(past))
                        @if let Some(time) = usual(past) { small { "usually " (words::took(time)) } }
                    }
                }
            }
        }
    }
}

/// The address of a project's repository at GitHub.
pub(super) fn at_github(view: &View<'_>, project: &Project) -> String {
    let config = &view.pipeline.current().config;
    format!("{}/{}", config.github.as_str().trim_end_matches('/'), project.repo)
}
