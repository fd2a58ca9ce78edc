use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use super::answer::{self, Answer};
use super::assets;
use super::view::View;
use crate::record::BuildState;

/// What stands around the content of a page.
///
/// Whatever changes on a page while it is open has an `id` and the attribute `data-live`: the script fetches the
/// page again and puts in what has changed.
#[derive(Debug)]
pub(super) struct Page {
    title: String,
    heading: Option<Markup>,
    crumbs: Vec<(String, String)>,
    events: Option<String>,
    state: Option<BuildState>,
    json: bool,
}

impl Page {
    /// A page with this title, which is its heading, too.
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            heading: None,
            crumbs: Vec::new(),
            events: None,
            state: None,
            json: true,
        }
    }

    /// Another heading than the title.
    pub(super) fn heading(mut self, heading: Markup) -> Self {
        self.heading = Some(heading);
        self
    }

    /// It is below the page of this address and name; the outermost first.
    pub(super) fn below(mut self, address: impl Into<String>, name: impl Into<String>) -> Self {
        self.crumbs.push((address.into(), name.into()));
        self
    }

    /// Its events come from this address.
    pub(super) fn live(mut self, events: impl Into<String>) -> Self {
        self.events = Some(events.into());
        self
    }

    /// It is about something in this state: the title says so first, and the icon shows it.
    pub(super) fn state(mut self, state: Option<BuildState>) -> Self {
        self.state = state;
        self
    }

    /// It has no form as JSON.
    pub(super) fn without_json(mut self) -> Self {
        self.json = false;
        self
    }

    /// The answer with this page.
    pub(super) fn answer(self, view: &View<'_>, content: &Markup) -> Answer {
        self.answer_with(StatusCode::OK, view, content)
    }

    /// The answer with this page, which is not what was asked for.
    pub(super) fn answer_with(
        self,
        status: StatusCode,
        view: &View<'_>,
        content: &Markup,
    ) -> Answer {
        answer::html(status, self.markup(view, content))
    }

    fn markup(&self, view: &View<'_>, content: &Markup) -> Markup {
        let state = self.state.map(|state| format!("{state} · ")).unwrap_or_default();
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title id="title" data-live { (state) (self.title) }
                    link id="icon" data-live rel="icon" type="image/svg+xml" href=(assets::icon(self.state));
                    link rel="stylesheet" href=(assets::style());
                    script src=(assets::script()) defer {}
                }
                body data-now=(view.now) data-events=[self.events.as_deref()] {
                    a.skip href="#main" { "Skip to the content" }
                    header.top {
                        div.bar {
                            (navigation(view))
                            (who(view))
                        }
                    }
                    @if !self.crumbs.is_empty() { (self.trail()) }
                    main #main tabindex="-1" {
                        h1 #heading data-live {
                            @match &self.heading {
                                Some(heading) => (heading),
                                None => bdi { (self.title) },
                            }
                        }
                        (content)
                    }
                    footer.bottom {
                        div.bar {
                            span { "Hookstead " (env!("CARGO_PKG_VERSION")) }
                            span #connection role="status" {}
                            @if self.json { a href=(json_of(view)) { "This page as JSON" } }
                        }
                    }
                }
            }
        }
    }

    fn trail(&self) -> Markup {
        html! {
            nav.crumbs aria-label="Breadcrumb" {
                ol {
                    @for (address, name) in &self.crumbs {
                        li { a href=(address) { bdi { (name) } } }
                    }
                }
            }
        }
    }
}

/// The pages that each page links to.
const NAVIGATION: [(&str, &str); 3] =
    [("/", "Builds"), ("/journal", "Journal"), ("/server", "Server")];

fn navigation(view: &View<'_>) -> Markup {
    let is_here = |address: &str| match address {
        "/" => NAVIGATION.iter().all(|(other, _)| *other == "/" || view.path != *other),
        address => view.path == address,
    };
    let current = |address: &str| match (view.path == address, is_here(address)) {
        (true, _) => Some("page"),
        (false, true) => Some("true"),
        _ => None,
    };
    html! {
        nav.pages aria-label="Pages" {
            ul {
                @for (address, name) in NAVIGATION {
                    li { a href=(address) aria-current=[current(address)] { (name) } }
                }
            }
        }
    }
}

/// Who is signed in, or the way to do so.
fn who(view: &View<'_>) -> Markup {
    html! {
        div.who {
            @if let Some(name) = &view.viewer.name {
                span { "Signed in as " strong { bdi { (name) } } }
                form method="post" action="/sign-out" { button.quiet { "Sign out" } }
            } @else if view.viewer.can_sign_in && view.path != "/sign-in" {
                a href=(super::address::of_sign_in(view.path)) { "Sign in" }
            }
        }
    }
}

fn json_of(view: &View<'_>) -> String {
    let path = match view.path {
        "/" => "/index",
        path => path.trim_end_matches('/'),
    };
    let mut address = format!("{path}.json");
    for (at, (name, value)) in view.query.iter().enumerate() {
        let separator = if at == 0 { '?' } else { '&' };
        let (name, value) = (super::address::in_query(name), super::address::in_query(value));
        address = format!("{address}{separator}{name}={value}");
    }
    address
}
