//! The hook of a GitHub App: an App sees it by its own key, and nobody else does.

use hookstead::client::{Client, Error, HookConfig, Installation, Method};
use serde::Deserialize;

use super::arguments::DoctorArguments;
use super::connection::{TELL, client};
use super::failed_call::{failed, sentence};
use super::finding::Findings;
use super::hook::{self, without_secrets};
use super::permissions::Permission;
use super::target::Target;
use crate::settings;

const PAGE: &str = "the App's settings, General";

/// An App, as it sees itself.
#[derive(Debug, Deserialize)]
struct App {
    slug: Option<String>,
    name: Option<String>,
    #[serde(default)]
    events: Vec<String>,
}

/// Looks at one thing after the other, as far as the next still makes sense.
pub(super) async fn examine(arguments: &DoctorArguments, findings: &mut Findings) {
    let key = match settings::app_key() {
        Ok(key) => key,
        Err(error) => return findings.wrong("app key", error.to_string(), TELL),
    };
    let Some(github) = client(key, findings) else { return };
    let Some(app) = known(&github, findings).await else { return };
    if let Some(target) = &arguments.target
        && let Some(found) = installed(&github, target, findings).await
    {
        for permission in arguments.wanted_permissions() {
            check_permission(&found, permission, findings);
        }
    }
    let url = arguments.url.as_deref();
    if !check_config(&github, url, findings).await {
        return;
    }
    hook::check_events(&app.events, &arguments.events, PAGE_OF_EVENTS, findings);
    // GitHub has no ping for Apps, so what it delivered lately has to tell.
    let deliveries = github.app_hook_deliveries();
    if hook::check_deliveries(&github, &deliveries, hook::OF_APP, findings).await == Some(0) {
        let advice = "Let something happen where the App is installed, and ask again: GitHub has no ping for \
                      Apps.";
        findings.doubtful("deliveries", "So nobody knows whether the server takes them.", advice);
    }
}

const PAGE_OF_EVENTS: &str = "Change it in the App's settings, Permissions & events";

/// Whether GitHub is there, and knows the App by its key.
async fn known(github: &Client, findings: &mut Findings) -> Option<App> {
    let error = match github.request(Method::GET, "/app").send::<App>().await {
        Ok(app) => {
            findings.ok("base URL", "GitHub answers there.");
            let name = app.slug.as_deref().or(app.name.as_deref()).unwrap_or("without a name");
            findings.ok("app key", format!("GitHub accepts the key, as that of the App {name}."));
            return Some(app);
        }
        Err(error) => error,
    };
    if matches!(error.status().map(|it| it.as_u16()), Some(401 | 404)) && !error.is_not_github() {
        findings.ok("base URL", "GitHub answers there.");
        let advice = "GITHUB_APP_CLIENT_ID is the client id in the App's settings, GITHUB_APP_PRIVATE_KEY a \
                      key that was made there (Private keys) and is not revoked. This machine's clock must be \
                      right.";
        findings.wrong("app key", sentence(&error), advice);
    } else {
        failed(findings, "base URL", &error);
    }
    None
}

/// The App's installation in a repository or an organization.
async fn installed(
    github: &Client,
    target: &Target,
    findings: &mut Findings,
) -> Option<Installation> {
    const CHECK: &str = "installation";
    let (name, found) = match target {
        Target::Repository(name) => (name.to_string(), github.repo(name).installation().await),
        Target::Organization(login) => (login.clone(), of_organization(github, login).await),
    };
    match found {
        Ok(it) if it.suspended_at.is_some() => {
            let text = format!("The installation {} in {name} is suspended.", it.id);
            findings.wrong(
                CHECK,
                text,
                "Its account's settings, Applications, have a button for it.",
            );
            None
        }
        Ok(it) => {
            findings.ok(CHECK, format!("The App is installed in {name} ({}).", it.id));
            Some(it)
        }
        Err(error) if error.is_not_found() => {
            let text = format!("The App is not installed in {name}.");
            let advice =
                "Install it from its public page, or let its installation have this repository.";
            findings.wrong(CHECK, text, advice);
            None
        }
        Err(error) => {
            failed(findings, CHECK, &error);
            None
        }
    }
}

async fn of_organization(github: &Client, login: &str) -> Result<Installation, Error> {
    github.request(Method::GET, &format!("/orgs/{login}/installation")).send().await
}

/// What an installation may do stands in it.
fn check_permission(found: &Installation, permission: Permission, findings: &mut Findings) {
    let (key, what, name) = match permission {
        Permission::None => return,
        Permission::Statuses => ("statuses", "set commit statuses", "Commit statuses"),
        Permission::Deployments => ("deployments", "create deployments", "Deployments"),
    };
    match found.permissions.get(key).map(String::as_str) {
        Some("write" | "admin") => findings.ok("permissions", format!("The App may {what} there.")),
        _ => {
            let advice = format!(
                "Give the App {name}: read and write in its settings, Permissions & events; then the account \
                 has to accept that."
            );
            findings.wrong("permissions", format!("The App may not {what} there."), advice);
        }
    }
}

/// Whether the App's hook delivers where it should, signed.
async fn check_config(github: &Client, wanted: Option<&str>, findings: &mut Findings) -> bool {
    const CHECK: &str = "hook";
    let config = match github.request(Method::GET, "/app/hook/config").send::<HookConfig>().await {
        Ok(config) => config,
        Err(error) if error.is_not_found() => HookConfig::default(),
        Err(error) => {
            failed(findings, CHECK, &error);
            return false;
        }
    };
    let Some(url) = config.url.as_deref().filter(|url| !url.is_empty()) else {
        let advice = format!("Give it one in {PAGE}: Webhook, Active.");
        findings.wrong(CHECK, "The App has no hook.", advice);
        return false;
    };
    let shown = without_secrets(url);
    match wanted.filter(|wanted| *wanted != url) {
        Some(wanted) => {
            let wanted = without_secrets(wanted);
            let text = format!("The App's hook delivers to {shown}, not to {wanted}.");
            findings.wrong(CHECK, text, format!("Change it in {PAGE}: Webhook URL."));
        }
        None => findings.ok(CHECK, format!("The App's hook delivers to {shown}.")),
    }
    hook::check_secret(config.has_secret, &format!("Change it in {PAGE}"), findings);
    true
}
