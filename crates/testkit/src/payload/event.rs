//! The payload of a webhook: what happened, in GitHub's shape.

use serde_json::{Value, json};

use super::common::Common;
use super::{
    check_run, check_suite, deployment, hook, installation, issue, label, merge_group,
    pull_request, push, repository as repositories, review, status,
};
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;
use crate::state::occurrence::{Event, Occurrence, RefFacts, What};

/// Renders what happened. `installation` is that of the App whose hook is told; other hooks hear of none.
pub(crate) fn render(links: &Links, it: &Occurrence, installation: Option<u64>) -> Value {
    let mut payload = match &it.what {
        What::InRepository(repository, event) => in_repository(links, repository, event),
        What::Ping(about, _) => json!({
            "zen": "Keep it logically awesome.",
            "hook_id": about.it.id,
            "hook": hook::hook(links, about),
        }),
        What::HookDeleted(about, _) => json!({
            "hook_id": about.it.id,
            "hook": hook::hook(links, about),
        }),
        What::Installed(about, repositories) => json!({
            "installation": installation::full(links, about),
            "repositories": repositories.iter().map(installation::repository).collect::<Vec<_>>(),
            "requester": null,
        }),
    };
    if let (Some(action), Some(payload)) = (it.what.action(), payload.as_object_mut()) {
        payload.insert("action".to_owned(), action.into());
    }
    let common = Common {
        repository: it.what.repository(),
        organization: it.organization.as_deref(),
        sender: it.sender.as_deref(),
        installation: installation.or(it.installation),
    };
    common.add_to(&mut payload, links);
    payload
}

/// What is special about an event, without the keys that most events have.
fn in_repository(links: &Links, repository: &RepositoryFacts, event: &Event) -> Value {
    match event {
        Event::CheckRun { run, pressed, .. } => {
            let mut payload = json!({ "check_run": check_run::sent(links, repository, run) });
            if let Some(identifier) = pressed {
                payload["requested_action"] = json!({ "identifier": identifier });
            }
            payload
        }
        Event::CheckSuite { suite, .. } => {
            json!({ "check_suite": check_suite::check_suite(links, repository, suite) })
        }
        Event::Deployment(it) => json!({
            "deployment": deployment::deployment(links, repository, it),
            "workflow": null,
            "workflow_run": null,
        }),
        Event::DeploymentStatus { status, deployment } => json!({
            "deployment_status": deployment::status(links, repository, status),
            "deployment": deployment::deployment(links, repository, deployment),
            "check_run": null,
            "workflow": null,
            "workflow_run": null,
        }),
        Event::Issue { issue: it, label, .. } => with_label(
            links,
            repository,
            label,
            json!({ "issue": issue::issue(links, repository, it) }),
        ),
        Event::IssueComment { issue: about, comment, before, .. } => {
            let mut payload = json!({
                "issue": issue::issue(links, repository, about),
                "comment": issue::comment(links, repository, comment, &[]),
            });
            if let Some(before) = before {
                payload["changes"] = json!({ "body": { "from": before } });
            }
            payload
        }
        Event::MergeGroup { group, commit, reason, .. } => {
            let mut payload = json!({ "merge_group": merge_group::merge_group(group, commit) });
            if let Some(reason) = reason {
                payload["reason"] = json!(reason);
            }
            payload
        }
        Event::PullRequest { pull_request: it, moved, label, reason, .. } => {
            let mut payload = json!({
                "number": it.it.number,
                "pull_request": pull_request::full(links, repository, it),
            });
            if let Some((before, after)) = moved {
                payload["before"] = json!(before);
                payload["after"] = json!(after);
            }
            if let Some(reason) = reason {
                payload["reason"] = json!(reason);
            }
            with_label(links, repository, label, payload)
        }
        Event::Push(it) => push::push(links, repository, it),
        Event::RefCreated(it) => {
            let mut payload = changed_ref(it);
            payload["master_branch"] = json!(repository.default_branch);
            payload["description"] = repositories::full(links, repository)["description"].take();
            payload
        }
        Event::RefDeleted(it) => changed_ref(it),
        Event::Forked(it) => json!({ "forkee": repositories::full(links, it) }),
        Event::Privatized => json!({}),
        Event::Review { review: it, pull_request: about } => json!({
            "review": review::sent(links, repository, it),
            "pull_request": pull_request::listed(links, repository, about),
        }),
        Event::Renamed(from) => {
            json!({ "changes": { "repository": { "name": { "from": from } } } })
        }
        Event::Status { status: it, branches, commit } => {
            status::sent(links, repository, it, branches, commit.as_deref())
        }
    }
}

/// What the events of new and of deleted branches and tags have in common.
fn changed_ref(it: &RefFacts) -> Value {
    json!({ "ref": it.name, "ref_type": it.kind, "pusher_type": "user" })
}

/// Adds the label that an event is about, if there is one.
fn with_label(
    links: &Links,
    repository: &RepositoryFacts,
    name: &Option<String>,
    mut payload: Value,
) -> Value {
    if let Some(name) = name {
        payload["label"] = label::named(links, repository, name);
    }
    payload
}
