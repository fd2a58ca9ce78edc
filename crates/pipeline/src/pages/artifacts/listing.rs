use maud::{Markup, html};
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::folder::{self, Found};
use super::names;
use crate::build::Pipeline;
use crate::pages::address::of_build;
use crate::pages::words;
use crate::record::Build;

/// The artefacts of a build, as its page and its JSON have them.
#[derive(Debug, Default, Serialize)]
pub(in crate::pages) struct Listing {
    /// The files that are here.
    pub(in crate::pages) files: Vec<Listed>,
    /// Whether there are more than are listed.
    pub(in crate::pages) are_more: bool,
    /// The machine where they lie, if that is another one: its pages send them.
    pub(in crate::pages) machine: Option<String>,
}

/// A file.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Listed {
    /// Its path below the checkout. Bytes that are no text, and characters that nobody sees, are replaced.
    pub(in crate::pages) path: String,
    /// Where it is got.
    pub(in crate::pages) address: String,
    /// How many bytes it has.
    pub(in crate::pages) bytes: u64,
}

/// What a build kept.
pub(in crate::pages) async fn list(pipeline: &Pipeline, build: &Build) -> Listing {
    let folder = pipeline.artifacts_of(build.number);
    let looked = spawn_blocking(move || folder::look(&folder)).await;
    let found = match looked {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, build = build.number, "artefacts cannot be listed");
            None
        }
        Err(error) => {
            tracing::error!(%error, "listing artefacts broke off");
            None
        }
    };
    let Some(Found { files, are_more }) = found else {
        return Listing { machine: elsewhere(pipeline, build), ..Listing::default() };
    };
    let files = files.into_iter().map(|kept| Listed {
        path: names::shown(&kept.path),
        address: format!("{}/artifacts/{}", of_build(build), names::in_address(&kept.path)),
        bytes: kept.size,
    });
    Listing { files: files.collect(), are_more, machine: None }
}

/// The other machine where the artefacts of a build are, if it keeps some.
pub(super) fn elsewhere(pipeline: &Pipeline, build: &Build) -> Option<String> {
    let current = pipeline.current();
    let job = current.config.project(&build.what.project)?.job(&build.what.job)?;
    let machine = build.machine.as_ref().filter(|it| *it != pipeline.machine().name())?;
    let keeps = !job.artifacts.is_empty() && build.state.is_final();
    keeps.then(|| machine.clone())
}

/// The part of a build's page that lists them; nothing, if there are none.
pub(in crate::pages) fn section(listing: &Listing) -> Markup {
    html! {
        @if let Some(machine) = &listing.machine {
            h2 { "Artefacts" }
            p { "They lie on the machine " strong { bdi { (machine) } } ", and only its own pages send them." }
        } @else if !listing.files.is_empty() {
            h2 { "Artefacts" }
            div.sheet {
                table.artifacts {
                    thead { tr { th scope="col" { "File" } th scope="col" { "Size" } } }
                    tbody {
                        @for file in &listing.files {
                            tr {
                                th scope="row" { a href=(file.address) download { bdi { (file.path) } } }
                                td { (words::bytes(file.bytes)) }
                            }
                        }
                    }
                }
            }
            @if listing.are_more {
                p.muted { "There are more: these are the first " (listing.files.len()) "." }
            }
        }
    }
}
