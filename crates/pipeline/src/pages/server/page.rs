use http::Extensions;
use maud::{Markup, html};

use super::facts::{self, Config, Disk, Facts, Hook, Limit};
use crate::journal::{JournalEntry, JournalError};
use crate::pages::answer::{self, Answer};
use crate::pages::layout::Page;
use crate::pages::view::View;
use crate::pages::{address, words};

/// `/server`
pub(in crate::pages) async fn one(
    view: &View<'_>,
    extensions: &Extensions,
) -> Result<Answer, JournalError> {
    let facts = facts::gather(view, extensions).await?;
    if view.as_json {
        return Ok(answer::json(&facts));
    }
    let content = html! {
        div #facts data-live {
            @if let Some(problems) = problems(&facts) { (problems) }
            h2 { "Builds" }
            (builds(view, &facts))
            h2 { "Machines" }
            (machines(view, &facts))
            h2 { "Store" }
            (store(&facts))
            h2 { "Hook" }
            (hook(view, &facts.hook))
            h2 { "GitHub" }
            p {
                (facts.github.writes_within_an_hour) " of " (facts.github.writes_allowed)
                " writes within the last hour: statuses, check runs, comments."
            }
            (limits(view, &facts.github.limits))
            h2 { "Config" }
            (config(view, &facts.config))
            h2 { "Put right" }
            (repairs(view, &facts.repairs))
        }
    };
    Ok(Page::new("Server").below("/", "Builds").live("/events").answer(view, &content))
}

/// What needs somebody, first.
fn problems(facts: &Facts) -> Option<Markup> {
    let mut lines: Vec<String> = Vec::new();
    for disk in facts.store.disks.iter().filter(|disk| disk.free < disk.reserve) {
        lines.push(format!("No build begins: the disk of {} is short of room.", name_of(disk)));
    }
    if facts.config.has_mistake {
        lines.push("The config was read again and has a mistake, so the one before stays.".into());
    }
    let hook = &facts.hook;
    if hook.refused_since_verified > 0 && hook.verified == 0 {
        lines.push(format!(
            "{} signatures were refused and none was good: the hook's secret may be another one.",
            hook.refused_since_verified
        ));
    }
    if facts.inbox.is_none() {
        lines.push("The inbox does not answer.".to_owned());
    }
    if facts.machines.iter().all(|it| it.name != facts.machine) {
        lines.push("The journal has not heard of this machine for a day.".to_owned());
    }
    if let Some(dead) = facts.inbox.as_ref().map(|it| it.dead).filter(|dead| *dead > 0) {
        let number = words::counted(dead, "task");
        lines.push(format!("{number} of the inbox failed for good: `hookstead inbox` shows why."));
    }
    (!lines.is_empty()).then(|| {
        html! {
            div.note.s-error role="status" {
                ul { @for line in &lines { li { (line) } } }
            }
        }
    })
}

fn builds(view: &View<'_>, facts: &Facts) -> Markup {
    let (queue, pool) = (&facts.queue, &facts.pool);
    html! {
        dl.facts {
            dt { "Running" } dd { (queue.running) }
            dt { "Queued" }
            dd {
                (queue.queued)
                @if let Some(oldest) = &queue.oldest_queued_at { ", the oldest " (words::ago(&view.now, oldest)) }
            }
            dt { "Waiting for approval" } dd { (queue.waiting) }
            dt { "Slots here" } dd { (pool.free) " of " (pool.builds) " free" }
            @if let Some(inbox) = &facts.inbox {
                dt { "Tasks of the inbox" }
                dd {
                    (inbox.ready) " ready, " (inbox.leased) " at work, " (inbox.delayed) " for later, "
                    (inbox.blocked) " behind others, " (inbox.dead) " failed for good"
                }
            }
        }
    }
}

/// What GitHub leaves of its limits; nothing, where it has said nothing.
fn limits(view: &View<'_>, limits: &[Limit]) -> Markup {
    html! {
        @if !limits.is_empty() {
            div.sheet {
                table {
                    thead { tr { th scope="col" { "Limit" } th scope="col" { "Left" } th scope="col" { "Begins anew" } } }
                    tbody {
                        @for limit in limits {
                            tr {
                                th scope="row" { bdi { (words::cut(&limit.resource, 100)) } }
                                td {
                                    (limit.remaining)
                                    @if let Some(all) = limit.limit { " of " (all) }
                                }
                                td {
                                    @if let Some(reset) = &limit.resets_at
                                        && let Some(rest) = words::milliseconds_between(&view.now, reset)
                                    {
                                        (words::exactly(reset, &format!("in {}", words::took(rest))))
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

fn machines(view: &View<'_>, facts: &Facts) -> Markup {
    html! {
        div.sheet {
            table {
                thead { tr { th scope="col" { "Machine" } th scope="col" { "Running" } th scope="col" { "Heard of" } } }
                tbody {
                    @for machine in &facts.machines {
                        tr {
                            th scope="row" {
                                bdi { (machine.name) }
                                @if machine.name == facts.machine { " (this one)" }
                            }
                            td { (machine.running) }
                            td { (words::ago(&view.now, &machine.seen_at)) }
                        }
                    }
                }
            }
        }
    }
}

fn name_of(disk: &Disk) -> &'static str {
    match disk.holds {
        "database" => "the database",
        _ => "the builds",
    }
}

fn store(facts: &Facts) -> Markup {
    html! {
        dl.facts {
            dt { "Kind" } dd { @if facts.store.kind == "sqlite" { "SQLite" } @else { "PostgreSQL" } }
            @for disk in &facts.store.disks {
                dt { "Disk of " (name_of(disk)) }
                dd {
                    (words::bytes(disk.free)) " of " (words::bytes(disk.total)) " free; no build begins below "
                    (words::bytes(disk.reserve))
                }
            }
        }
    }
}

fn hook(view: &View<'_>, hook: &Hook) -> Markup {
    html! {
        dl.facts {
            dt { "Path" } dd { code { (hook.path) } }
            dt { "Last delivery" }
            dd {
                @match &hook.last_delivery {
                    Some(entry) => {
                        (words::ago(&view.now, &entry.at)) ": "
                        @if let Some(id) = &entry.delivery {
                            a href={ "/journal?delivery=" (address::in_query(id)) } { bdi { (words::cut(&entry.text, 200)) } }
                        } @else { bdi { (words::cut(&entry.text, 200)) } }
                    },
                    None => {
                        "none yet. " code { "hookstead pipeline setup" } " makes the hook and has GitHub ping it."
                    },
                }
            }
            dt { "Signatures since the start" }
            dd {
                (hook.verified) " good"
                @if let Some(at) = &hook.last_verified_at { ", the last " (words::ago(&view.now, at)) }
                "; " (hook.refused) " refused"
                @if let Some(at) = &hook.last_refused_at { ", the last " (words::ago(&view.now, at)) }
            }
        }
    }
}

fn config(view: &View<'_>, config: &Config) -> Markup {
    html! {
        p {
            "Read " (words::ago(&view.now, &config.read_at)) ". "
            @if config.has_mistake { "It has a mistake, so the one before stays." }
            @if config.has_mistake && config.mistake.is_none() { " The server's log says which, and this page to whoever is signed in." }
        }
        @if let Some(mistake) = &config.mistake { pre { (mistake) } }
        @if !config.left_out.is_empty() {
            p { "It asks for what this version cannot do:" }
            ul { @for line in &config.left_out { li { bdi { (line) } } } }
        }
    }
}

fn repairs(view: &View<'_>, repairs: &[JournalEntry]) -> Markup {
    html! {
        @if repairs.is_empty() {
            p.muted { "Nothing: no build was ever lost here." }
        } @else {
            ul {
                @for entry in repairs {
                    li {
                        (words::ago(&view.now, &entry.at)) ": " bdi { (words::cut(&entry.text, 200)) }
                        @if let (Some(project), Some(number)) = (&entry.project, entry.build) {
                            ", build " a href={ (address::of_project(project)) "/builds/" (number) } { "#" (number) }
                        }
                    }
                }
            }
        }
    }
}
