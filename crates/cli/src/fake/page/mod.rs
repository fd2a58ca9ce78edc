//! The state of the fake on a page: made here, readable without script.

mod parts;
mod repository;
mod traffic;

use bytes::Bytes;
use hookstead_testkit::FakeGitHub;
use http::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};

use self::parts::lists;
use super::answer;

const STYLE: &str = include_str!("style.css");

/// How often a page that renews itself does so, in seconds.
const RENEWAL: u32 = 5;

/// Answers what is asked for below the page's own path, which is `below`.
pub(crate) fn respond(
    github: &FakeGitHub,
    below: &str,
    path: &str,
    query: Option<&str>,
) -> Response<Bytes> {
    let renews = query == Some("renew");
    let delivery = path.strip_prefix("/deliveries/").and_then(|id| id.parse::<u64>().ok());
    let deliveries = github.deliveries();
    let delivery = delivery.and_then(|id| deliveries.iter().find(|it| it.id == id));
    match (path, delivery) {
        ("", _) => answer::page(StatusCode::OK, overview(github, below, renews)),
        ("/style.css", _) => answer::style(STYLE),
        (_, Some(delivery)) => {
            let heading = format!("Delivery of {}", delivery.name());
            let back = html! { p { a href=(below) { "The whole fake" } } };
            let content = html! { (back) h1 { (heading) } (traffic::delivery(delivery)) };
            answer::page(StatusCode::OK, frame(&heading, below, false, &content))
        }
        _ => {
            let content = html! {
                h1 { "There is no such page" }
                p { a href=(below) { "The whole fake" } }
            };
            answer::page(StatusCode::NOT_FOUND, frame("No page", below, false, &content))
        }
    }
}

fn overview(github: &FakeGitHub, below: &str, renews: bool) -> Markup {
    let repositories = github.repositories();
    let app = github.app();
    let pending = github.pending_deliveries();
    let content = html! {
        header {
            h1 { "Fake GitHub" }
            dl {
                dt { "API" } dd { code { (github.api_url()) } }
                dt { "Clock" } dd { (github.clock().now()) }
                dt { "Deliveries under way" } dd { (pending) }
                dt { "This page" }
                dd {
                    @if renews {
                        "renews itself every " (RENEWAL) " seconds; " a href=(below) { "stop that" }
                    } @else {
                        "shows one moment; " a href=(format!("{below}?renew")) { "renew it" }
                        " every " (RENEWAL) " seconds"
                    }
                }
            }
            nav aria-label="Parts of this page" {
                ul {
                    @for (position, it) in repositories.iter().enumerate() {
                        li { a href=(format!("#{}", repository::anchor(position))) { (it.name()) } }
                    }
                    li { a href="#traffic" { "Deliveries, faults and calls" } }
                }
            }
        }
        @for (position, it) in repositories.iter().enumerate() {
            (repository::repository(it, position))
        }
        @for organization in github.organizations() {
            article {
                h2 { "Organization " (organization.login()) }
                (lists(&[repository::hooks(&organization.hooks())]))
            }
        }
        @if let Some(hook) = app.hook() {
            article {
                h2 { "The GitHub App " (app.id()) }
                (lists(&[repository::hooks(&[hook])]))
            }
        }
        article id="traffic" {
            h2 { "Traffic" }
            (lists(&[
                traffic::deliveries(&github.deliveries(), below),
                traffic::faults(&github.pending_faults()),
                traffic::calls(&github.requests()),
            ]))
        }
    };
    frame("Fake GitHub", below, renews, &content)
}

fn frame(title: &str, below: &str, renews: bool, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if renews { meta http-equiv="refresh" content=(RENEWAL); }
                title { (title) }
                link rel="stylesheet" href=(format!("{below}/style.css"));
            }
            body { main { (content) } }
        }
    }
}
