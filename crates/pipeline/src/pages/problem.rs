//! Pages for what cannot be shown, in the layout of all others.

use http::header::ALLOW;
use http::{HeaderValue, StatusCode};
use maud::html;
use serde_json::json;

use super::answer::{self, Answer};
use super::layout::Page;
use super::view::View;

/// There is no such page.
pub(super) fn not_found(view: &View<'_>) -> Answer {
    let content = html! {
        p { "Nothing has the address " code { bdi { (view.path) } } "." }
        p {
            "A project that is no longer in the config keeps its builds, and builds keep their numbers. So the address \
             is mistyped, or belongs to another server."
        }
        p { a.button href="/" { "All builds" } " " a.button href="/journal" { "The journal" } }
    };
    problem(view, StatusCode::NOT_FOUND, "There is no such page", &content)
}

/// It is read, or pressed, in no other way.
pub(super) fn wrong_method(view: &View<'_>) -> Answer {
    let content = html! { p { "Pages are read by GET, and buttons are pressed by POST." } };
    let mut answer =
        problem(view, StatusCode::METHOD_NOT_ALLOWED, "Pages are read by GET", &content);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    answer
}

/// The database does not answer.
pub(super) fn no_journal(view: &View<'_>) -> Answer {
    let content = html! {
        p {
            "The database did not answer. Builds that run go on, and deliveries are answered with an error, so \
             that GitHub shows them as failed and they can be sent again."
        }
        p { "Load the page again in a moment. The server's log says what the database said." }
        p { a.button href=(view.path) { "Try again" } }
    };
    problem(view, StatusCode::SERVICE_UNAVAILABLE, "The journal cannot be read now", &content)
}

fn problem(view: &View<'_>, status: StatusCode, title: &str, content: &maud::Markup) -> Answer {
    if view.as_json {
        let mut answer = answer::json(&json!({ "error": title }));
        *answer.status_mut() = status;
        return answer;
    }
    Page::new(title).without_json().answer_with(status, view, content)
}
