//! Payloads and events of GitHub's shape, without a server around them.
//!
//! They are made by the code that makes the payloads of [`FakeGitHub`](crate::FakeGitHub), and are
//! the same every time: repository `octo-org/hello-world` on github.com, pull request 1 *Add a
//! flag* from the branch `feature`, and a GitHub App's installation. A test changes what it is
//! about:
//!
//! ```
//! use hookstead_events::EventName;
//! use hookstead_testkit::samples;
//!
//! let mut payload = samples::payload(&EventName::from("deployment")).expect("a sample");
//! payload["deployment"]["environment"] = "staging".into();
//! assert_eq!(payload["deployment"]["task"], "deploy");
//! ```

use hookstead_events::{Event, EventName};
use hookstead_types::{DeploymentState, RepoName, StatusState};
use serde_json::{Value, json};

use crate::fail::fail;
use crate::payload::{Links, check, workflow};
use crate::state::{Mint, NewDeploymentStatus, NewStatus, RepositoryIndex, World};
use crate::{NewDeployment, NewHook, NewPullRequest};

/// The events that there are samples of.
pub const EVENTS: &[&str] = &[
    "check_run",
    "check_suite",
    "deployment",
    "deployment_status",
    "ping",
    "pull_request",
    "push",
    "status",
    "workflow_run",
];

/// A sample of this event's payload; `None` if there is none for it.
///
/// Where an event has actions, the sample is `pull_request` `opened`, `deployment` and
/// `deployment_status` (`success`) `created`, and of checks and workflow runs `completed`.
#[must_use]
pub fn payload(event: &EventName) -> Option<Value> {
    let event = event.as_str();
    if !EVENTS.contains(&event) {
        return None;
    }
    let (mut world, _) = world(Links::of_github())?;
    let attempts = world.take_outbox();
    let attempt = attempts.iter().find(|attempt| attempt.event == event)?;
    Some(Value::clone(&attempt.payload))
}

/// The world that the samples are about, as it stands when all of them have happened, for a fake
/// that goes on from there.
pub(crate) fn populated(links: Links) -> Option<World> {
    let (mut world, at) = world(links)?;
    world.repository_mut(at).hooks.clear();
    world.take_outbox();
    world.pending_deliveries = 0;
    world.installation = None;
    world.mint = world.mint.set_free();
    Some(world)
}

fn world(links: Links) -> Option<(World, RepositoryIndex)> {
    let mut world = World::new(links, Mint::fixed());
    world.installation = Some(1);
    let name: RepoName = "octo-org/hello-world".parse().ok()?;
    let at = world.create_repository(name, "main", true);
    world.create_hook(at, NewHook::new("https://example.com/event_handler").events(["*"]));
    let pull_request = NewPullRequest::new("Add a flag")
        .body("It waves.")
        .author("octocat")
        .label("enhancement")
        .assignee("octocat")
        .reviewer("hubot");
    let number = world.open_pull_request(at, pull_request);
    report(&mut world, at, number)?;
    complete_checks(&mut world, at, number)?;
    Some((world, at))
}

/// A sample of this event, to be changed where a test needs it.
///
/// ```
/// use hookstead_events::PullRequestEvent;
/// use hookstead_testkit::samples;
///
/// let mut event = samples::event::<PullRequestEvent>();
/// event.number = 7;
/// assert_eq!(event.pull_request.title, "Add a flag");
/// ```
///
/// # Panics
///
/// If there is no sample of this event, or if the type does not fit it.
#[track_caller]
#[must_use]
pub fn event<E: Event>() -> E {
    let type_name = std::any::type_name::<E>();
    let Some(name) = E::NAME else {
        fail(&format!("{type_name} takes every event; ask for the sample of one"));
    };
    let Some(payload) = payload(&name) else {
        fail(&format!("there is no sample of `{name}`, only of {}", EVENTS.join(", ")));
    };
    match E::decode(&name, payload.to_string().as_bytes()) {
        Ok(event) => event,
        Err(error) => fail(&format!("{type_name} does not fit the sample: {error}")),
    }
}

/// A CI server and a deployment server at work.
fn report(world: &mut World, at: RepositoryIndex, number: u64) -> Option<()> {
    let sha = world.repository(at).pull_request(number)?.head_sha.clone();
    let status = NewStatus {
        description: Some("All 108 tests passed".to_owned()),
        target_url: Some("https://ci.example.com/builds/163".to_owned()),
        ..NewStatus::new(StatusState::Success, "ci/demo")
    };
    world.create_status(at, sha.as_str(), status, "octocat")?;
    let new = NewDeployment::new("feature")
        .payload(json!({ "environment": "production", "deploy_user": "octocat" }))
        .description("Deploying my sweet branch");
    let deployment = world.create_deployment(at, new, "octocat").ok()?;
    let status = NewDeploymentStatus {
        description: "It is out".to_owned(),
        environment_url: "https://example.com".to_owned(),
        log_url: "https://ci.example.com/deployments/163".to_owned(),
        ..NewDeploymentStatus::of(DeploymentState::Success)
    };
    world.create_deployment_status(at, deployment.id, status, "octocat")?;
    Some(())
}

/// Checks and workflows at work. The fake itself has none.
fn complete_checks(world: &mut World, at: RepositoryIndex, number: u64) -> Option<()> {
    let checks = check::Ids { suite: world.mint.id(), run: world.mint.id() };
    let runs =
        workflow::Ids { workflow: world.mint.id(), run: world.mint.id(), suite: checks.suite };
    let (links, repository) = (&world.links, world.repository(at));
    let it = repository.pull_request(number)?;
    let head = repository.history.get(it.head_sha.as_str())?;
    let check_run = json!({
        "action": "completed",
        "check_run": check::run(links, repository, it, &checks),
    });
    let check_suite = json!({
        "action": "completed",
        "check_suite": check::suite(links, repository, it, head, &checks),
    });
    let workflow_run = json!({
        "action": "completed",
        "workflow": workflow::workflow(links, repository, &runs),
        "workflow_run": workflow::run(links, repository, it, head, &runs),
    });
    world.announce(at, "check_run", "octocat", check_run);
    world.announce(at, "check_suite", "octocat", check_suite);
    world.announce(at, "workflow_run", "octocat", workflow_run);
    Some(())
}
