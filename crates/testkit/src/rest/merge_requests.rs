use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::pull_requests::{find, merge_message, merge_method};
use super::validation::text;
use crate::state::merge::MergeMethod;
use crate::state::merge_request::{MergeRequest, MergeRequestState, MergeWish};
use crate::state::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let number = call.number("pull_number")?;
    let it = find(world, at, number)?;
    let action = text(&call.body, "merge_action")?.unwrap_or("default");
    if !matches!(action, "default" | "direct_merge" | "merge_queue") {
        let message = "merge_action is not included in the list";
        return Err(Answer::invalid("PullRequest", "merge_action", message));
    }
    let expected_head = match text(&call.body, "sha")? {
        None => it.head_sha.clone(),
        Some(sha) => sha
            .parse()
            .map_err(|_| Answer::invalid("PullRequest", "sha", "sha is not a valid commit"))?,
    };
    let wish = MergeWish {
        method: merge_method(&call.body)?,
        action: action.to_owned(),
        expected_head,
        message: merge_message(&call.body)?,
    };
    if let (true, Some(sha)) = (it.merged, &it.merge_commit_sha) {
        let details = json!({ "message": "Pull Request is already merged", "sha": sha });
        return Ok(Answer::ok(json!({ "status": "merged", "details": details })));
    }
    let impossible = |message| {
        let body = json!({ "status": "failed", "details": { "message": message } });
        Err(Answer::json(StatusCode::BAD_REQUEST, body))
    };
    if !it.open {
        return impossible("Pull Request is closed");
    }
    if it.draft {
        return impossible("Pull Request is still a draft");
    }
    let mut requests = world.repository(at).merge_requests.iter();
    if let Some(last) = requests.rfind(|request| request.number == number) {
        match last.state {
            MergeRequestState::Pending => {
                return Err(Answer::json(StatusCode::CONFLICT, body(last)));
            }
            MergeRequestState::Enqueued if world.repository(at).merge_queue.contains(number) => {
                return Ok(Answer::ok(body(last)));
            }
            _ => {}
        }
    }
    let request = world.request_merge(at, number, wish, &call.user);
    Ok(Answer::json(StatusCode::ACCEPTED, body(&request)))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let number = call.number("pull_number")?;
    let request = world.poll_merge_request(at, number, call.parameter("uuid"));
    Ok(Answer::ok(body(&request.ok_or_else(Answer::not_found)?)))
}

fn body(request: &MergeRequest) -> Value {
    let (status, details) = match &request.state {
        MergeRequestState::Pending => (
            "pending",
            json!({
                "message": "The merge request is being processed",
                "uuid": request.uuid,
                "merge_method": request.wish.method.map_or("default", MergeMethod::as_str),
                "merge_action": request.wish.action,
                "expected_head_sha": request.wish.expected_head,
            }),
        ),
        MergeRequestState::Merged(sha) => {
            ("merged", json!({ "message": "Pull Request successfully merged", "sha": sha }))
        }
        MergeRequestState::Enqueued => {
            ("enqueued", json!({ "message": "Pull Request was added to the merge queue" }))
        }
        MergeRequestState::Failed(message) => ("failed", json!({ "message": message })),
    };
    json!({ "status": status, "details": details })
}
