use http::StatusCode;
use maud::{Markup, html};

use super::answer::{self, Answer};
use super::layout;
use super::query::field;
use crate::build::Pipeline;
use crate::journal::{EntryFilter, JournalEntry, JournalError};

/// So many entries a page shows.
const SHOWN: u32 = 200;

/// `/journal`
pub(super) async fn all(
    pipeline: &Pipeline,
    fields: &[(String, String)],
    as_json: bool,
) -> Result<Answer, JournalError> {
    let sha = field(fields, "sha").and_then(|sha| sha.parse().ok());
    let build = field(fields, "build").and_then(|number| number.parse().ok());
    let filter = match (field(fields, "delivery"), sha, build) {
        (Some(id), ..) => EntryFilter::Delivery(id.to_owned()),
        (_, Some(sha), _) => EntryFilter::Sha(sha),
        (.., Some(number)) => EntryFilter::Build(number),
        _ => EntryFilter::All,
    };
    let before = field(fields, "before").and_then(|number| number.parse().ok());
    let entries = pipeline.journal().entries(&filter, before, SHOWN).await?;
    if as_json {
        return Ok(answer::json(&entries));
    }
    Ok(answer::html(StatusCode::OK, layout::page("Journal", &table(&entries))))
}

/// Entries, a row for each.
pub(super) fn table(entries: &[JournalEntry]) -> Markup {
    html! {
        @if entries.is_empty() {
            p { "None." }
        } @else {
            table {
                thead { tr { th { "When" } th { "What" } th { "" } th { "Belongs to" } } }
                tbody {
                    @for entry in entries {
                        tr {
                            td class="when" { (entry.at) }
                            td { (entry.kind) }
                            td { (entry.text) }
                            td {
                                @if let (Some(project), Some(number)) = (&entry.project, entry.build) {
                                    a href={ "/" (project) "/builds/" (number) } { "#" (number) } " "
                                }
                                @if let Some(id) = &entry.delivery {
                                    a href={ "/journal?delivery=" (encoded(id)) } { "delivery" } " "
                                }
                                @if let Some(sha) = &entry.sha {
                                    a href={ "/journal?sha=" (sha) } { (sha.short()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
