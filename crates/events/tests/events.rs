//! The odd shapes that GitHub really sends: nulls, ghosts, old payloads, mixed types. Each event
//! also decodes from the least that identifies it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::thread;

use hookstead_events::{
    AnyEvent, CheckRunAction, CheckRunEvent, CheckStatus, CheckSuiteEvent, DeploymentAction,
    DeploymentEvent, DeploymentState, DeploymentStatusEvent, Event, EventName, HookType,
    MergeableState, PingEvent, PullRequestAction, PullRequestEvent, PullRequestReason,
    PullRequestState, PushEvent, RepositoryOrganization, StatusEvent, StatusState,
    WorkflowRunEvent,
};
use serde_json::{Value, json};

const SHA: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";
const ZERO: &str = "0000000000000000000000000000000000000000";

#[track_caller]
fn decode<E: Event>(payload: &Value) -> E {
    try_decode(payload).unwrap()
}

fn try_decode<E: Event>(payload: &Value) -> Result<E, hookstead_events::DecodeError> {
    E::decode(&E::NAME.unwrap(), payload.to_string().as_bytes())
}

fn repository() -> Value {
    json!({"id": 1, "name": "hello", "full_name": "octocat/hello"})
}

/// The payload with these changes; `null` removes nothing, it is written.
fn with(mut payload: Value, changes: Value) -> Value {
    for (pointer, value) in changes.as_object().unwrap() {
        let (object, key) = pointer.rsplit_once('/').unwrap();
        payload.pointer_mut(object).unwrap()[key] = value.clone();
    }
    payload
}

fn pull_request() -> Value {
    json!({
        "action": "opened",
        "number": 2,
        "pull_request": {
            "id": 279_147_437, "number": 2, "title": "Update the README", "state": "open",
            "head": {"ref": "changes", "sha": SHA},
            "base": {"ref": "main", "sha": SHA}
        },
        "repository": repository()
    })
}

fn push() -> Value {
    json!({"ref": "refs/heads/main", "before": SHA, "after": SHA, "repository": repository()})
}

fn status() -> Value {
    json!({"id": 6_805_126_730_u64, "sha": SHA, "context": "ci/test", "state": "success",
           "repository": repository()})
}

fn deployment() -> Value {
    json!({
        "deployment": {"id": 1, "sha": SHA, "ref": "main", "environment": "production"},
        "repository": repository()
    })
}

mod pull_requests {
    use super::*;

    #[test]
    fn little_is_required() {
        let event: PullRequestEvent = decode(&pull_request());
        assert_eq!(event.action, PullRequestAction::Opened);
        assert_eq!(event.pull_request.state, PullRequestState::Open);
        assert_eq!(event.pull_request.head.sha, SHA);
        assert_eq!(event.repository.full_name, "octocat/hello".parse().unwrap());
        assert!(event.sender.is_none() && event.pull_request.labels.is_empty());
        assert!(!event.pull_request.draft && !event.pull_request.is_merged());
    }

    #[test]
    fn a_deleted_fork_and_deleted_accounts_are_null() {
        let event: PullRequestEvent = decode(&with(
            pull_request(),
            json!({
                "/pull_request/head/repo": null, "/pull_request/head/user": null,
                "/pull_request/user": null, "/pull_request/body": null, "/sender": null,
                "/pull_request/assignees": [null, {"login": "octocat", "id": 7}],
                "/pull_request/requested_reviewers":
                    [null, {"login": "octocat", "id": 7}, {"name": "justice", "id": 8}],
                "/pull_request/labels": null, "/pull_request/draft": null
            }),
        ));
        let pull_request = &event.pull_request;
        assert!(pull_request.head.repo.is_none() && pull_request.user.is_none());
        assert_eq!(pull_request.assignees.len(), 1);
        let [person, team] = pull_request.requested_reviewers.as_slice() else { panic!() };
        assert_eq!(person.as_user().unwrap().login, "octocat");
        assert_eq!(team.as_team().unwrap().name, "justice");
    }

    #[test]
    fn merging_shows_in_either_of_two_fields() {
        let merged = |changes| {
            decode::<PullRequestEvent>(&with(pull_request(), changes)).pull_request.is_merged()
        };
        assert!(merged(json!({"/pull_request/merged": true})));
        assert!(!merged(json!({"/pull_request/merged": false})));
        assert!(merged(json!({"/pull_request/merged_at": "2019-05-15T15:20:33Z"})));
        assert!(!merged(json!({"/pull_request/merged": null, "/pull_request/merged_at": null})));
    }

    #[test]
    fn each_action_brings_its_own_fields() {
        let event: PullRequestEvent = decode(&with(
            pull_request(),
            json!({
                "/action": "edited",
                "/changes": {"title": {"from": "Old"}, "body": {"from": null},
                             "base": {"ref": {"from": "dev"}, "sha": {"from": SHA}}},
                "/before": SHA, "/after": SHA,
                "/requested_team": {"id": 8, "name": "justice"},
                "/reason": "CI_FAILURE",
                "/stack": {"base": {"ref": "main", "sha": SHA}, "position": 2}
            }),
        ));
        let changes = event.changes.unwrap();
        assert_eq!(changes.title.unwrap().from.unwrap(), "Old");
        assert!(changes.body.unwrap().from.is_none());
        assert_eq!(changes.base.unwrap().sha.unwrap().from.unwrap(), SHA);
        assert_eq!(event.before.unwrap(), SHA);
        assert_eq!(event.requested_team.unwrap().name, "justice");
        assert_eq!(event.reason.unwrap(), PullRequestReason::CiFailure);
        assert_eq!(event.stack.unwrap().position, Some(2));
    }

    #[test]
    fn a_value_called_unknown_is_known() {
        let payload = with(pull_request(), json!({"/pull_request/mergeable_state": "unknown"}));
        let event: PullRequestEvent = decode(&payload);
        assert_eq!(event.pull_request.mergeable_state.unwrap(), MergeableState::NotComputed);
    }

    #[test]
    fn what_github_adds_tomorrow_is_kept() {
        let payload = with(
            pull_request(),
            json!({"/action": "teleported", "/pull_request/state": "limbo", "/new": [1]}),
        );
        let event: PullRequestEvent = decode(&payload);
        assert_eq!(event.action, "teleported");
        assert!(matches!(event.action, PullRequestAction::Unknown(_)));
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["action"], "teleported");
        assert_eq!(written["pull_request"]["state"], "limbo");
        assert_eq!(decode::<PullRequestEvent>(&written), event);
    }
}

mod pushes {
    use super::*;

    #[test]
    fn deleting_a_branch_has_no_commit() {
        let event: PushEvent = decode(&with(
            push(),
            json!({"/after": ZERO, "/deleted": true, "/head_commit": null, "/base_ref": null,
                   "/pusher": {"name": "octocat", "email": null}}),
        ));
        assert!(event.deleted && event.after.is_zero() && event.head_commit.is_none());
        assert_eq!((event.branch(), event.tag()), (Some("main"), None));
        assert_eq!(event.pusher.unwrap().name.unwrap(), "octocat");
    }

    #[test]
    fn tags_and_branches_are_told_apart() {
        let event: PushEvent = decode(&with(push(), json!({"/ref": "refs/tags/v1/rc"})));
        assert_eq!((event.branch(), event.tag()), (None, Some("v1/rc")));
    }

    #[test]
    fn its_repository_differs_from_others() {
        let changes = json!({
            "/repository/created_at": 1_557_933_565, "/repository/pushed_at": null,
            "/repository/updated_at": "2019-05-15T15:20:41Z",
            "/repository/organization": "Octocoders"
        });
        let event: PushEvent = decode(&with(push(), changes));
        let created = event.repository.created_at.as_ref().unwrap();
        assert_eq!(created.to_string(), "2019-05-15T15:19:25Z");
        assert_eq!(event.repository.organization.as_ref().unwrap().login(), "Octocoders");
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["repository"]["created_at"], 1_557_933_565);
        assert_eq!(written["repository"]["organization"], "Octocoders");

        let account = json!({"/repository/organization": {"login": "Octocoders", "id": 3}});
        let event: PushEvent = decode(&with(push(), account));
        let organization = event.repository.organization.as_ref().unwrap();
        assert!(matches!(organization, RepositoryOrganization::Account(_)));
        assert_eq!(organization.login(), "Octocoders");
        let odd = with(push(), json!({"/repository/organization": {"login": 3}}));
        assert!(decode::<PushEvent>(&odd).repository.organization.is_none());
    }

    #[test]
    fn commits_may_lack_their_files() {
        let commit = json!({"id": SHA, "timestamp": "2019-05-15T17:20:41+02:00", "author": null});
        let event: PushEvent = decode(&with(push(), json!({"/commits": [commit]})));
        let commit = event.commits.first().unwrap();
        assert!(commit.added.is_empty() && commit.author.is_none() && commit.message.is_empty());
        assert!(commit.timestamp.as_ref().unwrap().instant().is_some());
    }
}

mod statuses {
    use super::*;

    #[test]
    fn authors_without_an_account_are_empty_objects() {
        let event: StatusEvent = decode(&with(
            status(),
            json!({
                "/commit": {"sha": SHA, "author": {}, "committer": null,
                            "commit": {"message": "Fix", "verification": {"verified": true}}},
                "/created_at": "2019-05-15T15:20:55+00:00",
                "/branches": [{"name": "main", "commit": {"sha": null}, "protected": false}]
            }),
        ));
        assert_eq!(event.id, Some(6_805_126_730));
        assert_eq!(event.state, StatusState::Success);
        let commit = event.commit.unwrap();
        assert!(commit.author.is_none() && commit.committer.is_none());
        assert!(commit.commit.unwrap().verification.unwrap().verified);
        assert_eq!(event.branches.first().unwrap().name, "main");
        assert_eq!(
            serde_json::to_value(&event.created_at).unwrap(),
            "2019-05-15T15:20:55+00:00",
            "written as it was read"
        );
    }

    #[test]
    fn an_unknown_state_is_kept() {
        let event: StatusEvent = decode(&with(status(), json!({"/state": "paused"})));
        assert_eq!(event.state, "paused");
    }
}

mod deployments {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Wish {
        environment: String,
        deploy_user: Option<String>,
    }

    fn wish(payload: Value) -> Result<Option<Wish>, hookstead_events::DecodeError> {
        let event: DeploymentEvent =
            decode(&with(deployment(), json!({"/deployment/payload": payload.clone()})));
        assert_eq!(event.deployment.payload, payload, "the field has it as it came");
        event.deployment.payload()
    }

    #[test]
    fn the_payload_may_be_an_object_or_a_string_that_holds_one() {
        let expected =
            Wish { environment: "staging".to_owned(), deploy_user: Some("octocat".to_owned()) };
        let object = json!({"environment": "staging", "deploy_user": "octocat"});
        assert_eq!(wish(json!(object.to_string())).unwrap().unwrap(), expected);
        assert_eq!(wish(object).unwrap().unwrap(), expected);
    }

    #[test]
    fn the_payload_may_be_nothing() {
        for nothing in [
            json!(""),
            json!(null),
            json!({}),
            json!("null"),
            json!("{}"),
            json!(" "),
            json!("\"\""),
        ] {
            assert_eq!(wish(nothing.clone()).unwrap(), None, "{nothing}");
        }
        let event: DeploymentEvent = decode(&deployment());
        assert_eq!(event.deployment.payload::<Wish>().unwrap(), None);
    }

    #[test]
    fn a_payload_that_does_not_fit_is_named_but_not_shown() {
        for (payload, path) in [
            (json!({"environment": 3}), "deployment.payload.environment"),
            (json!(r#"{"environment": ["hunter2"]}"#), "deployment.payload.environment"),
            (json!({"deploy_user": "hunter2"}), "deployment.payload"),
            (json!("hunter2"), "deployment.payload"),
            (json!("[1]"), "deployment.payload[0]"),
        ] {
            let error = wish(payload).unwrap_err();
            assert_eq!(error.path(), path);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_string_may_be_wanted_as_a_string() {
        for text in ["plain", "17", "[1, 2]"] {
            let changes = json!({"/deployment/payload": text});
            let event: DeploymentEvent = decode(&with(deployment(), changes));
            assert_eq!(event.deployment.payload::<String>().unwrap().unwrap(), text);
        }
    }

    #[test]
    fn old_payloads_lack_the_action() {
        let event: DeploymentEvent = decode(&deployment());
        assert_eq!(event.action, DeploymentAction::Created);
        let payload = with(
            deployment(),
            json!({"/deployment_status": {"id": 9, "state": "in_progress"}, "/action": null,
                   "/workflow": null, "/workflow_run": null, "/check_run": null}),
        );
        let event: DeploymentStatusEvent = decode(&payload);
        assert_eq!(event.action, DeploymentAction::Created);
        assert_eq!(event.deployment_status.state, DeploymentState::InProgress);
        assert_eq!(event.deployment_status.description, "");
        assert_eq!(event.common().action, Some("created"));
    }
}

mod checks {
    use super::*;

    #[test]
    fn old_check_runs_lack_much() {
        let payload = json!({
            "check_run": {
                "id": 4, "name": "lint", "head_sha": SHA, "status": "completed",
                "conclusion": null, "completed_at": null, "pull_requests": [],
                "app": {"id": 2, "owner": {"login": "github", "id": 340},
                        "created_at": "2018-04-25 20:42:10", "permissions": {"checks": "write"}},
                "check_suite": {"id": 5, "head_branch": null, "pull_requests": [null]}
            },
            "repository": repository()
        });
        let event: CheckRunEvent = decode(&payload);
        assert_eq!(event.action, CheckRunAction::Completed, "only `completed` may lack it");
        assert_eq!(event.check_run.status, CheckStatus::Completed);
        let app = event.check_run.app.as_ref().unwrap();
        assert_eq!(app.created_at.as_ref().unwrap().to_string(), "2018-04-25 20:42:10");
        assert!(app.created_at.as_ref().unwrap().instant().is_none());
        assert!(event.check_run.check_suite.as_ref().unwrap().pull_requests.is_empty());
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["check_run"]["app"]["created_at"], "2018-04-25 20:42:10");
    }

    #[test]
    fn suites_and_runs_of_forks_name_no_branch_and_no_pull_request() {
        let payload = json!({
            "action": "completed", "repository": repository(),
            "check_suite": {"id": 5, "head_sha": SHA, "head_branch": null, "status": null}
        });
        let event: CheckSuiteEvent = decode(&payload);
        assert!(event.check_suite.head_branch.is_none() && event.check_suite.status.is_none());

        let payload = json!({
            "action": "requested", "workflow": null, "repository": repository(),
            "workflow_run": {"id": 30_433_642_u64 * 1000, "head_sha": SHA, "status": "queued",
                             "event": "schedule", "actor": null, "pull_requests": [null],
                             "referenced_workflows": null}
        });
        let event: WorkflowRunEvent = decode(&payload);
        assert_eq!(event.workflow_run.id, 30_433_642_000);
        assert_eq!(event.workflow_run.event.as_ref().unwrap().as_str(), "schedule");
        assert!(event.workflow_run.pull_requests.is_empty());
    }
}

mod pings {
    use super::*;

    #[test]
    fn an_app_is_pinged_without_repository_and_sender() {
        let hook = json!({
            "id": 30, "type": "App", "app_id": 7, "events": ["*", "push"],
            "config": {"content_type": "form", "insecure_ssl": "1", "secret": "********"}
        });
        let event: PingEvent =
            decode(&json!({"zen": "Speak like a human.", "hook_id": 30, "hook": hook}));
        let hook = event.hook.as_ref().unwrap();
        assert_eq!(hook.r#type, Some(HookType::App));
        assert!(hook.events.contains(&EventName::Push));
        assert!(!hook.config.as_ref().unwrap().verifies_certificates());
        assert_eq!(event.common(), hookstead_events::Common::default());
    }

    #[test]
    fn the_certificate_setting_is_a_string_or_a_number() {
        for (setting, verifies) in
            [(json!("0"), true), (json!(0), true), (json!(null), true), (json!(1), false)]
        {
            let config =
                json!({"hook_id": 1, "hook": {"id": 1, "config": {"insecure_ssl": setting}}});
            let event: PingEvent = decode(&config);
            let config = event.hook.unwrap().config.unwrap();
            assert_eq!(config.verifies_certificates(), verifies, "{setting}");
        }
    }
}

mod any_event {
    use super::*;

    #[test]
    fn common_fields_are_seen_without_matching() {
        let payload = with(
            pull_request(),
            json!({
                "/sender": {"login": "octocat", "id": 7}, "/installation": {"id": 8},
                "/organization": {"login": "github", "id": 9}, "/enterprise": {"id": 10}
            }),
        );
        let typed: PullRequestEvent = decode(&payload);
        let typed = AnyEvent::from(typed);
        let raw = payload.to_string();
        let other = AnyEvent::decode(&EventName::from("new"), raw.as_bytes()).unwrap();
        for event in [typed, other] {
            let common = event.common();
            assert_eq!(common.action, Some("opened"));
            assert_eq!(common.repository.unwrap().id, 1);
            assert_eq!(common.sender.unwrap().login, "octocat");
            assert_eq!(common.organization.unwrap().login, "github");
            assert_eq!(common.installation, Some(8));
            assert_eq!(common.enterprise.unwrap().id, 10);
        }
    }

    #[test]
    fn odd_common_fields_of_an_unknown_event_do_not_hide_the_others() {
        let payload =
            br#"{"action": 3, "repository": "x", "sender": {"login": "octocat", "id": 7}}"#;
        let event = AnyEvent::decode(&EventName::from("new"), payload).unwrap();
        let common = event.common();
        assert!(common.action.is_none() && common.repository.is_none());
        assert_eq!(common.sender.unwrap().id, 7);
        let list = AnyEvent::decode(&EventName::from("new"), b"[]").unwrap();
        assert_eq!(list.common(), hookstead_events::Common::default());
        assert!(!format!("{event:?}").contains("octocat"), "{event:?}");
    }

    #[test]
    fn every_typed_event_goes_through_it() {
        for (name, payload) in
            [("pull_request", pull_request()), ("push", push()), ("status", status())]
        {
            let name = EventName::from(name);
            let event = AnyEvent::decode(&name, payload.to_string().as_bytes()).unwrap();
            assert_eq!(event.name(), &name);
            let written = serde_json::to_value(&event).unwrap();
            assert_eq!(written["repository"]["full_name"], "octocat/hello");
        }
    }
}

mod errors {
    use super::*;

    #[test]
    fn the_place_is_named() {
        for (changes, expected) in [
            (
                json!({"/pull_request/head/sha": 3}),
                "pull_request: pull_request.head.sha: invalid type: integer",
            ),
            (
                json!({"/repository/full_name": "hunter2"}),
                "pull_request: repository.full_name: invalid repository name",
            ),
            (
                json!({"/pull_request/base": {"ref": "main"}, "/sender": "hunter2"}),
                "pull_request: pull_request.base: missing field `sha`",
            ),
        ] {
            let error = try_decode::<PullRequestEvent>(&with(pull_request(), changes)).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with(expected) && !text.contains("hunter2"), "{text}");
        }
    }
}

/// What deserves a big stack in a careless decoder: an event with every nested object, free-form
/// JSON as deep as the parser lets it be, and an error that is looked for a second time.
#[test]
fn a_small_stack_is_enough() {
    let mut repository = repository();
    repository["owner"] = json!({"login": "octocat", "id": 7});
    repository["template_repository"] = repository.clone();
    let changes = json!({
        "/repository": repository.clone(), "/pull_request/head/repo": repository.clone(),
        "/pull_request/base/repo": repository,
        "/pull_request/milestone": {"id": 1, "number": 1, "title": "v1"},
        "/pull_request/requested_reviewers":
            [{"id": 1, "name": "a", "parent": {"id": 2, "name": "b"}}]
    });
    let good = with(pull_request(), changes);
    let odd = with(good.clone(), json!({"/repository/template_repository/owner/id": "x"}));
    let bad = with(odd.clone(), json!({"/pull_request/base/sha": [[{"a": "x"}]]}));
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let deep = with(
        deployment(),
        json!({"/deployment/payload": serde_json::from_str::<Value>(&deep).unwrap()}),
    );
    let work = move || {
        decode::<PullRequestEvent>(&good);
        decode::<PullRequestEvent>(&odd);
        let error = try_decode::<PullRequestEvent>(&bad).unwrap_err();
        assert_eq!(error.path(), "pull_request.base.sha");
        decode::<DeploymentEvent>(&deep);
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}
