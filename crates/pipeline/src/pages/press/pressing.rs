use std::error::Error;

use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::asking::{self, Outcome};
use super::button::Button;
use crate::journal::{EntryKind, NewEntry};
use crate::pages::address::{self, of_build};
use crate::pages::answer::{self, Answer};
use crate::pages::layout::Page;
use crate::pages::session::{ADMIN, Gate, reads_html};
use crate::pages::view::View;
use crate::record::Build;

/// What can be done about a build, by whoever is signed in; else the way to sign in.
pub(in crate::pages) fn buttons(view: &View<'_>, build: &Build) -> Markup {
    html! {
        @if view.viewer.is_signed_in() {
            @for button in Button::possible(build.state) {
                form method="post" action={ (of_build(build)) "/" (button.word()) } {
                    button { (button.label()) }
                }
            }
        } @else if view.viewer.can_sign_in {
            a href=(address::of_sign_in(view.path)) {
                "Sign in to "
                @for (at, button) in Button::possible(build.state).enumerate() {
                    @if at > 0 { " or " }
                    (button.label().to_lowercase())
                }
            }
        }
    }
}

/// `POST /P/builds/N/again`, and such. `None`: there is no such button.
pub(in crate::pages) async fn press(
    view: &View<'_>,
    gate: &Gate,
    head: &Parts,
    build: &Build,
    word: &str,
) -> Option<Answer> {
    let button = Button::of(word)?;
    let pipeline = view.pipeline;
    let label = button.label();
    let said = |status, sentence: &str| say(view, head, build, status, sentence);
    let entry = |text: String| NewEntry::of_build(EntryKind::Person, text, build);
    if let Err(refusal) = gate.check_press(view, head).await {
        let text = format!("{label} was pressed by somebody who may not: {}", refusal.why);
        gate.enter_refused(pipeline, entry(text)).await;
        return Some(refusal.complete(said(refusal.status, &refusal.why)));
    }
    let entry = |text: String| entry(text).person(ADMIN);
    if !button.fits(build.state) {
        let why = button.why_not(build);
        gate.enter(pipeline, entry(format!("{ADMIN} pressed {label}: {why}"))).await;
        return Some(said(StatusCode::CONFLICT, &why));
    }
    let what = &build.what;
    let at_work = match button {
        Button::Again => pipeline.journal().at_work_of(&what.project, &what.job, &what.sha).await,
        Button::Cancel | Button::Approve => Ok(None),
    };
    match at_work {
        Ok(Some(other)) => {
            let text = format!("{ADMIN} pressed {label}: build {} is at it already", other.number);
            gate.enter(pipeline, entry(text)).await;
            return Some(answer::see(&of_build(&other)));
        }
        Ok(None) => {}
        Err(error) => return Some(failed(&error, said)),
    }
    let request = match asking::ask(pipeline, build, button).await {
        Ok(request) => request,
        Err(error) => return Some(failed(&*error, said)),
    };
    let twice = if request.is_repeated { ", and it was pressed already" } else { "" };
    let entry = entry(format!("{ADMIN} pressed {label}{twice}"));
    gate.enter(pipeline, entry.delivery(&request.id)).await;
    Some(match asking::outcome(pipeline, build, button, &request).await {
        Ok(Outcome::Build(build)) => answer::see(&of_build(&build)),
        Ok(Outcome::Nothing(why)) => said(StatusCode::CONFLICT, &why),
        Ok(Outcome::Unknown) => answer::see(&of_build(build)),
        Err(error) => failed(&error, said),
    })
}

fn failed(error: &(dyn Error + 'static), said: impl Fn(StatusCode, &str) -> Answer) -> Answer {
    tracing::error!(error, "a button failed");
    said(StatusCode::SERVICE_UNAVAILABLE, "The database did not answer: press again later.")
}

/// What came of a press where no page shows it.
fn say(view: &View<'_>, head: &Parts, build: &Build, status: StatusCode, sentence: &str) -> Answer {
    if !reads_html(head) {
        return answer::text(status, &format!("{sentence}\n"));
    }
    let page = of_build(build);
    let content = html! {
        p { (sentence) }
        p {
            a.button href=(page) { "Build #" (build.number) }
            @if view.viewer.can_sign_in && !view.viewer.is_signed_in() {
                " " a.button href=(address::of_sign_in(&page)) { "Sign in" }
            }
        }
    };
    let page = Page::new("Nothing was done").without_json().state(Some(build.state));
    page.answer_with(status, view, &content)
}
