//! A build: where it stands, why it was made, its steps, its log, what else belongs to it.

use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::build_list;
use super::layout::Page;
use super::queue::Queue;
use super::state::badge;
use super::view::View;
use super::{address, artifacts, journal_page, log, press, words};
use crate::journal::{BuildFilter, EntryFilter, JournalError};
use crate::record::{Build, BuildCause, BuildState, BuildTarget};

/// So many entries of the journal it shows.
const SHOWN_ENTRIES: u32 = 100;

/// So many other builds of the same commit are linked.
const SHOWN_OTHERS: u32 = 12;

/// So many builds that have not ended are looked at, to find its place among them.
const MOST_AT_WORK: u32 = 500;

/// `/P/builds/N`
pub(super) async fn one(view: &View<'_>, build: &Build) -> Result<Answer, JournalError> {
    let journal = view.pipeline.journal();
    let mut entries =
        journal.entries(&EntryFilter::Build(build.number), None, SHOWN_ENTRIES).await?;
    let artifacts = artifacts::list(view.pipeline, build).await;
    if view.as_json {
        let mut json = json!({ "build": build, "artifacts": artifacts, "journal": entries });
        if let (Some(found), Some(json)) = (log::found(view, build).await?, json.as_object_mut()) {
            json.insert("found".to_owned(), json!(found));
        }
        return Ok(answer::json(&json));
    }
    entries.reverse();
    let what = &build.what;
    let mut others =
        journal.builds(&BuildFilter::Sha(what.sha.clone()), None, SHOWN_OTHERS).await?;
    others.retain(|other| other.number != build.number && other.what.project == what.project);
    let content = html! {
        (about(view, build))
        div #standing data-live { (standing(view, build).await?) }
        div.buttons #buttons data-live { (press::buttons(view, build)) }
        div.split.of-build {
            section.now aria-labelledby="log-heading" {
                h2 #log-heading { "Log" }
                (log::part(view, build).await?)
            }
            section.side aria-label="About this build" {
                div #steps data-live { (steps(build)) }
                div #artifacts data-live { (artifacts::section(&artifacts)) }
                h2 { "Facts" }
                div #facts data-live { (facts(view, build)) }
                div #others data-live { (of_same_commit(&others)) }
            }
            section.last aria-labelledby="journal-heading" {
                h2 #journal-heading { "Journal" }
                div.sheet #journal data-live { (journal_page::of_build(view, &entries)) }
            }
        }
    };
    let heading = html! { bdi { "#" (build.number) " " (what.job) } " " (badge(build.state)) };
    let title = format!("#{} {} · {}", build.number, what.job, what.project);
    let path = address::of_build(build);
    let page = Page::new(title).heading(heading).state(Some(build.state));
    let page =
        page.below("/", "Builds").below(address::of_project(&what.project), &what.project).below(
            address::of_target(&what.project, &what.target),
            words::cut(&what.target.to_string(), build_list::LONGEST_NAME),
        );
    // What has ended does not change.
    let page = if build.state.is_final() { page } else { page.live(format!("{path}/events")) };
    Ok(page.answer(view, &content))
}

/// The change: its title, its author, the commit.
fn about(view: &View<'_>, build: &Build) -> Markup {
    let what = &build.what;
    let config = &view.pipeline.current().config;
    let github = format!("{}/{}", config.github.as_str().trim_end_matches('/'), what.repo);
    html! {
        p.under {
            @if !what.title.trim().is_empty() { strong { bdi { (words::cut(&what.title, 300)) } } " " }
            @if !what.author.is_empty() { "by " (build_list::name(&what.author)) " · " }
            a.sha href={ (github) "/commit/" (what.sha) } rel="noreferrer" title={ (what.sha) ", at GitHub" } { (what.sha.short()) }
            @if let BuildTarget::PullRequest(number) = &what.target {
                " · " a href={ (github) "/pull/" (number) } rel="noreferrer" { "pull request " (number) " at GitHub" }
            }
            @if what.is_fork { " · from a fork" }
        }
    }
}

/// Where it stands, in a sentence or two.
async fn standing(view: &View<'_>, build: &Build) -> Result<Markup, JournalError> {
    let journal = view.pipeline.journal();
    let line = match build.state {
        BuildState::Waiting | BuildState::Queued => {
            let at_work = journal.builds(&BuildFilter::AtWork, None, MOST_AT_WORK).await?;
            let current = view.pipeline.current();
            let reason = Queue::new(&at_work, &current.config).reason(build).unwrap_or_default();
            html! { strong { (build.state) } ": " bdi { (reason) } "." }
        }
        BuildState::Running => {
            let usual = build_list::usual_of(view, std::slice::from_ref(build)).await?;
            html! {
                strong { "running" }
                @if let Some(started) = &build.started_at { " for " (words::since(&view.now, started)) }
                @if let Some(time) = usual.values().next() { ", and usually takes about " (words::took(*time)) }
                @if !build.summary.is_empty() { ": " bdi { (words::cut(&build.summary, 300)) } }
            }
        }
        state => html! {
            strong { (state) }
            @if let Some(time) = words::duration_of(build) { " after " (words::took(time)) }
            @if let Some(ended) = &build.ended_at { ", " (words::ago(&view.now, ended)) }
            @if !build.summary.is_empty() { ": " bdi { (words::cut(&build.summary, 300)) } }
        },
    };
    Ok(html! {
        div class={ "note s-" (build.state) } {
            p { (line) }
            @if build.state == BuildState::Waiting {
                p { "It is a stranger's code. Look at the change first. Then comment " code { "/test " (build.what.sha) } " on the pull request, or approve it here." }
            }
        }
    })
}

fn steps(build: &Build) -> Markup {
    let all: u64 = build.steps.iter().map(|step| step.milliseconds).sum();
    html! {
        @if !build.steps.is_empty() {
            h2 { "Steps" }
            div.sheet {
                table.steps {
                    thead { tr { th scope="col" { "Step" } th scope="col" { "Time" } th scope="col" { "Exit code" } } }
                    tbody {
                        @for step in &build.steps {
                            tr {
                                th scope="row" {
                                    bdi { (words::cut(&step.name, build_list::LONGEST_NAME)) }
                                    progress.part max=(all.max(1)) value=(step.milliseconds) aria-label="Part of the whole time" {}
                                }
                                td { span.number { (words::took(step.milliseconds)) } }
                                td {
                                    @match step.exit_code {
                                        Some(0) => "0",
                                        Some(code) => strong.s-failed { (code) },
                                        None => span.muted { "none" },
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

fn facts(view: &View<'_>, build: &Build) -> Markup {
    let what = &build.what;
    let waited = build.started_at.as_ref();
    let waited = waited.and_then(|started| words::milliseconds_between(&build.queued_at, started));
    html! {
        dl.facts {
            dt { "Why" }
            dd { (why(build)) }
            dt { "For" }
            dd { (build_list::target_link(&what.project, &what.target)) }
            dt { "Decided on" }
            dd { (words::ago(&view.now, &build.queued_at)) }
            @if let Some(waited) = waited { dt { "Waited" } dd { (words::took(waited)) } }
            @if let Some(time) = words::duration_of(build) { dt { "Took" } dd { (words::took(time)) } }
            @if let Some(by) = &build.approved_by { dt { "Approved by" } dd { (build_list::name(by)) } }
            @if let Some(machine) = &build.machine { dt { "Machine" } dd { (build_list::name(machine)) } }
            dt { "Commit" }
            dd { a.sha href={ "/journal?sha=" (what.sha) } title=(what.sha) { (what.sha.short()) } ", and all about it" }
            @if let Some(tree) = &build.tree { dt { "Tree" } dd.sha title=(tree) { (words::cut(tree, 12)) } }
        }
    }
}

/// Why it was made, with what that refers to.
fn why(build: &Build) -> Markup {
    let project = address::of_project(&build.what.project);
    html! {
        @match &build.what.cause {
            BuildCause::Delivery { id, event } => {
                (words::event(event)) ": "
                a href={ "/journal?delivery=" (address::in_query(id)) } title=(words::cut(id, build_list::LONGEST_NAME)) { "the delivery" }
            },
            BuildCause::Again { of, by } => {
                "retry of " a href={ (project) "/builds/" (of) } { "#" (of) } " by " (build_list::name(by))
            },
            cause => (build_list::name(&cause.to_string())),
        }
    }
}

/// Other builds of the same commit: other jobs, and the same one before.
fn of_same_commit(others: &[Build]) -> Markup {
    html! {
        @if !others.is_empty() {
            h2 { "Of the same commit" }
            ul.others.sheet {
                @for other in others {
                    li.pair {
                        span { a href=(address::of_build(other)) { "#" (other.number) } " " (other.what.job) }
                        (badge(other.state))
                    }
                }
            }
        }
    }
}
