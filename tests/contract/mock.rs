//! Every call of the client, against a mock that has no state: the ids are whatever comes to mind.

use hookstead::client::{
    BranchMergeOutcome, CheckAnnotation, CheckConclusion, CheckOutput, Client, DeploymentFilter,
    DeploymentOutcome, DeploymentState, HookConfigUpdate, HookContentType, HookDeliveries,
    HookUpdate, Hooks, MergeAction, MergeMethod, MergeOptions, MergeOutcome, MergeRequestOutcome,
    MergeRequestState, NewCheckRun, NewDeployment, NewDeploymentStatus, NewHook,
    NewInstallationToken, NewStatus, Repo, RequiredContexts, Sha, StatusState, Timestamp,
};
use serde_json::{Value, json};

use crate::recorder::Recorder;
use crate::{mock_checks, mock_code, mock_conversation};

/// A branch with a slash, which must not become one of the path.
const BRANCH: &str = "heads/feature/a b";

fn repo(client: &Client) -> Repo {
    client.repo(&"octocat/hello-world".parse().unwrap())
}

fn sha() -> Sha {
    "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse().unwrap()
}

fn moment() -> Timestamp {
    Timestamp::from("2026-11-20T08:30:00Z")
}

/// The calls that every GitHub has, each with as much as it can carry and as little.
pub(crate) async fn call_everything(client: &Client, mock: &Recorder) {
    let repo = repo(client);
    statuses(&repo).await;
    deployments(&repo, mock).await;
    deployment_statuses(&repo).await;
    pull_requests(&repo, mock).await;
    branches(&repo, mock).await;
    check_runs(&repo).await;
    mock_checks::call_all(&repo, &sha(), BRANCH).await;
    mock_code::call_all(&repo, &sha(), BRANCH).await;
    mock_conversation::call_all(&repo, mock).await;
    hooks(&repo.hooks()).await;
    hooks(&client.organization_hooks("octo-org")).await;
    deliveries(&client.app_hook_deliveries()).await;
    installations(client, &repo).await;
    errors(&repo, mock).await;
    assert!(repo.get().await.unwrap().id > 0);
    let raw: Value = client.get("/repos/octocat/hello-world").await.unwrap();
    assert!(raw["id"].is_u64());
}

async fn statuses(repo: &Repo) {
    for state in ["error", "failure", "pending", "success"] {
        let state = StatusState::from(state);
        repo.create_status(&sha(), &NewStatus::new(state)).await.unwrap();
    }
    let full = NewStatus::success()
        .context("ci/contract")
        .description("Ünïcode \u{1F389} ".repeat(40))
        .target_url("https://ci.example.com/1?a=b");
    let status = repo.create_status(&sha(), &full).await.unwrap();
    assert!(!status.context.is_empty());
    assert!(!repo.statuses(BRANCH).await.unwrap().items.is_empty());
    let combined = repo.combined_status(BRANCH).await.unwrap();
    assert!(!combined.statuses.is_empty());
}

async fn deployments(repo: &Repo, mock: &Recorder) {
    repo.create_deployment(&NewDeployment::new("main")).await.unwrap();
    let full = |contexts| {
        NewDeployment::new(sha())
            .task("deploy:migrations")
            .environment("staging")
            .description("Contract")
            .payload(json!({"deep": [{"er": true}]}))
            .auto_merge(true)
            .transient_environment(true)
            .production_environment(false)
            .required_contexts(contexts)
    };
    for contexts in [RequiredContexts::All, RequiredContexts::None, RequiredContexts::only(["ci"])]
    {
        let made = repo.create_deployment(&full(contexts)).await.unwrap();
        assert!(matches!(made, DeploymentOutcome::Created(it) if it.id > 0));
    }
    let textual = NewDeployment::new("main").payload("a text");
    repo.create_deployment(&textual).await.unwrap();
    mock.answer_with(202);
    let merged = repo.create_deployment(&NewDeployment::new("topic")).await.unwrap();
    assert!(
        matches!(merged, DeploymentOutcome::AutoMerged { message } if message.contains("merged"))
    );

    repo.deployment(1).await.unwrap();
    let some = DeploymentFilter::new()
        .sha(&sha())
        .git_ref("feature/a b")
        .task("deploy")
        .environment("a/b & c")
        .per_page(7);
    for filter in [DeploymentFilter::new(), some] {
        assert!(!repo.deployments(&filter).await.unwrap().items.is_empty());
    }
    repo.delete_deployment(1).await.unwrap();
}

async fn deployment_statuses(repo: &Repo) {
    let states = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];
    for state in states {
        let new = NewDeploymentStatus::new(DeploymentState::from(state));
        repo.create_deployment_status(1, &new).await.unwrap();
    }
    let full = NewDeploymentStatus::success()
        .description("Contract")
        .log_url("https://ci.example.com/1")
        .environment_url("https://staging.example.com")
        .environment("staging")
        .auto_inactive(false);
    repo.create_deployment_status(1, &full).await.unwrap();
    assert!(!repo.deployment_statuses(1).await.unwrap().items.is_empty());
    repo.deployment_status(1, 2).await.unwrap();
}

async fn pull_requests(repo: &Repo, mock: &Recorder) {
    let pull_request = repo.pull_request(1347).await.unwrap();
    assert!(pull_request.number > 0);
    assert!(!repo.pull_requests_of(&sha()).await.unwrap().items.is_empty());
    let merge = async |options: MergeOptions| {
        repo.merge_pull_request(1347, &sha(), &options).await.unwrap()
    };
    assert!(matches!(merge(MergeOptions::new()).await, MergeOutcome::Merged { .. }));
    for method in ["merge", "squash", "rebase"] {
        let options = MergeOptions::new().method(MergeMethod::from(method));
        merge(options.title("Merge").message("It was tested")).await;
    }
    mock.answer_with(405);
    assert!(matches!(merge(MergeOptions::new()).await, MergeOutcome::NotMergeable { .. }));
    mock.answer_with(409);
    assert!(matches!(merge(MergeOptions::new()).await, MergeOutcome::HeadMoved { .. }));
}

async fn branches(repo: &Repo, mock: &Recorder) {
    let merged = repo.merge_branch("main", "feature/a", None).await.unwrap();
    assert!(matches!(merged, BranchMergeOutcome::Merged { .. }));
    mock.answer_with(204);
    let merged = repo.merge_branch("main", "feature/a", Some("Merge it")).await.unwrap();
    assert!(matches!(merged, BranchMergeOutcome::NothingToMerge));
}

async fn check_runs(repo: &Repo) {
    let conclusions =
        ["action_required", "cancelled", "failure", "neutral", "skipped", "success", "timed_out"];
    let conclusions = conclusions.map(CheckConclusion::from).map(NewCheckRun::completed);
    let runs = [NewCheckRun::queued(), NewCheckRun::in_progress().started_at(moment())];
    for run in runs.into_iter().chain(conclusions) {
        repo.create_check_run(&sha(), "contract", &run).await.unwrap();
        repo.update_check_run(4, &run).await.unwrap();
    }
    let output = CheckOutput::new("Contract", "All of it")
        .text("In **detail**")
        .annotation(CheckAnnotation::notice("src/lib.rs", (1, 2), "Nice").title("Note"))
        .annotation(CheckAnnotation::warning("src/lib.rs", (3, 3), "Well"))
        .annotation(CheckAnnotation::failure("src/lib.rs", (4, 5), "No"));
    let full = NewCheckRun::completed(CheckConclusion::Failure)
        .started_at(moment())
        .completed_at(moment())
        .details_url("https://ci.example.com/1")
        .external_id("42")
        .output(output);
    repo.create_check_run(&sha(), "contract", &full).await.unwrap();
    repo.update_check_run(4, &full).await.unwrap();
    assert!(!repo.check_run(4).await.unwrap().name.is_empty());
}

async fn hooks(hooks: &Hooks) {
    let full = NewHook::new("https://ci.example.com/event_handler")
        .secret("It's a Secret to Everybody")
        .content_type(HookContentType::Form)
        .events(["push", "pull_request"])
        .active(false);
    for new in [NewHook::new("https://ci.example.com/event_handler"), full] {
        assert!(hooks.create(&new).await.unwrap().id > 0);
    }
    assert!(!hooks.list().await.unwrap().items.is_empty());
    hooks.get(1).await.unwrap();
    hooks.update(1, &HookUpdate::new().events(["push"]).active(true)).await.unwrap();
    let config = HookConfigUpdate::new()
        .url("https://ci.example.com/other")
        .content_type(HookContentType::Json)
        .secret("another");
    hooks.update_config(1, &config).await.unwrap();
    hooks.ping(1).await.unwrap();
    hooks.delete(1).await.unwrap();
    deliveries(&hooks.deliveries(1)).await;
}

async fn deliveries(deliveries: &HookDeliveries) {
    let listed = deliveries.list().await.unwrap().items;
    assert!(listed.iter().any(|it| it.id > 0));
    let whole = deliveries.get(12_345_678).await.unwrap();
    assert!(!whole.guid.is_empty());
    deliveries.redeliver(12_345_678).await.unwrap();
}

async fn installations(client: &Client, repo: &Repo) {
    let installation = repo.installation().await.unwrap();
    assert!(installation.id > 0);
    let some = NewInstallationToken::new()
        .repositories(["hello-world"])
        .repository_ids([1_296_269])
        .permission("statuses", "write")
        .permission("metadata", "read");
    for wish in [NewInstallationToken::new(), some] {
        let token = client.create_installation_token(1, &wish).await.unwrap();
        assert!(!token.permissions.is_empty());
    }
}

/// Errors are understood as GitHub describes them.
async fn errors(repo: &Repo, mock: &Recorder) {
    mock.answer_with(404);
    let error = repo.deployment(1).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.github_message().is_some());
    mock.answer_with(422);
    let new = NewHook::new("https://ci.example.com/event_handler");
    let error = repo.hooks().create(&new).await.unwrap_err();
    assert_eq!(error.status().map(|it| it.as_u16()), Some(422));
    assert!(!error.validation_errors().is_empty());
}

/// The calls that no Enterprise Server has yet.
pub(crate) async fn call_what_only_github_com_has(client: &Client, mock: &Recorder) {
    let repo = repo(client);
    let request = async |action: &str, options: MergeOptions| {
        let action = MergeAction::from(action);
        repo.request_merge(1347, &sha(), &action, &options).await.unwrap()
    };
    for action in ["default", "direct_merge", "merge_queue"] {
        let options = MergeOptions::new().method(MergeMethod::Squash).title("T").message("M");
        let outcome = request(action, options).await;
        let MergeRequestOutcome::Accepted(merge) = outcome else { panic!("{outcome:?}") };
        assert_eq!(merge.state, MergeRequestState::Merged);
        assert!(merge.sha.is_some());
    }
    // Just accepted, or accepted before: either way there is a name to ask by.
    for status in [202, 409] {
        mock.answer_with(status);
        let outcome = request("default", MergeOptions::new()).await;
        let MergeRequestOutcome::Accepted(merge) = outcome else { panic!("{outcome:?}") };
        assert_eq!(merge.state, MergeRequestState::Pending);
        assert!(merge.uuid.is_some());
    }
    mock.answer_with(400);
    let outcome = request("default", MergeOptions::new()).await;
    assert!(
        matches!(&outcome, MergeRequestOutcome::NotMergeable { message } if message.contains("closed")),
        "{outcome:?}"
    );
    repo.merge_request(1347, "630b9d5e-3f2a-4f7e-8b0c-2d5f9a8c1e42").await.unwrap();
}
