//! The journal: what came, what was decided, and what became of it.

use hookstead::types::{Sha, Timestamp};
use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::build_list::{self, LONGEST_NAME};
use super::layout::Page;
use super::state;
use super::view::View;
use super::{address, empty, words};
use crate::journal::{EntryFilter, EntryKind, JournalEntry, JournalError};
use crate::record::{BuildState, BuildTarget};

/// So many entries a page shows.
const SHOWN: u32 = 50;

/// A text of an entry is cut after so many characters; whole it is in the page's JSON.
const LONGEST_TEXT: usize = 600;

/// `/journal`, and the part of it that belongs to `delivery`, `sha`, `build`, or to a `pr` or `branch` of a `project`.
pub(super) async fn all(view: &View<'_>) -> Result<Answer, JournalError> {
    let journal = view.pipeline.journal();
    let filter = filter(view).await?;
    let before = view.field("before").and_then(|number| number.parse().ok());
    let mut entries = match &filter {
        Some(filter) => journal.entries(filter, before, SHOWN + 1).await?,
        None => Vec::new(),
    };
    let has_older = entries.len() > SHOWN as usize;
    entries.truncate(SHOWN as usize);
    let older = entries.last().filter(|_| has_older).map(|entry| entry.number);
    if view.as_json {
        return Ok(answer::json(&json!({ "entries": entries, "older": older })));
    }
    let is_chain = filter.as_ref().is_none_or(|filter| *filter != EntryFilter::All);
    if is_chain {
        // A story is read from its beginning.
        entries.reverse();
    }
    let paging = html! {
        @if older.is_some() || before.is_some() {
            nav.paging aria-label="Older and newer entries" {
                @if before.is_some() { a.button href=(with(view, None)) { "Newest" } }
                @if let Some(older) = older { a.button href=(with(view, Some(older))) rel="next" { "Older" } }
            }
        }
    };
    let content = html! {
        p.under {
            @if is_chain { "What belongs to this, from its beginning. " a href="/journal" { "The whole journal" } }
            @else { "What came, what was decided and why, and what became of it. The latest comes first." }
        }
        (form(view))
        div #entries data-live {
            div.sheet {
                @if entries.is_empty() { (empty::no_entries(is_chain)) }
                @else if is_chain { (chain(view, &entries)) }
                @else { (table(view, &entries)) }
            }
            (paging)
        }
    };
    Ok(Page::new("Journal").live("/events").answer(view, &content))
}

/// What the fields behind the `?` ask for. `None`: something of which there can be nothing.
async fn filter(view: &View<'_>) -> Result<Option<EntryFilter>, JournalError> {
    let number = |name: &str| view.field(name).map(|text| text.trim().trim_start_matches('#'));
    if let Some(id) = view.field("delivery") {
        return Ok(Some(EntryFilter::Delivery(id.trim().to_owned())));
    }
    if let Some(sha) = view.field("sha") {
        let whole = sha.trim().parse::<Sha>().ok().filter(Sha::is_well_formed);
        let sha = match whole {
            Some(sha) => Some(sha),
            None => view.pipeline.journal().sha_that_begins(sha.trim()).await?,
        };
        return Ok(sha.map(EntryFilter::Sha));
    }
    if let Some(build) = number("build") {
        return Ok(build.parse().ok().map(EntryFilter::Build));
    }
    let target = match (number("pr"), view.field("branch")) {
        (Some(pr), _) => pr.parse().ok().map(BuildTarget::PullRequest),
        (None, Some(branch)) => Some(BuildTarget::Branch(branch.to_owned())),
        (None, None) => return Ok(Some(EntryFilter::All)),
    };
    let current = view.pipeline.current();
    // Where there is one project alone, it need not be said.
    let only =
        Some(&current.config.projects).filter(|all| all.len() == 1).and_then(|all| all.first());
    let project = view.field("project").or_else(|| only.map(|project| project.name.as_str()));
    Ok(project.zip(target).map(|(project, target)| EntryFilter::Target(project.to_owned(), target)))
}

/// The address of this page, before the entry of a number.
fn with(view: &View<'_>, before: Option<i64>) -> String {
    let mut fields: Vec<String> = view
        .query
        .iter()
        .filter(|(name, value)| name != "before" && !value.is_empty())
        .map(|(name, value)| format!("{}={}", address::in_query(name), address::in_query(value)))
        .collect();
    fields.extend(before.map(|number| format!("before={number}")));
    if fields.is_empty() { "/journal".to_owned() } else { format!("/journal?{}", fields.join("&")) }
}

/// What looks for a part of it.
fn form(view: &View<'_>) -> Markup {
    let value = |name| view.field(name).unwrap_or_default();
    let current = view.pipeline.current();
    let projects = &current.config.projects;
    html! {
        form.search method="get" action="/journal" role="search" {
            label { span { "Delivery" } input name="delivery" value=(value("delivery")) placeholder="id of GitHub" autocomplete="off" spellcheck="false"; }
            label { span { "Commit" } input name="sha" value=(value("sha")) placeholder="sha, or its beginning" autocomplete="off" spellcheck="false"; }
            label { span { "Build" } input.short name="build" value=(value("build")) inputmode="numeric" autocomplete="off"; }
            @if projects.len() > 1 {
                label {
                    span { "Project" }
                    select name="project" {
                        @for project in projects.iter() {
                            option value=(project.name) selected[value("project") == project.name] { (project.name) }
                        }
                    }
                }
            }
            label { span { "Pull request" } input.short name="pr" value=(value("pr")) inputmode="numeric" autocomplete="off"; }
            button { "Look" }
        }
    }
}

/// Entries, a row for each, with how long ago each was.
pub(super) fn table(view: &View<'_>, entries: &[JournalEntry]) -> Markup {
    rows(entries, true, |entry| words::ago(&view.now, &entry.at))
}

/// Entries of one story, the first of which comes first: the others say how much later they were.
pub(super) fn chain(view: &View<'_>, entries: &[JournalEntry]) -> Markup {
    rows(entries, true, |entry| from_first(view, entries, entry))
}

/// The entries of one build, on its page: what they belong to is said there.
pub(super) fn of_build(view: &View<'_>, entries: &[JournalEntry]) -> Markup {
    rows(entries, false, |entry| from_first(view, entries, entry))
}

fn from_first(view: &View<'_>, entries: &[JournalEntry], entry: &JournalEntry) -> Markup {
    match entries.first().filter(|first| first.at != entry.at) {
        Some(first) => later(&first.at, &entry.at),
        None => words::ago(&view.now, &entry.at),
    }
}

/// How much later a moment was than the first.
fn later(first: &Timestamp, then: &Timestamp) -> Markup {
    match words::milliseconds_between(first, then) {
        Some(time) => words::exactly(then, &format!("+ {}", words::took(time))),
        None => html! { (then) },
    }
}

fn rows(
    entries: &[JournalEntry],
    with_links: bool,
    when: impl Fn(&JournalEntry) -> Markup,
) -> Markup {
    html! {
        table.rows.entries {
            thead {
                tr {
                    th.is-when scope="col" { "When" }
                    th.is-kind scope="col" { "What" }
                    th scope="col" { "Entry" }
                    @if with_links { th.is-links scope="col" { "Belongs to" } }
                }
            }
            tbody {
                @for entry in entries {
                    tr class=[is_nothing(entry).then_some("nothing")] {
                        td { (when(entry)) }
                        td { span class={ "kind k-" (entry.kind) } { (entry.kind) } }
                        td.wide { (text(entry)) }
                        @if with_links { td.wide { (belongs_to(entry)) } }
                    }
                }
            }
        }
    }
}

/// Whether it says why nothing was done: it is what people look for.
fn is_nothing(entry: &JournalEntry) -> bool {
    entry.kind == EntryKind::Decision
        && (entry.text.starts_with("nothing") || entry.text.contains(" does not run, because"))
}

fn text(entry: &JournalEntry) -> Markup {
    let text = words::cut(&entry.text, LONGEST_TEXT);
    // The journal's own entries begin with the state.
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    let rest = rest.trim_start_matches([':', ' ']);
    let state = first.parse::<BuildState>().ok().filter(|_| entry.kind == EntryKind::Build);
    html! {
        @match state {
            Some(state) => { (state::badge(state)) " " bdi { (rest) } },
            None => bdi { (text) },
        }
        @if let Some(person) = entry.person.as_ref().filter(|person| !entry.text.contains(person.as_str())) {
            small { "by " (build_list::name(person)) }
        }
    }
}

fn belongs_to(entry: &JournalEntry) -> Markup {
    html! {
        @if let (Some(project), Some(number)) = (&entry.project, entry.build) {
            a href={ (address::of_project(project)) "/builds/" (number) } { "#" (number) } " "
        }
        @if let (Some(project), Some(target)) = (&entry.project, &entry.target) {
            (build_list::target_link(project, target)) " "
        }
        @if let Some(sha) = &entry.sha {
            a.sha href={ "/journal?sha=" (sha) } { (sha.short()) } " "
        }
        @if let Some(id) = &entry.delivery {
            a href={ "/journal?delivery=" (address::in_query(id)) } title=(words::cut(id, LONGEST_NAME)) { "delivery" }
        }
    }
}

/// The address of the journal of a pull request or branch.
pub(super) fn address_of_target(project: &str, target: &BuildTarget) -> String {
    let project = address::in_query(project);
    match target {
        BuildTarget::PullRequest(number) => format!("/journal?project={project}&pr={number}"),
        BuildTarget::Branch(name) => {
            format!("/journal?project={project}&branch={}", address::in_query(name))
        }
        _ => "/journal".to_owned(),
    }
}
