//! Waiting for what the program under test does, so that its test need not ask again and again.

use std::time::Duration;

use hookstead::types::{DeploymentState, StatusState};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::call::Call;
use super::field::{Field, Kind, optional, required};
use super::refusal::Refusal;
use super::reports::{DEPLOYMENT_STATUS, STATUS};
use super::route::{Route, wait};
use super::shown;

/// How long a call waits unless it says otherwise: a busy build machine is slow.
const DEFAULT: Duration = Duration::from_secs(30);

/// The longest wait of a call; who waits longer asks again.
const LONGEST: Duration = Duration::from_secs(600);

const SECONDS: Field =
    optional("seconds", Kind::Seconds, "how long it waits; 30 by default, 600 at most");

pub(super) const ROUTES: &[Route] = &[
    wait(
        "/deliveries/wait-until-idle",
        "Waits until no delivery is under way",
        &[SECONDS],
        |call| Box::pin(until_idle(call)),
    ),
    wait(
        "/deliveries/wait-for",
        "Waits for a finished delivery; the last one if there are several",
        &[
            required("event", Kind::Text, "the event"),
            optional("action", Kind::Text, "the payload's action"),
            optional("hook", Kind::Whole, "the hook's id"),
            SECONDS,
        ],
        |call| Box::pin(for_delivery(call)),
    ),
    wait(
        "/repositories/{owner}/{name}/wait-for-status",
        "Waits until somebody has reported this state for a commit, be it the last one or not",
        &[
            required("commit", Kind::Text, "a full sha, or a branch"),
            required("context", Kind::Text, "what reports"),
            required("state", STATUS, "the state"),
            SECONDS,
        ],
        |call| Box::pin(for_status(call)),
    ),
    wait(
        "/repositories/{owner}/{name}/wait-for-deployment",
        "Waits for a deployment to an environment; the last one if there are several",
        &[optional("environment", Kind::Text, "any by default"), SECONDS],
        |call| Box::pin(for_deployment(call)),
    ),
    wait(
        "/repositories/{owner}/{name}/wait-for-deployment-status",
        "Waits until somebody has reported this state for a deployment, be it the last one or not",
        &[
            required("deployment", Kind::Whole, "the deployment's id"),
            required("state", DEPLOYMENT_STATUS, "the state"),
            SECONDS,
        ],
        |call| Box::pin(for_deployment_status(call)),
    ),
    wait(
        "/repositories/{owner}/{name}/wait-for-comment",
        "Waits for a comment on an issue or a pull request that contains a text",
        &[
            required("number", Kind::Whole, "the number"),
            optional("text", Kind::Text, "what it contains; nothing in particular by default"),
            SECONDS,
        ],
        |call| Box::pin(for_comment(call)),
    ),
];

/// Waits until `probe` finds something. The call's kind says what it is for an answer in vain.
async fn until(
    call: &Call,
    what: &str,
    probe: impl FnMut() -> Option<Value>,
) -> Result<Value, Refusal> {
    let time = call.seconds("seconds").unwrap_or(DEFAULT);
    if time > LONGEST {
        return Err(Refusal::bad("body.seconds", "a call waits 600 seconds at most"));
    }
    let found = timeout(time, call.github.wait_until(what, probe)).await;
    found.map_err(|_| Refusal::in_vain(format!("waited {time:?} for {what} in vain")))
}

async fn until_idle(call: Call) -> Result<Value, Refusal> {
    let what = "all deliveries to be finished";
    until(&call, what, || (call.github.pending_deliveries() == 0).then(|| json!({}))).await
}

async fn for_delivery(call: Call) -> Result<Value, Refusal> {
    let (event, action, hook) =
        (call.text("event"), call.optional_text("action"), call.value("hook"));
    let what = match action {
        Some(action) => format!("a delivery of {event}.{action}"),
        None => format!("a delivery of {event}"),
    };
    until(&call, &what, || {
        let deliveries = call.github.deliveries();
        let found = deliveries.iter().rev().find(|it| {
            it.event.as_str() == event
                && action.is_none_or(|action| it.action.as_deref() == Some(action))
                && hook.is_none_or(|hook| *hook == it.hook_id)
        });
        found.map(shown::whole_delivery)
    })
    .await
}

async fn for_status(call: Call) -> Result<Value, Refusal> {
    let (repository, sha) = (call.repository()?, call.commit("commit")?);
    let (context, state) = (call.text("context"), StatusState::from(call.text("state")));
    let what = format!("the status {context} of {sha} to be {state}");
    until(&call, &what, || {
        let statuses = repository.statuses(&sha);
        let is_context = |it: &str| it.eq_ignore_ascii_case(context);
        let found = statuses.iter().find(|it| it.state == state && is_context(&it.context));
        found.map(shown::status)
    })
    .await
}

async fn for_deployment(call: Call) -> Result<Value, Refusal> {
    let (repository, environment) = (call.repository()?, call.optional_text("environment"));
    let what = match environment {
        Some(environment) => format!("a deployment to {environment}"),
        None => "a deployment".to_owned(),
    };
    until(&call, &what, || {
        let deployments = repository.deployments();
        let is_it = |it: &str| environment.is_none_or(|environment| it == environment);
        deployments.iter().rev().find(|it| is_it(&it.environment)).map(shown::deployment)
    })
    .await
}

async fn for_deployment_status(call: Call) -> Result<Value, Refusal> {
    let (repository, id) = (call.repository()?, call.whole("deployment"));
    if !repository.deployments().iter().any(|it| it.id == id) {
        let message = format!("{repository} has no deployment {id}");
        return Err(Refusal::missing("body.deployment", message));
    }
    let state = DeploymentState::from(call.text("state"));
    let what = format!("the status of deployment {id} to be {state}");
    until(&call, &what, || {
        let statuses = repository.deployment_statuses(id);
        statuses.iter().find(|it| it.state == state).map(shown::deployment_status)
    })
    .await
}

async fn for_comment(call: Call) -> Result<Value, Refusal> {
    let (repository, number, text) = (call.repository()?, call.whole("number"), call.text("text"));
    let what = format!("a comment on {repository}#{number}");
    until(&call, &what, || {
        let comments = repository.comments(number);
        comments.iter().find(|it| it.body.contains(text)).map(shown::comment)
    })
    .await
}
