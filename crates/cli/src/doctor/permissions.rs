use clap::ValueEnum;
use hookstead::client::{
    DeploymentOutcome, Error, NewDeployment, NewStatus, Repo, RequiredContexts,
};
use hookstead::types::Sha;

use super::failed_call::{failed, sentence};
use super::finding::Findings;

/// What a token may be needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Permission {
    /// Setting commit statuses
    Statuses,
    /// Creating deployments and their statuses
    Deployments,
    /// Nothing beside reading
    None,
}

/// No commit has it. GitHub looks at the token first: whoever may not hears so (403 or 404), and whoever may
/// hears that there is no such commit (422).
const NO_COMMIT: &str = "0000000000000000000000000000000000000001";

/// Whether the token may do this, without doing it.
pub(super) async fn check(repo: &Repo, permission: Permission, findings: &mut Findings) {
    const CHECK: &str = "permissions";
    let Ok(sha) = NO_COMMIT.parse::<Sha>() else { return };
    let (asked, what, advice) = match permission {
        Permission::None => return,
        Permission::Statuses => (
            repo.create_status(&sha, &NewStatus::error().context("hookstead/doctor"))
                .await
                .map(drop),
            "set commit statuses",
            "Give the token Commit statuses: read and write; a classic one needs repo:status.",
        ),
        Permission::Deployments => (
            ask_for_deployment(repo, &sha).await,
            "create deployments",
            "Give the token Deployments: read and write; a classic one needs repo_deployment.",
        ),
    };
    match asked {
        Ok(()) => findings.ok(CHECK, format!("The token may {what}.")),
        Err(error) if error.is_rate_limited() => failed(findings, CHECK, &error),
        Err(error) => match error.status().map(|status| status.as_u16()) {
            Some(404 | 409 | 422) if !is_hidden(&error) => {
                findings.ok(CHECK, format!("The token may {what}."));
            }
            Some(403 | 404) => {
                let text = format!("The token may not {what}. {}", sentence(&error));
                findings.wrong(CHECK, text, advice);
            }
            _ => failed(findings, CHECK, &error),
        },
    }
}

/// GitHub hides what a token may not do: a plain 404 that says nothing of the commit.
fn is_hidden(error: &Error) -> bool {
    error.is_not_found() && error.github_message().is_none_or(|message| message == "Not Found")
}

async fn ask_for_deployment(repo: &Repo, sha: &Sha) -> Result<(), Error> {
    let deployment = NewDeployment::new(sha)
        .environment("hookstead-doctor")
        .auto_merge(false)
        .required_contexts(RequiredContexts::None);
    match repo.create_deployment(&deployment).await? {
        // A GitHub that does so knows the commit after all. Nothing may stay behind.
        DeploymentOutcome::Created(made) => repo.delete_deployment(made.id).await,
        _ => Ok(()),
    }
}
