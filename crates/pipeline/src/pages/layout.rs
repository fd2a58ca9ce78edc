use hookstead::types::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::record::{Build, BuildState};

/// The style sheet: black on white or the other way round, as the reader's machine says.
pub(super) const STYLE: &str = "\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8886; }
main { overflow-x: auto; }
.when { white-space: nowrap; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; }
form { display: inline-block; margin-right: 1rem; }
.passed::before { content: '\\2713\\00a0'; }
.failed::before, .error::before { content: '\\2717\\00a0'; }
.failed, .error { font-weight: bold; }
";

/// A whole page.
pub(super) fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                nav { a href="/" { "Builds" } " · " a href="/journal" { "Journal" } }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

/// Builds, a row for each.
pub(super) fn builds(builds: &[Build]) -> Markup {
    html! {
        @if builds.is_empty() {
            p { "None." }
        } @else {
            table {
                thead {
                    tr { th { "Build" } th { "State" } th { "Job" } th { "For" } th { "Commit" } th { "Why" } th { "Time" } }
                }
                tbody {
                    @for build in builds {
                        tr {
                            td { a href=(path_of(build)) { "#" (build.number) } }
                            td { (state(build.state)) }
                            td { (build.what.project) "/" (build.what.job) }
                            td { (build.what.target) " " (build.what.title) }
                            td { (build.what.sha.short()) " " (build.what.author) }
                            td { (build.what.cause) @if !build.summary.is_empty() { ": " (build.summary) } }
                            td { (time(build)) }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn state(state: BuildState) -> Markup {
    html! { span class=(state) { (state) } }
}

/// The path of a build's page.
pub(super) fn path_of(build: &Build) -> String {
    format!("/{}/builds/{}", build.what.project, build.number)
}

/// How long a build ran, or since when it runs or waits.
pub(super) fn time(build: &Build) -> String {
    let at = |moment: &Option<Timestamp>| moment.as_ref().and_then(Timestamp::instant);
    match (at(&build.started_at), at(&build.ended_at)) {
        (Some(started), Some(ended)) => {
            let milliseconds = (ended.as_millisecond() - started.as_millisecond()).max(0);
            format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
        }
        (Some(started), None) => format!("since {started:.0}"),
        _ => format!("since {}", build.queued_at),
    }
}
