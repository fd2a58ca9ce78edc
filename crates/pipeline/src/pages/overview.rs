use maud::html;
use serde_json::json;

use super::answer::{self, Answer};
use super::layout;
use crate::build::Pipeline;
use crate::journal::{BuildFilter, JournalError};
use http::StatusCode;

/// So many builds a page shows.
const SHOWN: u32 = 50;

/// `/`
pub(super) async fn all(pipeline: &Pipeline, as_json: bool) -> Result<Answer, JournalError> {
    let journal = pipeline.journal();
    let at_work = journal.builds(&BuildFilter::AtWork, None, 500).await?;
    let last = journal.builds(&BuildFilter::All, None, SHOWN).await?;
    let (writes, most) = pipeline.writes();
    if as_json {
        return Ok(answer::json(&json!({
            "at_work": at_work, "last": last, "writes_within_an_hour": writes, "writes_allowed": most,
        })));
    }
    let current = pipeline.current();
    let content = html! {
        h2 { "Projects" }
        ul {
            @for project in current.config.projects.iter() {
                li { a href={ "/" (project.name) } { (project.name) } " (" (project.repo) ")" }
            }
        }
        h2 { "Running and waiting" }
        (layout::builds(&at_work))
        h2 { "Last builds" }
        (layout::builds(&last))
        p { (writes) " of " (most) " writes to GitHub within the last hour." }
    };
    Ok(answer::html(StatusCode::OK, layout::page("Builds", &content)))
}

/// `/P`
pub(super) async fn project(
    pipeline: &Pipeline,
    name: &str,
    as_json: bool,
) -> Result<Option<Answer>, JournalError> {
    let builds =
        pipeline.journal().builds(&BuildFilter::Project(name.to_owned()), None, SHOWN).await?;
    // One that the config does not have any more has builds all the same.
    let current = pipeline.current();
    if builds.is_empty() && current.config.project(name).is_none() {
        return Ok(None);
    }
    if as_json {
        return Ok(Some(answer::json(&json!({ "project": name, "builds": builds }))));
    }
    let content = layout::builds(&builds);
    Ok(Some(answer::html(StatusCode::OK, layout::page(name, &content))))
}
