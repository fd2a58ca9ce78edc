use maud::{Markup, PreEscaped, html};

use super::find::{self, Found};
use super::window::Window;
use crate::journal::JournalError;
use crate::pages::view::View;
use crate::pages::{address, words};
use crate::record::{Build, BuildState};

/// The log on the page of a build: its last lines, which go on while it is written; those around `?line=`; or those
/// that `?find=` finds.
pub(in crate::pages) async fn part(view: &View<'_>, build: &Build) -> Result<Markup, JournalError> {
    let journal = view.pipeline.journal();
    let path = address::of_build(build);
    let searched = view.field("find").unwrap_or_default();
    let first = journal.log(build.number, 0, 1).await?;
    if first.is_forgotten {
        return Ok(html! {
            div #log-part { p .empty { "The log was removed, as it was old." } }
        });
    }
    let content = if searched.is_empty() {
        let line = view.field("line").and_then(|line| line.parse().ok());
        let is_failed = matches!(build.state, BuildState::Failed | BuildState::Error);
        let window = match line {
            Some(line) => Window::around(journal, build.number, line, is_failed).await?,
            None => Window::at_end(journal, build.number, is_failed).await?,
        };
        lines(build, &path, &window)
    } else {
        let from = view.field("from_line").and_then(|line| line.parse().ok()).unwrap_or(1);
        find::find(journal, build, searched, from).await?.markup(&path)
    };
    let has_log = first.log_bytes > 0;
    // Whoever follows it from its beginning wants to find something later, without loading the page anew.
    let is_coming = matches!(build.state, BuildState::Queued | BuildState::Running);
    Ok(html! {
        div #log-part {
            div .log-head {
                @if has_log || is_coming {
                    form .find role="search" method="get" action={ (path) "#log-part" } {
                        label .hidden for="find" { "Find in the whole log" }
                        input #find type="search" name="find" value=(searched) maxlength="200"
                            placeholder="Find in the whole log";
                        " " button { "Find" }
                    }
                }
                @if has_log {
                    a href={ (path) "/log" } { "Raw log (" (words::bytes(first.log_bytes)) ")" }
                }
            }
            (content)
        }
    })
}

/// What `?find=` finds, for the page as JSON.
pub(in crate::pages) async fn found(
    view: &View<'_>,
    build: &Build,
) -> Result<Option<Found>, JournalError> {
    let Some(text) = view.field("find") else { return Ok(None) };
    let from = view.field("from_line").and_then(|line| line.parse().ok()).unwrap_or(1);
    find::find(view.pipeline.journal(), build, text, from).await.map(Some)
}

fn lines(build: &Build, path: &str, window: &Window) -> Markup {
    // Where the live part goes on; nothing where nothing more comes, or the page shows another part.
    let is_live = window.is_end && !build.state.is_final();
    let to = is_live.then_some(window.to);
    let before = window.first.saturating_sub(1);
    html! {
        // The script shows it when it takes lines away.
        p .log-more #log-before hidden[before == 0] {
            a href={ (path) "?line=" (before) "#L" (before) } { "Earlier lines" }
        }
        @if window.log_bytes == 0 {
            p .log-more #log-empty {
                @match build.state {
                    BuildState::Waiting | BuildState::Queued => "Nothing is written before it runs.",
                    BuildState::Running => "Nothing is written yet.",
                    _ => "Nothing was written.",
                }
            }
        }
        pre #log tabindex="0" aria-label="Lines of the log" data-to=[to] data-seen=(build.state)
            data-next=(window.next) { (PreEscaped(&window.html)) }
        @if !window.is_end {
            p .log-more #log-after {
                a href={ (path) "?line=" (window.next) "#L" (window.next) } { "Later lines" }
                " · " a href={ (path) "#log-part" } { "The last lines" }
            }
        }
    }
}
