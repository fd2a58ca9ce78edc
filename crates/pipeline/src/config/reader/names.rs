use std::ops::Range;

use crate::config::problem::{Report, quoted};

/// Names are part of addresses, of folders' names and of statuses' names, so they are short.
const MAX_NAME: usize = 64;

/// What no project may be called: the pages of the server itself have these addresses.
const PAGES: [&str; 18] = [
    "api",
    "artifacts",
    "assets",
    "badge",
    "builds",
    "chat",
    "event_handler",
    "events",
    "favicon.ico",
    "index",
    "journal",
    "livez",
    "metrics",
    "readyz",
    "robots.txt",
    "server",
    "sign-in",
    "sign-out",
];

/// Whether a page of the server is here, which a hook's path would hide. `/api` and `/chat` are kept free for later, and
/// hooks of others are there.
pub(super) fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let name = first.strip_suffix(".json").unwrap_or(first);
    PAGES.contains(&name) && !matches!(name, "api" | "chat" | "event_handler")
}

/// Says what is wrong with the name of a project, a job, an environment or a notifier.
pub(super) fn check_name(name: &str, key: &str, span: Range<usize>, report: &Report<'_>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let problem = if name.is_empty() {
        "has an empty name".to_owned()
    } else if name.len() > MAX_NAME {
        format!("has a name of {} characters, and may have {MAX_NAME}", name.chars().count())
    } else if !name.chars().all(is_part) {
        format!(
            "is called {}, and a name has letters, digits, `-`, `_` and `.` only: it is part of addresses",
            quoted(name)
        )
    } else if name.starts_with(['.', '-']) || name.ends_with('.') {
        format!(
            "is called {}, and a name begins with a letter, a digit or `_`, and does not end with `.`",
            quoted(name)
        )
    } else {
        return;
    };
    report.error(span, key, problem);
}

/// Says if a project is called as a page of the server is.
pub(super) fn check_project_name(
    name: &str,
    hook_path: &str,
    key: &str,
    span: Range<usize>,
    report: &Report<'_>,
) {
    check_name(name, key, span.clone(), report);
    let is_hook = hook_path.trim_start_matches('/').split('/').next() == Some(name);
    // `/lib.json` is the page `/lib` for programs.
    if is_hook || PAGES.contains(&name) || name.ends_with(".json") {
        report.error(
            span,
            key,
            format!("is called {}, which is the address of a page of the server", quoted(name)),
        );
    }
}
