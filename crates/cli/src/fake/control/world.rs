//! Repositories and organizations, the App, the clock.

use hookstead::events::{EventName, Timestamp};
use hookstead::types::RepoName;
use hookstead_testkit::FakeHook;
use serde_json::{Value, json};

use super::call::Call;
use super::field::{Field, Kind, optional, required};
use super::refusal::Refusal;
use super::route::{Route, get, post};
use super::shown;

/// The fields of a hook; every table that makes hooks has them.
pub(super) const HOOK: &[Field] = &[
    required("url", Kind::Text, "where it delivers to, beginning with http://"),
    optional("secret", Kind::Text, "what its deliveries are signed with; by default they are not"),
    optional("events", Kind::Texts, "which events it hears of; by default push, and * is all"),
    optional(
        "content_type",
        Kind::OneOf(&["json", "form"]),
        "how the payload is sent; json by default",
    ),
];

pub(super) const ROUTES: &[Route] = &[
    get("/state", "Shows all that there is", state),
    get("/repositories", "Lists the names of the repositories", repositories),
    get("/repositories/{owner}/{name}", "Shows a repository, with all that is in it", repository),
    post(
        "/create-repository",
        "Adds a repository with one commit on its default branch main",
        &[
            required("name", Kind::Text, "owner/name"),
            optional("git", Kind::Flag, "whether there is real git behind it, to clone and push"),
            optional("private", Kind::Flag, "whether who reads it needs a token"),
            optional("organization", Kind::Flag, "whether its owner is an organization"),
        ],
        create_repository,
    ),
    post(
        "/create-organization",
        "Adds an organization",
        &[required("login", Kind::Text, "its login")],
        create_organization,
    ),
    post(
        "/organizations/{org}/create-hook",
        "Adds a hook that hears of all repositories of an organization",
        HOOK,
        create_organization_hook,
    ),
    get("/app", "Shows the GitHub App: its id, its client id and its hook", app),
    post(
        "/app/install",
        "Installs the App, in one repository or in all of an account",
        &[
            optional("repository", Kind::Text, "owner/name"),
            optional("account", Kind::Text, "a login, in place of a repository"),
        ],
        install_app,
    ),
    post("/app/set-hook", "Gives the App its hook, in place of the one before", HOOK, set_app_hook),
    post("/app/revoke-tokens", "Makes all tokens of installations invalid", &[], revoke_tokens),
    get("/clock", "Shows the time by the fake's clock", clock),
    post(
        "/clock/advance",
        "Puts the clock forward: tokens expire, limits end, deliveries become old",
        &[required("seconds", Kind::Seconds, "how far; fractions of a second do not count")],
        advance_clock,
    ),
    post(
        "/clock/set",
        "Puts the clock forward to a moment",
        &[required("moment", Kind::Text, "such as 2040-01-01T00:00:00Z")],
        set_clock,
    ),
];

fn state(call: &Call) -> Result<Value, Refusal> {
    let github = &call.github;
    let organizations = github.organizations();
    Ok(json!({
        "api_url": github.api_url(),
        "clock": github.clock().now(),
        "repositories": shown::all(&github.repositories(), shown::repository),
        "organizations": shown::all(&organizations, |it| json!({
            "login": it.login(),
            "hooks": shown::all(&it.hooks(), shown::hook),
        })),
        "app": app(call)?,
        "deliveries": shown::all(&github.deliveries(), shown::delivery),
        "pending_deliveries": github.pending_deliveries(),
        "faults": shown::all(&github.pending_faults(), |it| it.to_string().into()),
        "calls": shown::all(&github.requests(), shown::request),
    }))
}

fn repositories(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::all(&call.github.repositories(), |it| it.name().to_string().into()))
}

fn repository(call: &Call) -> Result<Value, Refusal> {
    Ok(shown::repository(call.repository()?))
}

fn create_repository(call: &Call) -> Result<Value, Refusal> {
    let name: RepoName = call.text("name").parse().map_err(|_| {
        let message = format!("{:?} is no name of a repository: owner/name", call.text("name"));
        Refusal::bad("body.name", message)
    })?;
    let github = &call.github;
    let created = if call.flag("organization") {
        let organizations = github.organizations();
        let is_it = |login: &str| login.eq_ignore_ascii_case(name.owner());
        let organization = organizations.into_iter().find(|it| is_it(&it.login()));
        let organization = organization.unwrap_or_else(|| github.create_organization(name.owner()));
        organization.create_repository(name.name())
    } else {
        github.create_repository(name.as_str())
    };
    let created = if call.flag("git") { created.with_git() } else { created };
    if call.flag("private") {
        created.make_private();
    }
    Ok(shown::repository(&created))
}

fn create_organization(call: &Call) -> Result<Value, Refusal> {
    let created = call.github.create_organization(call.text("login"));
    Ok(json!({ "login": created.login() }))
}

/// The hook that a call describes.
pub(super) fn hook(call: &Call) -> Result<FakeHook, Refusal> {
    let url = call.text("url");
    check_url(url).map_err(|message| Refusal::bad("body.url", message))?;
    let mut hook = FakeHook::new(url).json();
    if let Some(secret) = call.optional_text("secret") {
        hook = hook.secret(secret);
    }
    if let Some(events) = call.texts("events") {
        for event in &events {
            check_event(event).map_err(|message| Refusal::bad("body.events", message))?;
        }
        hook = hook.events(events);
    }
    Ok(if call.text("content_type") == "form" { hook.form() } else { hook })
}

/// What a hook can hear of.
pub(crate) fn check_event(name: &str) -> Result<(), String> {
    match name == "*" || EventName::KNOWN.contains(&name) {
        true => Ok(()),
        false => Err(format!("{name:?} is no event of GitHub's")),
    }
}

/// What the fake can deliver to.
pub(crate) fn check_url(url: &str) -> Result<(), String> {
    let parsed: Option<http::Uri> = url.parse().ok();
    let is_good = |url: &http::Uri| url.scheme_str() == Some("http") && url.host().is_some();
    if parsed.as_ref().is_some_and(is_good) {
        return Ok(());
    }
    Err(format!("{url:?} is no address that the fake delivers to: it begins with http://"))
}

fn create_organization_hook(call: &Call) -> Result<Value, Refusal> {
    let login = call.org();
    let organizations = call.github.organizations();
    let found = organizations.iter().find(|it| it.login().eq_ignore_ascii_case(login));
    let Some(organization) = found else {
        return Err(Refusal::missing("path", format!("there is no organization {login:?}")));
    };
    Ok(json!({ "id": organization.create_hook(hook(call)?) }))
}

fn app(call: &Call) -> Result<Value, Refusal> {
    let app = call.github.app();
    let hook = app.hook().as_ref().map(shown::hook);
    Ok(json!({ "id": app.id(), "client_id": app.client_id(), "hook": hook }))
}

fn install_app(call: &Call) -> Result<Value, Refusal> {
    let app = call.github.app();
    let id = match (call.optional_text("repository"), call.optional_text("account")) {
        (Some(name), None) => {
            let found = call
                .github
                .repositories()
                .into_iter()
                .find(|it| name.parse::<RepoName>().is_ok_and(|name| it.name() == name));
            let Some(repository) = found else {
                let message = format!("there is no repository {name:?}");
                return Err(Refusal::missing("body.repository", message));
            };
            app.install_on(&repository)
        }
        (None, Some(account)) => app.install(account),
        _ => {
            return Err(Refusal::bad("body", "it takes either `repository` or `account`"));
        }
    };
    Ok(json!({ "installation": id, "app": app.id(), "client_id": app.client_id() }))
}

fn set_app_hook(call: &Call) -> Result<Value, Refusal> {
    Ok(json!({ "id": call.github.app().set_hook(hook(call)?) }))
}

fn revoke_tokens(call: &Call) -> Result<Value, Refusal> {
    call.github.app().revoke_tokens();
    Ok(json!({}))
}

fn clock(call: &Call) -> Result<Value, Refusal> {
    Ok(json!({ "now": call.github.clock().now() }))
}

fn advance_clock(call: &Call) -> Result<Value, Refusal> {
    call.github.clock().advance(call.seconds("seconds").unwrap_or_default());
    clock(call)
}

fn set_clock(call: &Call) -> Result<Value, Refusal> {
    call.github.clock().set(&Timestamp::from(call.text("moment")));
    clock(call)
}
