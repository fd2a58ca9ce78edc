//! What the pages are made of.

use maud::{Markup, Render, html};

/// How much of a list is shown, its end: there the news is.
const SHOWN: usize = 50;

/// How a word about how something went looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    Good,
    Bad,
    Busy,
    Plain,
}

impl Tone {
    /// The tone of a state: of a status, a deployment, a check run or a pull request.
    pub(super) fn of(state: &str) -> Self {
        match state {
            "success" | "merged" | "open" | "APPROVED" | "OK" => Self::Good,
            "failure" | "error" | "timed_out" | "CHANGES_REQUESTED" => Self::Bad,
            "pending" | "queued" | "in_progress" | "waiting" | "action_required" => Self::Busy,
            _ => Self::Plain,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Bad => "badge bad",
            Self::Busy => "badge busy",
            Self::Plain => "badge",
        }
    }
}

/// A word about how something went. The word itself says it, the colour only helps.
pub(super) fn badge(word: &str, tone: Tone) -> Markup {
    html! { span class=(tone.class()) { (word) } }
}

pub(super) fn state(word: &str) -> Markup {
    badge(word, Tone::of(word))
}

/// The first digits of a commit; all of them show when somebody points at it.
pub(super) fn sha(sha: &hookstead::types::Sha) -> Markup {
    html! { code class="whole" title=(sha) { (sha.short()) } }
}

/// A number or a moment, which stays on one line.
pub(super) fn whole(it: impl Render) -> Markup {
    html! { span class="whole" { (it) } }
}

/// Lists with their headings, one below the other. Those that are empty share a line.
pub(super) fn lists(lists: &[List]) -> Markup {
    let empty: Vec<&str> =
        lists.iter().filter(|list| list.count == 0).map(|list| list.heading).collect();
    html! {
        @for list in lists.iter().filter(|list| list.count > 0) { (list.table) }
        @if !empty.is_empty() { p class="none" { "None: " (empty.join(", ")) } }
    }
}

/// A list of things.
#[derive(Debug)]
pub(super) struct List {
    heading: &'static str,
    count: usize,
    table: Markup,
}

/// A list of things as a table with its heading, the newest first.
pub(super) fn list<T>(
    heading: &'static str,
    columns: &[&str],
    oldest_first: &[T],
    row: impl Fn(&T) -> Vec<Markup>,
) -> List {
    let count = oldest_first.len();
    let hidden = count.saturating_sub(SHOWN);
    let table = html! {
        section {
            h3 { (heading) " " span class="count" { (count) } }
            div class="scroll" role="region" aria-label=(heading) tabindex="0" {
                table {
                    thead { tr { @for column in columns { th scope="col" { (column) } } } }
                    tbody {
                        @for entry in oldest_first.iter().rev().take(SHOWN) {
                            tr {
                                @for (cell, column) in row(entry).into_iter().zip(columns) {
                                    td data-label=(column) { div { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
            @if hidden > 0 { p class="none" { (hidden) " earlier ones are not shown." } }
        }
    };
    List { heading, count, table }
}
