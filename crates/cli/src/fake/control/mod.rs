//! Calls that control the fake: what people and other programs do, what is to go wrong, what was called.
//! They are one table of routes; the check of bodies, the list for machines and the help are made of it.

mod call;
mod caught;
mod code;
mod field;
mod people;
mod refusal;
mod reports;
mod route;
mod shown;
mod traffic;
mod waits;
mod world;

use std::fmt::Write as _;

use hookstead::types::RepoName;
use hookstead_testkit::{FakeGitHub, FakeRepository};
use http::Method;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use serde_json::{Value, json};

use self::call::Call;
use self::field::Field;
use self::route::{Route, Work};

pub(crate) use self::caught::{caught, keep_quiet};
pub(crate) use self::refusal::Refusal;
pub(crate) use self::world::{check_event, check_url};

/// All routes, in the order of their documentation.
fn routes() -> impl Iterator<Item = &'static Route> {
    [world::ROUTES, code::ROUTES, people::ROUTES, reports::ROUTES, traffic::ROUTES, waits::ROUTES]
        .into_iter()
        .flatten()
}

/// Answers a call; `path` is below the prefix.
pub(crate) async fn answer(
    github: &FakeGitHub,
    head: &Parts,
    path: &str,
    body: &[u8],
) -> Result<Value, Refusal> {
    if head.method != Method::GET && is_of_foreign_page(head) {
        return Err(Refusal::foreign_page());
    }
    let (route, parts) = find(&head.method, path)?;
    if head.uri.query().is_some() {
        return Err(Refusal::bad("query", "the calls take no query, but a JSON body"));
    }
    let call = read(github, route, &parts, body)?;
    match route.work {
        Work::Later(work) => work(call).await,
        // It may run git, which takes its time.
        Work::Now(work) => {
            let done = tokio::task::spawn_blocking(move || caught(|| work(&call))).await;
            let ended = |_| Refusal::impossible("the fake is ending");
            done.map_err(ended)?.map_err(Refusal::impossible)?
        }
    }
}

type Parameters<'a> = Vec<(&'static str, &'a str)>;

fn find<'a>(method: &Method, path: &'a str) -> Result<(&'static Route, Parameters<'a>), Refusal> {
    let all = || routes().filter_map(|route| Some((route, route.matches(path)?)));
    let rank = |route: &Route| route.path.matches('{').count();
    // A path in words comes before one with parts.
    let found = all().filter(|(route, _)| route.method == *method).min_by_key(|it| rank(it.0));
    found.ok_or_else(|| match all().next() {
        Some((route, _)) => Refusal::wrong_method(route.method.to_string()),
        None => {
            Refusal::missing("path", "there is no such call; the beginning of the path lists them")
        }
    })
}

fn read(
    github: &FakeGitHub,
    route: &Route,
    parts: &Parameters<'_>,
    body: &[u8],
) -> Result<Call, Refusal> {
    let part = |name| parts.iter().find(|(it, _)| *it == name).map(|(_, value)| *value);
    let repository = match (part("owner"), part("name")) {
        (Some(owner), Some(name)) => Some(repository(github, owner, name)?),
        _ => None,
    };
    let id = part("id").map_or(Ok(0), str::parse);
    let id =
        id.map_err(|_| Refusal::missing("path", "the path has no number where one belongs"))?;
    let org = part("org").unwrap_or_default().to_owned();
    Ok(Call::new(github.clone(), repository, (id, org), field::read(route.fields, body)?))
}

fn repository(github: &FakeGitHub, owner: &str, name: &str) -> Result<FakeRepository, Refusal> {
    let wanted = RepoName::new(owner, name).ok();
    let found = github.repositories().into_iter().find(|it| Some(it.name()) == wanted);
    found.ok_or_else(|| {
        Refusal::missing("path", format!("there is no repository {:?}", format!("{owner}/{name}")))
    })
}

/// A browser says from where a page comes that calls: no page of a stranger's may control what runs on
/// this machine.
fn is_of_foreign_page(head: &Parts) -> bool {
    let Some(origin) = head.headers.get(ORIGIN) else { return false };
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = origin.to_str().unwrap_or_default();
    let origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    origin != Some(host)
}

/// The list of the calls, for machines.
pub(crate) fn index(prefix: &str, page: &str) -> Value {
    json!({
        "about": "A fake GitHub, controlled by calls with a JSON object as their body.",
        "page": page,
        "errors": "An answer that is no success has `error`, a sentence, and mostly `at`, the place.",
        "calls": routes().map(|route| route.shown(prefix)).collect::<Vec<_>>(),
    })
}

/// The list of the calls, for people.
pub(crate) fn help() -> String {
    let mut text = String::new();
    for route in routes() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:4} {}", route.method.as_str(), route.path);
        let _ = writeln!(text, "         {}", route.about);
        let named = |field: &Field| {
            let mark = if field.is_required { "" } else { "?" };
            format!("{}{mark}", field.name)
        };
        if !route.fields.is_empty() {
            let fields: Vec<String> = route.fields.iter().map(named).collect();
            let _ = writeln!(text, "         {}", fields.join(" "));
        }
    }
    text
}
