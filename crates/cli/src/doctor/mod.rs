//! Finds out what is wrong between GitHub, a hook and its server, and says what to do about it.

mod app;
mod arguments;
mod connection;
mod failed_call;
mod finding;
mod hook;
mod permissions;
mod place;
mod target;

use std::error::Error;
use std::time::Duration;

use hookstead::client::{Error as ClientError, Repo};

pub(crate) use self::arguments::DoctorArguments;
use self::connection::{TELL, client};
use self::failed_call::{failed, sentence};
use self::finding::Findings;
use self::place::Place;
use self::target::Target;
use crate::text::width;
use crate::{output, settings};

/// What `hookstead doctor` does.
pub(crate) async fn run(arguments: DoctorArguments) -> Result<(), Box<dyn Error>> {
    let mut findings = Findings::default();
    examine(&arguments, &mut findings).await;
    if arguments.json {
        output::print_json(&findings)?;
    } else {
        output::print_lines(&findings.lines(width()))?;
    }
    match findings.wrong_ones() {
        0 => Ok(()),
        1 => Err("One thing is wrong.".into()),
        count => Err(format!("{count} things are wrong.").into()),
    }
}

/// Looks at one thing after the other, as far as the next still makes sense.
async fn examine(arguments: &DoctorArguments, findings: &mut Findings) {
    // First what stands on this machine.
    check_secret(findings);
    match &arguments.target {
        Some(target) if !arguments.app => by_token(arguments, target, findings).await,
        _ => app::examine(arguments, findings).await,
    }
}

fn check_secret(findings: &mut Findings) {
    match settings::secret() {
        Ok(_) => findings.ok("secret", "WEBHOOK_SECRET can be used."),
        Err(error) if settings::is_secret_set() => {
            findings.wrong(
                "secret",
                error.to_string(),
                "Set it as it stands in the hook's settings.",
            );
        }
        Err(_) => findings.doubtful(
            "secret",
            "WEBHOOK_SECRET is not set here.",
            "The server needs it, as it stands in the hook's settings.",
        ),
    }
}

/// What a person's token shows.
async fn by_token(arguments: &DoctorArguments, target: &Target, findings: &mut Findings) {
    let token = match settings::token() {
        Ok(token) => token,
        Err(error) => return findings.wrong("token", error.to_string(), TELL),
    };
    let Some(github) = client(token, findings) else { return };

    // Then whether GitHub is there, knows the token, and shows it what is meant.
    let place = match target {
        Target::Repository(name) => {
            let repo = github.repo(name);
            if !repository_is_seen(&repo, findings).await {
                return;
            }
            for permission in arguments.wanted_permissions() {
                permissions::check(&repo, permission, findings).await;
            }
            Place::repository(&repo)
        }
        Target::Organization(login) => {
            let place = Place::organization(&github, login);
            if !organization_is_seen(&place, findings).await {
                return;
            }
            place
        }
    };

    // Then the hook, and what came of its deliveries.
    let Some(hook) = hook::find(&place, arguments.url.as_deref(), findings).await else { return };
    hook::check_settings(&hook, &arguments.events, &place, findings);
    let deliveries = place.hooks.deliveries(hook.id);
    // GitHub pings no hook that is not active.
    if hook.active != Some(false) {
        let wait = Duration::from_secs(arguments.wait);
        hook::ping(&place, &hook, &deliveries, wait, findings).await;
    }
    hook::check_deliveries(&github, &deliveries, place.rights, findings).await;
}

async fn repository_is_seen(repo: &Repo, findings: &mut Findings) -> bool {
    match repo.get().await {
        Ok(_) => {
            is_seen(findings);
            findings.ok("repository", format!("The token sees {}.", repo.name()));
            true
        }
        Err(error) => {
            let advice = "Look at the spelling; a fine-grained token must be for this repository, and a \
                          classic one needs the scope repo for a private one.";
            is_not_seen(&error, "repository", advice, findings);
            false
        }
    }
}

/// There is no need to see an organization but for its hooks.
async fn organization_is_seen(place: &Place, findings: &mut Findings) -> bool {
    match place.hooks.list().await {
        Ok(_) => {
            is_seen(findings);
            findings.ok("organization", format!("The token sees the hooks of {}.", place.name));
            true
        }
        Err(error) => {
            is_not_seen(&error, "organization", place.rights, findings);
            false
        }
    }
}

fn is_seen(findings: &mut Findings) {
    findings.ok("base URL", "GitHub answers there.");
    findings.ok("token", "GitHub accepts the token.");
}

fn is_not_seen(
    error: &ClientError,
    what: &'static str,
    advice: &'static str,
    findings: &mut Findings,
) {
    let is_refused = what == "organization" && error.status().is_some_and(|status| status == 403);
    if error.status().is_some_and(|status| status == 401) {
        findings.ok("base URL", "GitHub answers there.");
        let advice = "Make a new token at GitHub (Settings, Developer settings), and give it to \
                      MY_PERSONAL_TOKEN.";
        findings.wrong("token", sentence(error), advice);
    } else if error.is_not_found() || (is_refused && !error.is_rate_limited()) {
        findings.ok("base URL", "GitHub answers there.");
        findings.wrong(what, sentence(error), advice);
    } else {
        failed(findings, "base URL", error);
    }
}
