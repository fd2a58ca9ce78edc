//! A payload of every event, in GitHub's shape and without a server around it.
//!
//! They are made by the code that makes the payloads of [`FakeGitHub`](crate::FakeGitHub), are the
//! same every time, and tell one story. In the repository `octo-org/hello-world` on github.com,
//! `octocat` opens pull request 1, *Add a flag*, from the branch `feature`. It is reviewed, checked
//! and deployed, and a GitHub App that is installed there hears of it. A test says what it is
//! about, and nothing else:
//!
//! ```
//! use hookstead_events::{Label, PullRequestAction, PullRequestEvent, Reviewer, Team};
//! use hookstead_testkit::samples;
//!
//! let mut event = samples::event::<PullRequestEvent>();
//! event.action = PullRequestAction::Labeled;
//! event.pull_request.draft = true;
//! event.pull_request.labels.push(Label::new("deploy"));
//! event.pull_request.requested_reviewers.push(Reviewer::from(Team::new("crew", 7)));
//! assert_eq!(event.pull_request.title, "Add a flag");
//! ```
//!
//! An object that has no constructor is read from JSON, in which few fields are required:
//!
//! ```
//! use hookstead_events::{WorkflowJobEvent, WorkflowStep};
//! use hookstead_testkit::samples;
//! use serde_json::json;
//!
//! let mut event = samples::event::<WorkflowJobEvent>();
//! let step = json!({ "name": "Deploy", "status": "completed", "conclusion": "failure" });
//! event.workflow_job.steps.push(serde_json::from_value::<WorkflowStep>(step)?);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! And a whole payload is JSON that can be changed, for a test that sends it to a server:
//!
//! ```
//! use hookstead_events::EventName;
//! use hookstead_testkit::samples;
//!
//! let mut payload = samples::payload(&EventName::Deployment).expect("a sample");
//! payload["deployment"]["environment"] = "staging".into();
//! assert_eq!(payload["deployment"]["task"], "deploy");
//! ```

mod access;
mod actions;
mod community;
mod discussions;
mod enterprise;
mod git;
mod installations;
mod issues;
mod market;
mod organizations;
mod packages;
mod projects;
mod reviews;
mod rules;
mod security;
mod story;
mod table;

use hookstead_events::{Event, EventName};
use hookstead_handler::{Attempt, Delivery};
use serde_json::Value;

use self::story::{OCTOCAT, Story};
use self::table::{About, Build, TABLE};
use crate::fail::fail;
use crate::guid::guid;
use crate::payload::common::Common;
use crate::state::links::Links;
use crate::state::world::World;

/// The events that there are samples of: all that have a type.
pub const EVENTS: &[&str] = EventName::KNOWN;

/// A sample of this event's payload; `None` for an event that has no type.
///
/// Where an event has actions, the sample has the one that tells of something new: `pull_request`
/// `opened`, `issues` `opened`, `release` `published`, `pull_request_review` `submitted`,
/// `deployment`, `deployment_status` and most others `created`. Checks, workflow runs and jobs
/// are `completed`. An issue's comment is one on the pull request.
#[must_use]
pub fn payload(event: &EventName) -> Option<Value> {
    let (_, about, build) = TABLE.iter().find(|(name, ..)| *name == event.as_str())?;
    let story = Story::tell(Links::of_github())?;
    let mut payload = match build {
        Build::Sent => story.sent(event),
        Build::Made(made) => made(&story),
    };
    let repository = story.repository();
    let organization = Some(repository.name.owner());
    let (sender, installation) = (Some(OCTOCAT), story.world.installation);
    let common = match about {
        About::Repository => {
            Common { repository: Some(repository), organization, sender, installation }
        }
        About::Organization => Common { repository: None, organization, sender, installation },
        About::Account => Common { sender, ..Common::default() },
        About::World => Common::default(),
    };
    common.add_to(&mut payload, story.links());
    Some(payload)
}

/// The world that the samples are about, as it stands when all of them have happened, for a fake
/// that goes on from there.
pub(crate) fn populated(links: Links) -> Option<World> {
    let Story { mut world, at, .. } = Story::tell(links)?;
    world.repository_mut(at).hooks.clear();
    world.installation = None;
    world.mint = world.mint.set_free();
    Some(world)
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
/// If the type takes [every event](hookstead_events::AnyEvent), or does not fit the sample.
#[track_caller]
#[must_use]
pub fn event<E: Event>() -> E {
    let name = name_of::<E>();
    match E::decode(&name, sample_of(&name).to_string().as_bytes()) {
        Ok(event) => event,
        Err(error) => {
            let type_name = std::any::type_name::<E>();
            fail(&format!("{type_name} does not fit the sample: {error}"))
        }
    }
}

/// A delivery of this event's sample, as an inbox hands it to a handler. Each has an id of its own.
///
/// ```
/// use hookstead_events::PushEvent;
/// use hookstead_testkit::samples;
///
/// let delivery = samples::delivery::<PushEvent>();
/// assert_eq!(delivery.event_and_action(), "push");
/// assert_eq!(delivery.repository.as_deref(), Some("octo-org/hello-world"));
/// ```
///
/// # Panics
///
/// If the type takes [every event](hookstead_events::AnyEvent).
#[track_caller]
#[must_use]
pub fn delivery<E: Event>() -> Delivery {
    let name = name_of::<E>();
    let payload = sample_of(&name);
    let Ok(id) = guid(&mut fastrand::Rng::new()).parse() else {
        fail("a GUID is a delivery's id");
    };
    let mut delivery = Delivery::new(id, name, payload.to_string());
    let text = |it: &Value| it.as_str().map(str::to_owned);
    delivery.action = text(&payload["action"]);
    delivery.repository = text(&payload["repository"]["full_name"]);
    delivery.installation = payload["installation"]["id"].as_u64();
    delivery
}

/// The first attempt at a [delivery](delivery()) of this event's sample, for the unit test of a handler.
/// [`Attempt::next_for_test`] follows it, and [`Attempt::interrupt`] ends it.
///
/// ```
/// use async_trait::async_trait;
/// use hookstead_events::PushEvent;
/// use hookstead_handler::{Attempt, Handler, HandlerError};
/// use hookstead_testkit::samples;
///
/// struct Greeter;
///
/// #[async_trait]
/// impl Handler<PushEvent> for Greeter {
///     async fn handle(&self, event: &PushEvent, attempt: &Attempt) -> Result<(), HandlerError> {
///         println!("{} in attempt {}", event.r#ref, attempt.number());
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (event, attempt) = (samples::event::<PushEvent>(), samples::attempt::<PushEvent>());
/// assert!(Greeter.handle(&event, &attempt).await.is_ok());
/// # }
/// ```
///
/// # Panics
///
/// Panics where [`delivery`](delivery()) does.
#[track_caller]
#[must_use]
pub fn attempt<E: Event>() -> Attempt {
    Attempt::for_test(delivery::<E>())
}

#[track_caller]
fn name_of<E: Event>() -> EventName {
    let type_name = std::any::type_name::<E>();
    E::NAME.unwrap_or_else(|| {
        fail(&format!("{type_name} takes every event; ask for the sample of one"))
    })
}

/// The JSON of a sample that must be there.
#[track_caller]
fn sample_of(event: &EventName) -> Value {
    payload(event).unwrap_or_else(|| {
        fail(&format!("there is no sample of `{event}`, only of {}", EVENTS.join(", ")))
    })
}
