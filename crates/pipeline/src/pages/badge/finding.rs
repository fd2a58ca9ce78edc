use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue};

use super::picture::picture;
use crate::config::ReadAccess;
use crate::journal::{BuildFilter, JournalError};
use crate::pages::answer::{self, Answer};
use crate::pages::assets::colour_of;
use crate::pages::state::together;
use crate::pages::view::View;
use crate::record::{BuildState, BuildTarget};

/// So many builds of a branch are looked at: each job's last one is among them.
const LOOKED_AT: u32 = 100;

/// The branch of which nobody has said that it is another one.
const USUAL_BRANCH: &str = "main";

/// `/badge/P.svg`. `None`: there is no such project, or no such job.
pub(in crate::pages) async fn one(
    view: &View<'_>,
    name: &str,
) -> Result<Option<Answer>, JournalError> {
    let Some(name) = name.strip_suffix(".svg") else { return Ok(None) };
    let current = view.pipeline.current();
    let Some(project) = current.config.project(name) else { return Ok(None) };
    let wanted = view.field("job");
    if wanted.is_some_and(|job| project.job(job).is_none()) {
        return Ok(None);
    }
    let journal = view.pipeline.journal();
    let branch = match view.field("branch") {
        Some(branch) => branch.to_owned(),
        None => {
            let known = journal.default_branch(&project.repo).await?;
            known.unwrap_or_else(|| USUAL_BRANCH.to_owned())
        }
    };
    let of_branch = BuildFilter::Target(name.to_owned(), BuildTarget::Branch(branch.clone()));
    let builds = journal.builds(&of_branch, None, LOOKED_AT).await?;
    let mut last: BTreeMap<&str, BuildState> = BTreeMap::new();
    for build in &builds {
        let job = build.what.job.as_str();
        // A job that the config has no more would be red for ever.
        if wanted.is_none_or(|wanted| wanted == job) && project.job(job).is_some() {
            last.entry(job).or_insert(build.state);
        }
    }
    let state = together(last.into_values());
    let mut label = name.to_owned();
    for part in [view.field("branch"), wanted].into_iter().flatten() {
        label = format!("{label} · {part}");
    }
    let word = state.map_or("no builds", BuildState::as_str);
    let picture = picture(&label, word, colour_of(state));
    let mut answer =
        answer::bytes(StatusCode::OK, "image/svg+xml", picture.into_string().into_bytes().into());
    // A minute: those that pass pictures on for others would keep it for a day.
    let caching = match current.config.read {
        ReadAccess::Public => "public, max-age=60",
        ReadAccess::Login => "private, max-age=60",
    };
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(Some(answer))
}
