//! Both guides end to end, over loopback, with hooks of either content type.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use hookstead::events::{DeploymentState, Sha, StatusState};
use hookstead::inbox::{Filter, SqliteStore, TaskState};
use hookstead::{Inbox, Router};
use hookstead_testkit::{
    FakeDeployment, FakeGitHub, FakeHook, FakePullRequest, FakeRepository, RecordedRequest,
};
use hookstead_tests::{Program, free_address, within};
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "It's a Secret to Everybody";

/// A fake GitHub with a repository, and one of the servers hooked to it.
struct World {
    github: FakeGitHub,
    repository: FakeRepository,
    server: Program,
    folder: TempDir,
}

impl World {
    async fn with(example: &str, hook: impl FnOnce(FakeHook) -> FakeHook) -> Self {
        Self::with_settings(example, hook, &[]).await
    }

    async fn with_settings(
        example: &str,
        hook: impl FnOnce(FakeHook) -> FakeHook,
        more: &[(&str, &str)],
    ) -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        let folder = tempfile::tempdir().unwrap();
        let listen = free_address().to_string();
        let api = github.api_url();
        let mut settings = vec![
            ("WEBHOOK_SECRET", SECRET),
            ("MY_PERSONAL_TOKEN", "token"),
            ("GITHUB_API_URL", &*api),
            ("LISTEN", &*listen),
        ];
        settings.extend(more);
        let mut server = Program::start(example, folder.path(), &settings);
        server.line("Listening at").await;
        let url = format!("http://{listen}/event_handler");
        // Printed before it listens; from here on a connection is answered or refused.
        while tokio::net::TcpStream::connect(&listen).await.is_err() {
            tokio::task::yield_now().await;
        }
        repository.create_hook(hook(FakeHook::new(&url).secret(SECRET).events(["*"])));
        Self { github, repository, server, folder }
    }

    /// Every delivery was answered with success.
    async fn all_accepted(&self) {
        let settled = || (self.github.pending_deliveries() == 0).then_some(());
        self.github.wait_until("all deliveries to be answered", settled).await;
        for delivery in self.github.deliveries() {
            assert!(delivery.is_ok(), "{delivery}");
        }
    }
}

#[tokio::test]
async fn building_a_ci_server_json() {
    ci(FakeHook::json).await;
}

#[tokio::test]
async fn building_a_ci_server_form() {
    ci(FakeHook::form).await;
}

async fn ci(encoding: fn(FakeHook) -> FakeHook) {
    let mut world = World::with("ci_server", encoding).await;
    let repository = world.repository.clone();
    let number =
        repository.open_pull_request(FakePullRequest::new("Add a flag").from_fork("hubot"));
    let opened = repository.pull_request(number).head_sha;
    repository.wait_for_status(&opened, "ci/hookstead", StatusState::Success).await;
    world.server.line("Processing pull request...").await;
    world.server.line("Pull request processed!").await;

    let pushed = repository.push(&format!("hubot:{}", repository.pull_request(number).head_ref));
    repository.wait_for_status(&pushed, "ci/hookstead", StatusState::Success).await;

    repository.close_pull_request(number);
    repository.reopen_pull_request(number);
    let twice = || (repository.statuses(&pushed).len() == 4).then_some(());
    world.github.wait_until("the second build of what was reopened", twice).await;

    for (sha, builds) in [(opened, 1), (pushed, 2)] {
        let mut statuses = repository.statuses(&sha);
        statuses.sort_by_key(|status| status.id);
        let states: Vec<_> = statuses.iter().map(|status| status.state.clone()).collect();
        let build = [StatusState::Pending, StatusState::Success];
        assert_eq!(states, vec![build; builds].concat());
        assert!(statuses.iter().all(|status| status.description.is_some()), "{statuses:?}");
    }
    world.all_accepted().await;
}

/// How long a build has to take so that a push surely comes before its end.
const SLOW: (&str, &str) = ("BUILD_SECONDS", "8");

#[tokio::test]
async fn a_push_stops_the_build_of_the_commit_before() {
    let world = World::with_settings("ci_server", FakeHook::json, &[SLOW]).await;
    let repository = &world.repository;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let opened = repository.pull_request(number).head_sha;
    repository.wait_for_status(&opened, "ci/hookstead", StatusState::Pending).await;
    // GitHub's moments are whole seconds.
    let second = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let opened_in = second().as_secs();
    while second().as_secs() == opened_in {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let pushed = repository.push(&repository.pull_request(number).head_ref);
    repository.wait_for_status(&opened, "ci/hookstead", StatusState::Error).await;
    repository.wait_for_status(&pushed, "ci/hookstead", StatusState::Success).await;

    // Somebody presses *Redeliver* on the old commit's delivery: it is still not the newest.
    let deliveries = world.github.deliveries();
    let old = deliveries.iter().find(|it| it.action.as_deref() == Some("opened")).unwrap();
    world.github.redeliver(old.id);
    world.all_accepted().await;
    let store = SqliteStore::open(world.folder.path().join("ci_server.db")).unwrap();
    let inbox = Inbox::new(store, Router::new());
    let settled = async || {
        let depth = inbox.depth().await.unwrap();
        (depth.done, depth.superseded) == (1, 1)
    };
    while !within(settled()).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let told = |sha| {
        let mut statuses = repository.statuses(sha);
        statuses.sort_by_key(|status| status.id);
        let told = statuses.into_iter().map(|it| (it.state.to_string(), it.description.unwrap()));
        told.map(|(state, description)| format!("{state}: {description}")).collect::<Vec<_>>()
    };
    let running = "pending: The build is running";
    assert_eq!(told(&opened), [running, "error: superseded by a newer one"]);
    assert_eq!(told(&pushed), [running, "success: The build succeeded"]);
}

/// All orders in which three deliveries can come.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Opens a pull request and pushes to it twice, all within a second of GitHub's; returns its commits
/// and their deliveries.
async fn three_of_one_second(github: &FakeGitHub, repository: &FakeRepository) -> [(Sha, u64); 3] {
    loop {
        let before = github.deliveries().len();
        let branch = format!("feature-{before}");
        let number = repository.open_pull_request(FakePullRequest::new("A flag").head(&branch));
        let opened = repository.pull_request(number).head_sha;
        let commits = [opened, repository.push(&branch), repository.push(&branch)];
        let settled = || (github.pending_deliveries() == 0).then(|| github.deliveries());
        let mut deliveries = github.wait_until("all deliveries to fail", settled).await;
        deliveries.retain(|it| it.payload["number"] == number);
        deliveries.sort_by_key(|it| it.id);
        let moment = |at: usize| &deliveries[at].payload["pull_request"]["updated_at"];
        assert_eq!(deliveries.len(), 3);
        if moment(0) == moment(1) && moment(1) == moment(2) {
            let mut ids = deliveries.iter().map(|it| it.id);
            return commits.map(|commit| (commit, ids.next().unwrap()));
        }
    }
}

#[tokio::test]
async fn of_pushes_in_one_second_the_newest_is_built_in_whatever_order_they_come() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let listen = free_address().to_string();
    let url = format!("http://{listen}/event_handler");
    repository.create_hook(FakeHook::new(&url).secret(SECRET).json().events(["pull_request"]));
    // Nobody listens yet. So every delivery fails, and comes again when the test wants it.
    let mut stories = Vec::new();
    for order in ORDERS {
        stories.push((order, three_of_one_second(&github, &repository).await));
    }
    let folder = tempfile::tempdir().unwrap();
    let api = github.api_url();
    let settings = [
        ("WEBHOOK_SECRET", SECRET),
        ("MY_PERSONAL_TOKEN", "token"),
        ("GITHUB_API_URL", &*api),
        ("LISTEN", &*listen),
        ("BUILD_SECONDS", "3"),
    ];
    let mut server = Program::start("ci_server", folder.path(), &settings);
    server.line("Listening at").await;
    while tokio::net::TcpStream::connect(&listen).await.is_err() {
        tokio::task::yield_now().await;
    }
    for (order, story) in &stories {
        for place in order {
            let answered = || github.deliveries().iter().filter(|it| it.is_ok()).count();
            let before = answered();
            github.redeliver(story[*place].1);
            let one_more = || (answered() > before).then_some(());
            github.wait_until("the delivery to be accepted", one_more).await;
        }
    }
    let states = |sha: &Sha| {
        let mut statuses = repository.statuses(sha);
        statuses.sort_by_key(|status| status.id);
        statuses.into_iter().map(|status| status.state).collect::<Vec<_>>()
    };
    for (order, story) in &stories {
        let newest = &story[2].0;
        repository.wait_for_status(newest, "ci/hookstead", StatusState::Success).await;
        assert_eq!(states(newest), [StatusState::Pending, StatusState::Success], "{order:?}");
        if *order == [2, 1, 0] {
            // They were old when they came.
            assert!(states(&story[0].0).is_empty() && states(&story[1].0).is_empty());
        }
    }
}

#[tokio::test]
async fn delivering_deployments_json() {
    deploy(FakeHook::json).await;
}

#[tokio::test]
async fn delivering_deployments_form() {
    deploy(FakeHook::form).await;
}

async fn deploy(encoding: fn(FakeHook) -> FakeHook) {
    let mut world = World::with("deploy_server", encoding).await;
    let repository = world.repository.clone();
    let new = FakePullRequest::new("Add a flag").from_fork("hubot").author("hubot");
    let number = repository.open_pull_request(new);
    let merged = repository.merge_pull_request(number);
    let deployment = repository.wait_for_deployment("of the merge", |it| it.sha == merged).await;
    repository.wait_for_deployment_status(deployment.id, DeploymentState::Success).await;

    assert_eq!(deployment.environment, "production");
    assert_eq!(deployment.description.as_deref(), Some("Deploying my sweet branch"));
    assert_eq!(deployment.payload, json!({"environment": "production", "deploy_user": "hubot"}));
    // Before, it has looked whether there is one.
    let is_write = |it: &RecordedRequest| it.body.is_some();
    let mut requests = world.github.requests().into_iter();
    let request = requests.find(|it| it.path.ends_with("/deployments") && is_write(it));
    let request = request.unwrap().body.unwrap();
    assert_eq!(request["auto_merge"], false);
    assert_eq!(request["required_contexts"], json!([]));

    world.server.line("Processing 'Deploying my sweet branch' for hubot to production").await;
    let id = deployment.id;
    // Order is not guaranteed, neither by GitHub nor here.
    let told = [
        world.server.line(&format!("Deployment status for {id} is ")).await,
        world.server.line(&format!("Deployment status for {id} is ")).await,
    ];
    for state in ["in_progress", "success"] {
        assert!(told.iter().any(|line| line.trim_end().ends_with(state)), "{told:?}");
    }

    // A pull request that is closed without being merged is no reason to deploy.
    let number = repository.open_pull_request(FakePullRequest::new("Rather not"));
    repository.close_pull_request(number);
    world.all_accepted().await;
    assert_eq!(repository.deployments().len(), 1);
}

#[tokio::test]
async fn a_redelivered_merge_is_not_deployed_again() {
    let world = World::with("deploy_server", FakeHook::json).await;
    let repository = &world.repository;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let merged = repository.merge_pull_request(number);
    let deployment = repository.wait_for_deployment("of the merge", |it| it.sha == merged).await;
    repository.wait_for_deployment_status(deployment.id, DeploymentState::Success).await;
    world.all_accepted().await;
    let deliveries = world.github.deliveries();
    let closed = deliveries.iter().find(|it| it.action.as_deref() == Some("closed")).unwrap();

    let store = SqliteStore::open(world.folder.path().join("deploy_server.db")).unwrap();
    let inbox = Inbox::new(store, Router::new());
    let filter = Filter::default().with_id(closed.guid.parse().unwrap());
    // It is a first attempt again, of another run.
    let done = async |run| {
        let task = inbox.list(filter.clone()).next().await.unwrap().unwrap();
        (task.run, task.state) == (run, TaskState::Done)
    };
    let until_done = async |run| {
        while !done(run).await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    within(until_done(1)).await;
    world.github.redeliver(closed.id);
    within(until_done(2)).await;
    assert_eq!(repository.deployments().len(), 1);
}

#[tokio::test]
async fn a_deployments_payload_may_be_anything() {
    let mut world = World::with("deploy_server", FakeHook::json).await;
    let order = json!({"environment": "moon", "deploy_user": "neil"});
    for (payload, line) in [
        (order.clone(), "Processing 'x' for neil to moon"),
        (Value::String(order.to_string()), "Processing 'x' for neil to moon"),
        (json!(""), "to production"),
        (json!({}), "to production"),
        (json!({"environment": 7}), "to production"),
        (json!("no JSON"), "to production"),
    ] {
        let new = FakeDeployment::new("main").description("x").payload(payload);
        let deployment = world.repository.create_deployment(new);
        world.server.line(line).await;
        world.repository.wait_for_deployment_status(deployment.id, DeploymentState::Success).await;
    }
    world.all_accepted().await;
}

#[tokio::test]
async fn on_request_the_server_finishes_what_runs() {
    let mut world = World::with("ci_server", FakeHook::json).await;
    let number = world.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let sha = world.repository.pull_request(number).head_sha;
    world.server.line("Processing pull request...").await;
    let (status, said) = world.server.terminate().await;
    assert!(status.success(), "{status}");
    assert!(said.contains("Pull request processed!"), "{said}");
    let states = world.repository.statuses(&sha);
    assert!(states.iter().any(|status| status.state == StatusState::Success), "{states:?}");
}
