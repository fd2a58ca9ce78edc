//! The odd shapes of the events around workflows' deployments, merge queues, security alerts and
//! projects. GitHub publishes no example of `deployment_protection_rule`, `repository_advisory`,
//! `secret_scanning_scan`, `projects_v2` and `projects_v2_status_update`: these are held to its
//! schema here.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{
    AdvisoryCreditState, AdvisorySeverity, CodeScanningAlertEvent, DependabotAlertEvent,
    DependencyRelationship, DeploymentProtectionRuleAction, DeploymentProtectionRuleEvent,
    DeploymentReviewEvent, Event, MergeGroupEvent, MergeGroupReason, PackageEcosystem,
    ProjectCardEvent, ProjectColumnEvent, ProjectsV2Event, ProjectsV2FieldValue,
    ProjectsV2ItemEvent, ProjectsV2Status, ProjectsV2StatusUpdateEvent, RepositoryAdvisoryEvent,
    RepositoryVulnerabilityAlertEvent, SecretPatternScope, SecretScanningAlertEvent,
    SecretScanningAlertLocationEvent, SecretScanningLocationType, SecretScanningScanEvent,
    SecretScanningScanType, SecretValidity, SecurityAdvisoryEvent, WorkflowDispatchEvent,
    WorkflowJobEvent,
};
use serde_json::{Value, json};

const SHA: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";

/// Decodes a payload, and makes sure that nothing of it is lost when it is written again.
#[track_caller]
fn decode<E: Event + serde::Serialize>(payload: &Value) -> E {
    let event = E::decode(&E::NAME.unwrap(), payload.to_string().as_bytes()).unwrap();
    kept("", payload, &serde_json::to_value(&event).unwrap());
    event
}

/// Every value of `original` stands in `written` too; `null` may have become an empty list or map.
#[track_caller]
fn kept(path: &str, original: &Value, written: &Value) {
    match (original, written) {
        (Value::Object(object), Value::Object(counterpart)) => {
            for (key, value) in object {
                kept(&format!("{path}.{key}"), value, &counterpart[key]);
            }
        }
        (Value::Array(list), Value::Array(counterpart)) if list.len() == counterpart.len() => {
            list.iter().zip(counterpart).for_each(|(one, other)| kept(path, one, other));
        }
        (Value::Null, other) if *other == json!([]) || *other == json!({}) => {}
        (one, other) => assert_eq!(one, other, "{path}"),
    }
}

fn repository() -> Value {
    json!({"id": 1, "name": "hello", "full_name": "octocat/hello"})
}

mod workflows {
    use super::*;

    #[test]
    fn inputs_may_be_null_and_anything() {
        let mut payload = json!({"ref": "refs/heads/main", "workflow": ".github/workflows/ci.yml",
                                 "inputs": null, "repository": repository()});
        assert!(decode::<WorkflowDispatchEvent>(&payload).inputs.is_empty());
        payload["inputs"] = json!({"tag": "v1", "dry_run": true, "note": null, "count": 3});
        let event: WorkflowDispatchEvent = decode(&payload);
        assert_eq!(event.inputs["tag"], "v1");
        assert_eq!(event.inputs.len(), 4);
    }

    #[test]
    fn a_job_waits_without_a_runner() {
        let event: WorkflowJobEvent = decode(&json!({
            "action": "queued", "repository": repository(),
            "workflow_job": {
                "id": 12_915_361_234_u64, "run_id": 9_007_199_254_740_993_u64, "name": "linters",
                "head_sha": SHA, "head_branch": null, "status": "queued", "conclusion": null,
                "labels": ["self-hosted", "gpu"], "steps": [{}, {"number": 1, "name": "Set up"}],
                "runner_id": null, "runner_name": null, "runner_group_id": null,
                "completed_at": null
            }
        }));
        assert_eq!(event.workflow_job.run_id, 9_007_199_254_740_993);
        assert_eq!(event.workflow_job.labels, ["self-hosted", "gpu"]);
        assert_eq!(event.workflow_job.steps.len(), 2);
        assert!(event.workflow_job.runner_id.is_none() && event.deployment.is_none());
    }

    #[test]
    fn a_merge_group_needs_no_repository() {
        let event: MergeGroupEvent = decode(&json!({
            "action": "destroyed", "reason": "invalidated",
            "merge_group": {
                "head_sha": SHA, "head_ref": "refs/heads/gh-readonly-queue/main/pr-104-9",
                "base_sha": SHA, "base_ref": "refs/heads/main"
            }
        }));
        assert_eq!(event.reason.unwrap(), MergeGroupReason::Invalidated);
        assert!(event.repository.is_none() && event.merge_group.head_commit.is_none());
    }
}

mod deployments {
    use super::*;

    #[test]
    fn reviewers_are_people_teams_and_deleted_accounts() {
        let event: DeploymentReviewEvent = decode(&json!({
            "action": "requested", "environment": "production", "workflow_run": null,
            "reviewers": [
                {"type": "User", "reviewer": {"login": "octocat", "id": 7}},
                {"type": "Team", "reviewer": {"name": "justice", "id": 8}},
                {"type": "User", "reviewer": null}
            ],
            "workflow_job_run": {"id": 1, "name": null, "conclusion": null}
        }));
        let [person, team, nobody] = event.reviewers.as_slice() else { panic!() };
        assert_eq!(person.reviewer.as_ref().unwrap().as_user().unwrap().login, "octocat");
        assert_eq!(team.reviewer.as_ref().unwrap().as_team().unwrap().name, "justice");
        assert!(nobody.reviewer.is_none());
    }

    #[test]
    fn a_protection_rule_needs_nothing() {
        let event: DeploymentProtectionRuleEvent = decode(&json!({}));
        assert_eq!(event.action, DeploymentProtectionRuleAction::Requested);
        assert!(event.common().repository.is_none());

        let event: DeploymentProtectionRuleEvent = decode(&json!({
            "action": "requested", "environment": "production", "event": "push", "sha": SHA,
            "ref": "main", "repository": repository(), "installation": {"id": 7},
            "deployment_callback_url": "https://api.github.com/repos/octocat/hello/actions/runs/1/deployment_protection_rule",
            "deployment": {
                "id": 1, "sha": SHA, "ref": "main", "environment": "production", "payload": "",
                "performed_via_github_app": {
                    "id": 3, "name": "Deployer",
                    "owner": {"id": 5, "slug": "octo", "name": "Octo Enterprise"}
                }
            },
            "pull_requests": [{
                "id": 1, "number": 2, "title": "Add a flag", "state": "open",
                "head": {"ref": "flag", "sha": SHA}, "base": {"ref": "main", "sha": SHA}
            }]
        }));
        assert_eq!(event.sha.as_ref().unwrap(), SHA);
        assert_eq!(event.pull_requests[0].number, 2);
        assert_eq!(event.common().installation, Some(7));
        let app = event.deployment.unwrap().performed_via_github_app.unwrap();
        assert_eq!(app.owner.unwrap().as_enterprise().unwrap().id, 5);
    }
}

mod alerts {
    use super::*;

    #[test]
    fn what_a_scan_found_may_say_little() {
        let event: CodeScanningAlertEvent = decode(&json!({
            "action": "closed_by_user", "ref": "", "commit_oid": "", "repository": repository(),
            "alert": {
                "number": 10, "state": null, "dismissed_reason": "won't fix",
                "rule": {"id": "rb/eval", "severity": null, "tags": null, "help": null},
                "tool": null, "most_recent_instance": null
            }
        }));
        assert_eq!(event.commit_oid.unwrap(), "");
        assert!(event.alert.state.is_none() && event.alert.instances.is_empty());
        assert!(event.alert.rule.unwrap().severity.is_none());

        // GitHub's schema allows an object without a login.
        let payload = json!({"action": "fixed", "repository": repository(),
                             "alert": {"number": 10, "dismissed_by": {}}});
        let name = CodeScanningAlertEvent::NAME.unwrap();
        let event = CodeScanningAlertEvent::decode(&name, payload.to_string().as_bytes()).unwrap();
        assert!(event.alert.dismissed_by.is_none());
    }

    #[test]
    fn a_vulnerable_dependency_may_have_no_cure() {
        let event: DependabotAlertEvent = decode(&json!({
            "action": "assignees_changed", "repository": repository(),
            "alert": {
                "number": 7, "state": "open", "assignees": [{"login": "octocat", "id": 7}],
                "dependency": {"package": {"ecosystem": "npm", "name": "semver"},
                               "scope": null, "relationship": "unknown"},
                "security_advisory": {
                    "ghsa_id": "GHSA-c2qf-rxjj-qqgw", "cve_id": null, "severity": "high",
                    "cvss": {"score": 7.5, "vector_string": null}, "cvss_severities": null,
                    "epss": {"percentage": 0.00045, "percentile": 0.16001},
                    "withdrawn_at": null
                },
                "security_vulnerability": {
                    "package": {"ecosystem": "npm", "name": "semver"}, "severity": "high",
                    "vulnerable_version_range": "< 7.5.2", "first_patched_version": null
                }
            }
        }));
        let alert = event.alert;
        assert_eq!(alert.assignees.len(), 1);
        let dependency = alert.dependency.unwrap();
        assert_eq!(dependency.relationship.unwrap(), DependencyRelationship::NotKnown);
        assert_eq!(dependency.package.unwrap().ecosystem.unwrap(), PackageEcosystem::Npm);
        assert_eq!(alert.security_advisory.unwrap().cvss.unwrap().score, Some(7.5));
        assert!(alert.security_vulnerability.unwrap().first_patched_version.is_none());
    }

    #[test]
    fn an_old_alert_has_no_number_and_an_old_word() {
        let event: RepositoryVulnerabilityAlertEvent = decode(&json!({
            "action": "create", "repository": repository(),
            "alert": {"id": 91_095_730, "affected_package_name": "rack", "severity": "moderate"}
        }));
        assert!(event.alert.number.is_none() && event.alert.state.is_none());
        assert_eq!(event.alert.severity.unwrap(), AdvisorySeverity::Moderate);
    }

    #[test]
    fn an_advisory_needs_no_sender() {
        let event: SecurityAdvisoryEvent = decode(&json!({
            "action": "performed", "security_advisory": {"ghsa_id": "GHSA-rf4j-j272-fj86",
            "cvss": {"score": 0.0}, "vulnerabilities": [{"first_patched_version": null}]}
        }));
        assert_eq!(event.action, "performed");
        assert!(event.sender.is_none() && event.common().repository.is_none());
        assert_eq!(event.security_advisory.vulnerabilities.len(), 1);
    }

    #[test]
    fn a_reported_advisory_says_who_is_to_be_credited() {
        let event: RepositoryAdvisoryEvent = decode(&json!({
            "action": "reported", "repository": repository(),
            "repository_advisory": {
                "ghsa_id": "GHSA-abcd-1234-efgh", "summary": "A bug", "severity": null,
                "state": "triage", "submission": {"accepted": false}, "publisher": null,
                "cwes": null, "cwe_ids": ["CWE-79"], "private_fork": null,
                "credits": [{"login": "octocat", "type": "finder"}],
                "credits_detailed": [
                    {"user": {"login": "octocat", "id": 7}, "type": "finder", "state": "pending"}
                ],
                "vulnerabilities": [{"package": {"ecosystem": "rust", "name": null},
                                     "vulnerable_functions": null, "patched_versions": "1.0.1"}],
                "collaborating_teams": [{"id": 8, "name": "justice", "permissions":
                    {"admin": false, "maintain": false, "push": true, "triage": true, "pull": true}}]
            }
        }));
        let advisory = event.repository_advisory;
        assert!(!advisory.submission.unwrap().accepted && advisory.cwes.is_empty());
        let credit = advisory.credits_detailed[0].state.as_ref().unwrap();
        assert_eq!(*credit, AdvisoryCreditState::Pending);
        assert!(advisory.collaborating_teams[0].permissions.unwrap().push);
    }
}

mod secrets {
    use super::*;

    #[test]
    fn an_alert_may_say_next_to_nothing() {
        let event: SecretScanningAlertEvent = decode(&json!({
            "action": "metadata_created", "repository": repository(),
            "alert": {"number": 7, "secret_type": "adafruit_io_key", "resolution": null,
                      "resolved_by": null, "validity": "unknown"}
        }));
        assert!(event.sender.is_none() && event.alert.state.is_none());
        assert_eq!(event.alert.validity.unwrap(), SecretValidity::NotKnown);
    }

    #[test]
    fn each_kind_of_place_has_an_address_of_its_own() {
        let payload = |kind: &str, details: Value| {
            json!({"alert": {"number": 7}, "repository": repository(),
                   "location": {"type": kind, "details": details}})
        };
        let issue =
            json!({"issue_body_url": "https://api.github.com/repos/octocat/hello/issues/1"});
        let event: SecretScanningAlertLocationEvent = decode(&payload("issue_body", issue));
        assert_eq!(event.action, "created");
        assert_eq!(event.location.r#type.unwrap(), SecretScanningLocationType::IssueBody);
        assert!(event.location.details.unwrap().issue_body_url.is_some());

        let file = json!({"path": "secrets.txt", "start_line": 1, "end_line": 1,
                          "start_column": 1, "end_column": 64, "blob_sha": SHA, "commit_sha": SHA});
        let event: SecretScanningAlertLocationEvent = decode(&payload("commit", file));
        assert_eq!(event.location.details.unwrap().end_column, Some(64));
    }

    #[test]
    fn a_scan_may_belong_to_no_repository() {
        let event: SecretScanningScanEvent = decode(&json!({
            "action": "completed", "type": "custom-pattern-backfill", "source": "pull-requests",
            "started_at": "2024-12-19T08:00:00Z", "completed_at": "2024-12-19T08:05:00Z",
            "secret_types": null, "custom_pattern_name": "ours", "custom_pattern_scope": "enterprise"
        }));
        assert_eq!(event.r#type.unwrap(), SecretScanningScanType::CustomPatternBackfill);
        assert_eq!(event.custom_pattern_scope.unwrap(), SecretPatternScope::Enterprise);
        assert!(event.repository.is_none() && event.secret_types.is_empty());
    }
}

mod projects {
    use super::*;

    #[test]
    fn a_deleted_card_has_no_column_and_no_repository() {
        let event: ProjectCardEvent = decode(&json!({
            "action": "deleted", "repository": null,
            "project_card": {"id": 21_567_453, "column_id": null, "note": null, "creator": null}
        }));
        assert!(event.repository.is_none() && event.project_card.column_id.is_none());
    }

    #[test]
    fn the_first_column_comes_after_none() {
        let event: ProjectColumnEvent = decode(&json!({
            "action": "moved", "project_column": {"id": 1, "name": "To do", "after_id": null}
        }));
        assert!(event.project_column.after_id.is_none() && event.sender.is_none());
    }

    #[test]
    fn a_project_shows_how_it_stands() {
        let event: ProjectsV2Event = decode(&json!({
            "action": "edited",
            "changes": {"title": {"from": "Old", "to": "New"},
                        "short_description": {"from": null, "to": "Fly"},
                        "public": {"from": false, "to": true}},
            "projects_v2": {
                "id": 1, "number": 2, "title": "New", "public": true, "deleted_by": null,
                "latest_status_update": {"id": 3, "status": "AT_RISK", "start_date": "2022-04-28"}
            }
        }));
        let changes = event.changes.unwrap();
        assert_eq!(changes.public.unwrap().to, Some(true));
        assert!(changes.short_description.unwrap().from.is_none());
        let update = event.projects_v2.latest_status_update.unwrap();
        assert_eq!(update.status.unwrap(), ProjectsV2Status::AtRisk);
        assert_eq!(update.start_date.unwrap(), "2022-04-28");
    }

    #[test]
    fn a_status_may_be_taken_away() {
        let event: ProjectsV2StatusUpdateEvent = decode(&json!({
            "action": "edited", "projects_v2_status_update": {"id": 3, "status": null},
            "changes": {"status": {"from": "ON_TRACK", "to": null},
                        "target_date": {"from": null, "to": "2022-05-01"}}
        }));
        let status = event.changes.unwrap().status.unwrap();
        assert_eq!((status.from.unwrap(), status.to), (ProjectsV2Status::OnTrack, None));
    }

    #[test]
    fn a_field_of_an_item_holds_many_kinds_of_value() {
        let event: ProjectsV2ItemEvent = decode(&json!({
            "action": "edited", "projects_v2_item": {"id": 1, "content_type": "Issue"},
            "changes": {"field_value": {
                "field_type": "single_select", "field_name": "Status", "project_number": 4,
                "from": null, "to": {"id": "98236657", "name": "Done", "color": null}
            }}
        }));
        let field = event.changes.unwrap().field_value.unwrap();
        let Some(ProjectsV2FieldValue::Choice(option)) = field.to else { panic!() };
        assert_eq!(option.name.unwrap(), "Done");
        assert!(field.from.is_none());
    }
}
