//! What the fake holds, as JSON.

use hookstead_testkit::{
    FakeRepository, RecordedCheckRun, RecordedComment, RecordedDelivery, RecordedDeployment,
    RecordedDeploymentStatus, RecordedHook, RecordedIssue, RecordedPullRequest, RecordedRequest,
    RecordedReview, RecordedStatus,
};
use http::HeaderMap;
use serde_json::{Map, Value, json};

pub(super) fn all<T>(entries: &[T], shown: impl Fn(&T) -> Value) -> Value {
    entries.iter().map(shown).collect()
}

/// The repository with all that is in it.
pub(super) fn repository(it: &FakeRepository) -> Value {
    let branches: Map<String, Value> = it
        .branches()
        .into_iter()
        .map(|(name, head)| (name, Value::String(head.to_string())))
        .collect();
    let numbers = it.pull_requests().into_iter().map(|it| it.number);
    let numbers = numbers.chain(it.issues().into_iter().map(|it| it.number));
    let comments: Vec<_> = numbers.flat_map(|number| it.comments(number)).collect();
    let reviews: Vec<_> =
        it.pull_requests().into_iter().flat_map(|pull| it.reviews(pull.number)).collect();
    let deployments: Vec<Value> = it
        .deployments()
        .iter()
        .map(|deployment| {
            let mut shown = self::deployment(deployment);
            shown["statuses"] = all(&it.deployment_statuses(deployment.id), deployment_status);
            shown
        })
        .collect();
    json!({
        "name": it.name().to_string(),
        "clone_url": it.clone_url(),
        "default_branch": it.default_branch(),
        "private": it.is_private(),
        "git": it.has_git(),
        "branches": branches,
        "pull_requests": all(&it.pull_requests(), pull_request),
        "issues": all(&it.issues(), issue),
        "comments": all(&comments, comment),
        "reviews": all(&reviews, review),
        "statuses": all(&it.all_statuses(), status),
        "check_runs": all(&it.all_check_runs(), check_run),
        "deployments": deployments,
        "hooks": all(&it.hooks(), hook),
    })
}

pub(super) fn pull_request(it: &RecordedPullRequest) -> Value {
    json!({
        "number": it.number,
        "title": it.title,
        "body": it.body,
        "author": it.author,
        "state": if it.open { "open" } else { "closed" },
        "merged": it.merged,
        "draft": it.draft,
        "head_ref": it.head_ref,
        "head_sha": it.head_sha.as_str(),
        "base_ref": it.base_ref,
        "base_sha": it.base_sha.as_str(),
        "labels": it.labels,
        "assignees": it.assignees,
        "reviewers": it.reviewers,
        "merged_by": it.merged_by,
        "merge_commit_sha": it.merge_commit_sha.as_ref().map(|sha| sha.as_str()),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "closed_at": it.closed_at,
    })
}

pub(super) fn issue(it: &RecordedIssue) -> Value {
    json!({
        "number": it.number,
        "title": it.title,
        "body": it.body,
        "author": it.author,
        "state": if it.open { "open" } else { "closed" },
        "labels": it.labels,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
        "closed_at": it.closed_at,
    })
}

pub(super) fn comment(it: &RecordedComment) -> Value {
    json!({
        "id": it.id,
        "number": it.issue,
        "author": it.author,
        "body": it.body,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

pub(super) fn review(it: &RecordedReview) -> Value {
    json!({
        "id": it.id,
        "number": it.pull_request,
        "author": it.author,
        "state": it.state,
        "body": it.body,
        "sha": it.sha.as_str(),
        "submitted_at": it.submitted_at,
    })
}

pub(super) fn status(it: &RecordedStatus) -> Value {
    json!({
        "id": it.id,
        "sha": it.sha.as_str(),
        "context": it.context,
        "state": it.state,
        "description": it.description,
        "target_url": it.target_url,
        "creator": it.creator,
        "created_at": it.created_at,
    })
}

fn check_run(it: &RecordedCheckRun) -> Value {
    json!({
        "id": it.id,
        "sha": it.sha.as_str(),
        "name": it.name,
        "status": it.status.as_str(),
        "conclusion": it.conclusion.as_ref().map(|it| it.as_str()),
        "started_at": it.started_at,
        "completed_at": it.completed_at,
        "details_url": it.details_url,
        "external_id": it.external_id,
        "title": it.title,
        "summary": it.summary,
        "text": it.text,
        "annotations": it.annotations,
    })
}

pub(super) fn deployment(it: &RecordedDeployment) -> Value {
    json!({
        "id": it.id,
        "sha": it.sha.as_str(),
        "ref": it.r#ref,
        "task": it.task,
        "payload": it.payload,
        "environment": it.environment,
        "description": it.description,
        "creator": it.creator,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

pub(super) fn deployment_status(it: &RecordedDeploymentStatus) -> Value {
    json!({
        "id": it.id,
        "state": it.state,
        "description": it.description,
        "environment": it.environment,
        "environment_url": it.environment_url,
        "log_url": it.log_url,
        "creator": it.creator,
        "created_at": it.created_at,
    })
}

pub(super) fn hook(it: &RecordedHook) -> Value {
    json!({
        "id": it.id,
        "url": it.url,
        "events": it.events,
        "active": it.active,
        "content_type": if it.form { "form" } else { "json" },
        "signed": it.signed,
        "last_status": it.last_status,
    })
}

/// A delivery in a list.
pub(super) fn delivery(it: &RecordedDelivery) -> Value {
    json!({
        "id": it.id,
        "guid": it.guid,
        "hook": it.hook_id,
        "event": it.event.as_str(),
        "action": it.action,
        "redelivery": it.redelivery,
        "delivered_at": it.delivered_at,
        "seconds": it.duration.as_secs_f64(),
        "ok": it.is_ok(),
        "status": it.status,
        "status_code": it.status_code,
    })
}

/// A delivery with all that was sent and answered.
pub(super) fn whole_delivery(it: &RecordedDelivery) -> Value {
    let mut shown = delivery(it);
    shown["request"] = json!({ "headers": headers(&it.request_headers), "payload": &*it.payload });
    shown["response"] =
        json!({ "headers": headers(&it.response_headers), "body": it.response_body });
    shown
}

pub(super) fn request(it: &RecordedRequest) -> Value {
    json!({
        "method": it.method.as_str(),
        "path": it.path,
        "query": it.query,
        "headers": headers(&it.headers),
        "body": it.body,
        "status": it.status.map(|status| status.as_u16()),
        "effect": it.effect,
        "fault": it.fault.as_ref().map(ToString::to_string),
    })
}

/// Several values of one name stand in one text, with commas between them.
fn headers(headers: &HeaderMap) -> Value {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        shown.insert(name.to_string(), Value::String(values.join(", ")));
    }
    Value::Object(shown)
}
