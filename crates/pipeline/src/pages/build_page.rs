use http::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use super::answer::{self, Answer};
use super::journal_page;
use super::layout::{self, path_of, state, time};
use crate::build::Pipeline;
use crate::journal::{EntryFilter, JournalError};
use crate::record::{Build, BuildState};

/// So much of the end of a log the page shows; all of it is one click away.
const SHOWN_LOG: u64 = 32 * 1024;

/// So many entries of the journal it shows.
const SHOWN_ENTRIES: u32 = 100;

/// `/P/builds/N`
pub(super) async fn one(
    pipeline: &Pipeline,
    build: &Build,
    as_json: bool,
) -> Result<Answer, JournalError> {
    let journal = pipeline.journal();
    let entries = journal.entries(&EntryFilter::Build(build.number), None, SHOWN_ENTRIES).await?;
    if as_json {
        return Ok(answer::json(&json!({ "build": build, "journal": entries })));
    }
    let start = build.log_bytes.saturating_sub(SHOWN_LOG);
    let mut log = Vec::new();
    loop {
        let part = journal.log(build.number, start + log.len() as u64, 64 * 1024).await?;
        if part.bytes.is_empty() || log.len() as u64 > SHOWN_LOG * 2 {
            break;
        }
        log.extend_from_slice(&part.bytes);
    }
    let log = String::from_utf8_lossy(&log);
    let path = path_of(build);
    let what = &build.what;
    let can_press = pipeline.current().config.admin.is_some();
    let content = html! {
        p { (state(build.state)) @if !build.summary.is_empty() { ": " (build.summary) } }
        @if can_press { (buttons(build, &path)) }
        dl {
            dt { "Job" } dd { a href={ "/" (what.project) } { (what.project) } "/" (what.job) }
            dt { "For" } dd { (what.target) " " (what.title) }
            dt { "Commit" } dd { (what.sha) @if !what.author.is_empty() { " by " (what.author) } " in " (what.repo) }
            @if let Some(tree) = &build.tree { dt { "Tree" } dd { (tree) } }
            dt { "Why" } dd { (what.cause) }
            @if let Some(by) = &build.approved_by { dt { "Approved by" } dd { (by) } }
            @if let Some(machine) = &build.machine { dt { "Machine" } dd { (machine) } }
            dt { "Time" } dd { (time(build)) }
        }
        @if !build.steps.is_empty() {
            h2 { "Steps" }
            table {
                thead { tr { th { "Step" } th { "Time" } th { "Exit code" } } }
                tbody {
                    @for step in &build.steps {
                        tr {
                            td { (step.name) }
                            td { (step.milliseconds) " ms" }
                            td { @match step.exit_code { Some(code) => (code), None => "none" } }
                        }
                    }
                }
            }
        }
        h2 { "Log" }
        p {
            a href={ (path) "/log" } { "The whole log" } " (" (build.log_bytes) " bytes)"
            @if start > 0 { ". This is its end." }
        }
        pre { (plain(&log)) }
        h2 { "Journal" }
        (journal_page::table(&entries))
    };
    let title = format!("{} #{}", what.project, build.number);
    Ok(answer::html(StatusCode::OK, layout::page(&title, &content)))
}

/// What can be done about it, by whoever has the admin's token.
fn buttons(build: &Build, path: &str) -> Markup {
    let possible: &[(&str, &str)] = match build.state {
        BuildState::Waiting => &[("approve", "Approve"), ("cancel", "Cancel")],
        BuildState::Queued | BuildState::Running => &[("cancel", "Cancel")],
        _ => &[("again", "Run again")],
    };
    html! {
        @for (name, label) in possible {
            form method="post" action={ (path) "/" (name) } {
                label { "Token " input type="password" name="token" autocomplete="current-password" required; }
                " " button { (label) }
            }
        }
    }
}

/// What can be read: without colours, and of a line that was written over the last words.
fn plain(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    for line in log.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        let line = line.trim_end_matches('\r');
        let mut rest = line.rsplit('\r').next().unwrap_or(line);
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            text.push_str(before);
            let at = after.find(|c: char| ('@'..='~').contains(&c));
            rest = at.and_then(|at| after.get(at + 1..)).unwrap_or_default();
        }
        text.extend(rest.chars().filter(|c| !c.is_control() || *c == '\t'));
        text.push_str(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_shown_as_a_terminal_leaves_it() {
        let log =
            "10%\r100%\r\n\u{1b}[1;31mred\u{1b}[0m\u{7}\tend\n\u{1b}[99999999999m\u{1b}[unfinished";
        assert_eq!(plain(log), "100%\nred\tend\nnfinished");
    }
}
