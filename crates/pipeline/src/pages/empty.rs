//! What stands where nothing is yet: what to do next.

use maud::{Markup, html};

use super::view::View;
use crate::config::{Config, Project};

/// No build was made yet.
pub(super) fn no_builds(view: &View<'_>, config: &Config) -> Markup {
    html! {
        div.sheet #now data-live {
            div.empty {
                p { strong { "No builds yet." } " This server waits for its first delivery from GitHub." }
                (first_steps(config, config.projects.first()))
                p {
                    "Something should have been built? " a href="/journal" { "The journal" }
                    " says of each delivery what was decided, and why."
                }
            }
        }
        @if config.projects.is_empty() {
            p.note { "The config has no project. Each begins with " code { "[projects.NAME]" } "." }
        } @else {
            h2 { "Projects of the config" }
            ul.projects.sheet {
                @for project in config.projects.iter() {
                    li {
                        div.pair {
                            a.name href=(super::address::of_project(&project.name)) { (project.name) }
                            span.muted { "not built yet" }
                        }
                        small { (project.repo) }
                    }
                }
            }
        }
        @if view.viewer.name.is_none() && view.viewer.can_sign_in {
            p.muted { "Whoever is signed in can run builds again, cancel and approve them." }
        }
    }
}

/// What leads to the first build of a project.
pub(super) fn first_steps(config: &Config, project: Option<&Project>) -> Markup {
    let hook = config.url.join(config.hook_path.trim_start_matches('/'));
    let hook = hook.map_or_else(|_| config.hook_path.clone(), |url| url.to_string());
    html! {
        ol {
            li { "Let GitHub call this server. This makes the hook or mends it, and tries it:" pre { "hookstead pipeline setup pipeline.toml" } }
            li { "Or make the hook by hand, in the repository's settings: its URL is " code { (hook) } ", its content type " code { "application/json" } "." }
            li {
                "Open a pull request, or push. Or build at once:"
                @if let Some(project) = project { pre { "hookstead pipeline build " (project.repo) "/main" } }
            }
        }
    }
}

/// No entry of the journal fits.
pub(super) fn no_entries(is_filtered: bool) -> Markup {
    html! {
        div.empty {
            @if is_filtered {
                p { strong { "Nothing is written down of this." } " That may be because:" }
                ul {
                    li { "GitHub never sent it, or it is still on its way: the hook's page at GitHub lists what was sent, and can send it again." }
                    li { "The hook does not send this event, or calls another server." }
                    li { "The signature was wrong, so the delivery was refused: the secret here is another than that of the hook." }
                    li { "The id or commit is mistyped. A commit may be shortened to its first digits, an id may not." }
                }
            } @else {
                p { strong { "The journal is empty." } " Each delivery that comes from GitHub is written down here, with what was decided and why." }
            }
        }
    }
}
