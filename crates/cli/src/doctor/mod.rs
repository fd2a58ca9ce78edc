//! Finds out what is wrong between GitHub, a hook and its server, and says what to do about it.

mod failed_call;
mod finding;
mod hook;
mod permissions;

use std::error::Error;
use std::time::Duration;

use clap::Args;
use hookstead::client::Repo;
use hookstead::types::RepoName;

use self::failed_call::{failed, sentence};
use self::finding::Findings;
use self::permissions::Permission;
use crate::text::width;
use crate::{output, settings};

/// The arguments of `hookstead doctor`.
///
/// It changes nothing. It asks for a status or deployment of a commit that does not exist, which GitHub refuses
/// in one way if the token may and in another if not; and it has GitHub ping the hook.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// The repository, OWNER/NAME
    #[arg(value_name = "REPOSITORY", value_parser = repository)]
    repository: RepoName,
    /// Where the hook delivers to; without it, the repository's only hook is meant
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The events that the hook has to deliver, separated by commas
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    events: Vec<String>,
    /// What the token has to be able to do, separated by commas
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "statuses"
    )]
    permissions: Vec<Permission>,
    /// How many seconds to wait for what becomes of the ping
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    wait: u64,
    /// Prints JSON, for machines
    #[arg(long)]
    json: bool,
}

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
    const TELL: &str = "Set it: hookstead --help lists the settings.";
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
            "The server needs it; the ping below shows whether it has the right one.",
        ),
    }
    let token = match settings::token() {
        Ok(token) => token,
        Err(error) => return findings.wrong("token", error.to_string(), TELL),
    };
    let github = match settings::github(token) {
        Ok(github) => github,
        Err(error) => {
            let advice = "It is https://api.github.com, or https://HOST/api/v3 for GitHub \
                          Enterprise Server.";
            return findings.wrong("base URL", error.to_string(), advice);
        }
    };

    // Then whether GitHub is there, knows the token, and shows it the repository.
    let repo = github.repo(&arguments.repository);
    if !repository_is_seen(&repo, findings).await {
        return;
    }
    for permission in &arguments.permissions {
        permissions::check(&repo, *permission, findings).await;
    }

    // Then the hook, and what came of its deliveries.
    let Some(hook) = hook::find(&repo, arguments.url.as_deref(), findings).await else { return };
    hook::check_settings(&hook, &arguments.events, findings);
    let deliveries = repo.hooks().deliveries(hook.id);
    // GitHub pings no hook that is not active.
    if hook.active != Some(false) {
        hook::ping(&repo, &hook, &deliveries, Duration::from_secs(arguments.wait), findings).await;
    }
    hook::check_deliveries(&github, &deliveries, findings).await;
}

async fn repository_is_seen(repo: &Repo, findings: &mut Findings) -> bool {
    let error = match repo.get().await {
        Ok(_) => {
            findings.ok("base URL", "GitHub answers there.");
            findings.ok("token", "GitHub accepts the token.");
            findings.ok("repository", format!("The token sees {}.", repo.name()));
            return true;
        }
        Err(error) => error,
    };
    if error.status().is_some_and(|status| status == 401) {
        findings.ok("base URL", "GitHub answers there.");
        let advice = "Make a new token at GitHub (Settings, Developer settings), and give it to \
                      MY_PERSONAL_TOKEN.";
        findings.wrong("token", sentence(&error), advice);
    } else if error.is_not_found() {
        findings.ok("base URL", "GitHub answers there.");
        let advice = "Look at the spelling; a fine-grained token must be for this repository, and a \
                      classic one needs the scope repo for a private one.";
        findings.wrong("repository", sentence(&error), advice);
    } else {
        failed(findings, "base URL", &error);
    }
    false
}

fn repository(text: &str) -> Result<RepoName, String> {
    text.parse().map_err(|_| "it is no repository such as octocat/hello-world".to_owned())
}
