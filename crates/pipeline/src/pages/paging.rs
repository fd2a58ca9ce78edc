//! A page of many builds: which ones are wanted, and the ways to older and newer ones.

use maud::{Markup, html};

use super::address::in_query;
use super::view::View;
use crate::journal::{BuildPage, BuildQuery, JournalError};
use crate::record::{Build, BuildState};

/// So many builds a page shows.
const SHOWN: u32 = 30;

/// The states that lists can be narrowed to.
const STATES: [BuildState; 8] = BuildState::ALL;

/// A part of the builds of a query, and whether there are older and newer ones.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) builds: Vec<Build>,
    pub(super) query: BuildQuery,
    has_older: bool,
    has_newer: bool,
}

/// The part that the fields behind the `?` ask for: `state`, `job`, and `before` or `after` the build of a number.
pub(super) async fn part(view: &View<'_>, mut query: BuildQuery) -> Result<Part, JournalError> {
    query.state = view.field("state").and_then(|word| word.parse().ok());
    query.job = view.field("job").map(str::to_owned);
    let number = |name| view.field(name).and_then(|number| number.parse().ok());
    let page = match (number("before"), number("after")) {
        (Some(before), _) => BuildPage::Before(before),
        (None, Some(after)) => BuildPage::After(after),
        (None, None) => BuildPage::Latest,
    };
    // One more says whether there are more.
    let mut builds = view.pipeline.journal().page(&query, page, SHOWN + 1).await?;
    let is_more = builds.len() > SHOWN as usize;
    match page {
        BuildPage::After(_) if is_more => drop(builds.remove(0)),
        _ => builds.truncate(SHOWN as usize),
    }
    let (has_older, has_newer) = match page {
        BuildPage::Latest => (is_more, false),
        BuildPage::Before(_) => (is_more, true),
        BuildPage::After(_) => (true, is_more),
    };
    Ok(Part { builds, query, has_older, has_newer })
}

impl Part {
    /// Whether less than all builds are wanted.
    pub(super) fn is_narrowed(&self) -> bool {
        self.query.state.is_some() || self.query.job.is_some()
    }

    /// The number to ask for older builds with, by `before`.
    pub(super) fn older(&self) -> Option<i64> {
        self.builds.last().filter(|_| self.has_older).map(|build| build.number)
    }

    /// Whether it is the page of the latest builds.
    pub(super) fn is_latest(&self) -> bool {
        !self.has_newer
    }

    /// The address of this page with other fields.
    fn with(
        &self,
        view: &View<'_>,
        state: Option<BuildState>,
        job: Option<&str>,
        page: &str,
    ) -> String {
        let state = state.map(|state| format!("state={state}"));
        let job = job.map(|job| format!("job={}", in_query(job)));
        let page = Some(page.to_owned()).filter(|page| !page.is_empty());
        let fields: Vec<String> = [state, job, page].into_iter().flatten().collect();
        match fields.is_empty() {
            true => view.path.to_owned(),
            false => format!("{}?{}", view.path, fields.join("&")),
        }
    }

    /// Links that narrow the list: by state, and by job where there are several.
    pub(super) fn filters(&self, view: &View<'_>, jobs: &[String]) -> Markup {
        let (state, job) = (self.query.state, self.query.job.as_deref());
        let current = |is_it: bool| is_it.then_some("true");
        html! {
            nav.filters aria-label="Narrow the list" {
                ul.links aria-label="By state" {
                    li { a href=(self.with(view, None, job, "")) aria-current=[current(state.is_none())] { "any state" } }
                    @for one in STATES {
                        li { a href=(self.with(view, Some(one), job, "")) aria-current=[current(state == Some(one))] { (one) } }
                    }
                }
                @if jobs.len() > 1 {
                    ul.links aria-label="By job" {
                        li { a href=(self.with(view, state, None, "")) aria-current=[current(job.is_none())] { "any job" } }
                        @for one in jobs {
                            li { a href=(self.with(view, state, Some(one), "")) aria-current=[current(job == Some(one))] { (one) } }
                        }
                    }
                }
            }
        }
    }

    /// The ways to newer and older builds.
    pub(super) fn links(&self, view: &View<'_>) -> Markup {
        let (state, job) = (self.query.state, self.query.job.as_deref());
        let number = |build: Option<&Build>| build.map_or(0, |build| build.number);
        let (first, last) = (number(self.builds.first()), number(self.builds.last()));
        html! {
            @if self.has_older || self.has_newer {
                nav.paging aria-label="Older and newer builds" {
                    @if self.has_newer {
                        a.button href=(self.with(view, state, job, "")) { "Newest" }
                        @if first > 0 { a.button href=(self.with(view, state, job, &format!("after={first}"))) rel="prev" { "Newer" } }
                    }
                    @if self.has_older && last > 0 {
                        a.button href=(self.with(view, state, job, &format!("before={last}"))) rel="next" { "Older" }
                    }
                }
            }
        }
    }
}
