use hookstead_events::EventName;
use hookstead_types::{DeploymentState, RepoName, StatusState, Timestamp};
use serde_json::{Value, json};

use crate::objects::deployment::{FakeDeployment, RecordedDeployment};
use crate::objects::hook::FakeHook;
use crate::objects::pull_request::{FakePullRequest, RecordedPullRequest};
use crate::payload::{check, event, installation, pull_request, repository, user, workflow};
use crate::state::changes::deployments::NewDeploymentStatus;
use crate::state::changes::statuses::NewStatus;
use crate::state::facts::{PullRequestFacts, RepositoryFacts};
use crate::state::history::Commit;
use crate::state::links::Links;
use crate::state::mint::Mint;
use crate::state::occurrence::Notice;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The organization that everything happens in.
pub(super) const ORGANIZATION: &str = "octo-org";
/// Who does things.
pub(super) const OCTOCAT: &str = "octocat";
/// Whose review is asked for.
pub(super) const HUBOT: &str = "hubot";
/// Who is new.
pub(super) const MONALISA: &str = "monalisa";

/// What all samples tell of: a repository, a pull request in it, and what happens around them.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) world: World,
    pub(super) at: RepositoryIndex,
    pub(super) pull_request: RecordedPullRequest,
    /// The pull request's last commit.
    pub(super) head: Commit,
    pub(super) deployment: RecordedDeployment,
    pub(super) checks: check::Ids,
    pub(super) runs: workflow::Ids,
    sent: Vec<Notice>,
    repository: RepositoryFacts,
}

impl Story {
    /// Tells it. `None` does not happen: every name in it is a good one.
    pub(super) fn tell(links: Links) -> Option<Self> {
        let mut world = World::new(links, Mint::fixed());
        world.installation = Some(1);
        let name: RepoName = "octo-org/hello-world".parse().ok()?;
        let at = world.create_repository(name, "main", true);
        world.create_hook(at, FakeHook::new("https://example.com/event_handler").events(["*"]));
        let pull_request = FakePullRequest::new("Add a flag")
            .body("It waves.")
            .author(OCTOCAT)
            .label("enhancement")
            .assignee(OCTOCAT)
            .reviewer(HUBOT);
        let number = world.open_pull_request(at, pull_request);
        let deployment = report(&mut world, at, number)?;
        let checks = check::Ids { suite: world.mint.id(), run: world.mint.id() };
        let runs =
            workflow::Ids { workflow: world.mint.id(), run: world.mint.id(), suite: checks.suite };
        let pull_request = world.repository(at).pull_request(number)?.clone();
        let head = world.repository(at).history.get(pull_request.head_sha.as_str())?.clone();
        let sent = world.take_notices();
        let repository = world.facts(at);
        Some(Self { world, at, pull_request, head, deployment, checks, runs, sent, repository })
    }

    /// The payload that the fake sent when this happened.
    pub(super) fn sent(&self, event: &EventName) -> Value {
        let mut sent = self.sent.iter().map(|notice| &notice.occurrence);
        let sent = sent.find(|it| it.what.event() == event.as_str());
        sent.map_or(Value::Null, |it| event::render(self.links(), it, None))
    }

    pub(super) fn links(&self) -> &Links {
        &self.world.links
    }

    pub(super) fn repository(&self) -> &RepositoryFacts {
        &self.repository
    }

    /// When it all happens.
    pub(super) fn now(&self) -> Timestamp {
        self.world.mint.now()
    }

    /// An address in the API, below the repository's.
    pub(super) fn api(&self, rest: &str) -> String {
        format!("{}{rest}", self.links().api_repository(&self.repository().name))
    }

    /// An address on the website, below the repository's.
    pub(super) fn web(&self, rest: &str) -> String {
        format!("{}{rest}", self.links().web_repository(&self.repository().name))
    }

    /// An address in the API, below its root.
    pub(super) fn api_root(&self, rest: &str) -> String {
        format!("{}{rest}", self.links().api)
    }

    /// An address on the website, below its root.
    pub(super) fn web_root(&self, rest: &str) -> String {
        format!("{}{rest}", self.links().web)
    }

    pub(super) fn user(&self, login: &str) -> Value {
        user::user(self.links(), login)
    }

    /// The organization, where an account is expected.
    pub(super) fn owner(&self) -> Value {
        user::owner(self.links(), self.repository())
    }

    /// The repository's full shape.
    pub(super) fn repo(&self) -> Value {
        repository::full(self.links(), self.repository())
    }

    /// What a grant of access tells of the repository.
    pub(super) fn granted_repo(&self) -> Value {
        installation::repository(self.repository())
    }

    /// The pull request's full shape.
    pub(super) fn full_pull_request(&self) -> Value {
        pull_request::full(self.links(), self.repository(), &self.pull_request_facts())
    }

    /// The pull request's shape beside reviews.
    pub(super) fn pull_request(&self) -> Value {
        pull_request::listed(self.links(), self.repository(), &self.pull_request_facts())
    }

    fn pull_request_facts(&self) -> PullRequestFacts {
        self.world.repository(self.at).pull_request_facts(&self.pull_request)
    }
}

/// A CI server and a deployment server at work.
fn report(world: &mut World, at: RepositoryIndex, number: u64) -> Option<RecordedDeployment> {
    let sha = world.repository(at).pull_request(number)?.head_sha.clone();
    let status = NewStatus {
        description: Some("All 108 tests passed".to_owned()),
        target_url: Some("https://ci.example.com/builds/163".to_owned()),
        ..NewStatus::new(StatusState::Success, "ci/demo")
    };
    world.create_status(at, sha.as_str(), status, OCTOCAT)?;
    let new = FakeDeployment::new("feature")
        .payload(json!({ "environment": "production", "deploy_user": OCTOCAT }))
        .description("Deploying my sweet branch");
    let deployment = world.create_deployment(at, new, OCTOCAT).ok()?;
    let status = NewDeploymentStatus {
        description: "It is out".to_owned(),
        environment_url: Some("https://example.com".to_owned()),
        log_url: Some("https://ci.example.com/deployments/163".to_owned()),
        ..NewDeploymentStatus::of(DeploymentState::Success)
    };
    world.create_deployment_status(at, deployment.id, status, OCTOCAT)?;
    Some(deployment)
}
