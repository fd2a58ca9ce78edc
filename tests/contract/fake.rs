//! Every call of the client, as a story that the fake plays: with its successes and its refusals.

use hookstead::client::{
    AppKey, BranchMergeOutcome, CheckAnnotation, CheckConclusion, CheckOutput, Client, Credentials,
    DeploymentFilter, DeploymentOutcome, DeploymentState, HookConfigUpdate, HookContentType,
    HookDeliveries, HookUpdate, Hooks, MergeAction, MergeMethod, MergeOptions, MergeOutcome,
    MergeRequestOutcome, MergeRequestState, NewCheckRun, NewDeployment, NewDeploymentStatus,
    NewHook, NewInstallationToken, NewStatus, Repo, RequiredContexts, Sha, StatusState, Token,
};
use hookstead_testkit::{FakeGitHub, FakeProtection, FakePullRequest, FakeRepository};
use serde_json::json;

use crate::{fake_checks, fake_code, fake_conversation};

/// The two sides: the fake, and how to reach it through the proxy.
pub(crate) struct Story<C> {
    pub(crate) github: FakeGitHub,
    pub(crate) connect: C,
    /// No Enterprise Server can merge later.
    pub(crate) merges_later: bool,
}

impl<C: Fn(Credentials) -> Client> Story<C> {
    pub(crate) async fn play(&self) {
        let github = &self.github;
        let organization = github.create_organization("octo-org");
        let repository = organization.create_repository("hello-world");
        let user = (self.connect)(Token::new("ghp_contract").unwrap().into());
        let repo = user.repo(&repository.name());

        statuses(&repository, &repo).await;
        deployments(&repository, &repo).await;
        pull_requests(&repository, &repo).await;
        branches(&repository, &repo).await;
        if self.merges_later {
            later_merges(&repository, &repo).await;
        }
        fake_checks::play(&repository, &repo).await;
        fake_code::play(&repository, &repo).await;
        fake_conversation::play(&repository, &repo).await;
        hooks(github, &repo.hooks()).await;
        hooks(github, &user.organization_hooks("octo-org")).await;
        self.app(&repository).await;

        repo.get().await.unwrap();
        let error = repo.deployment(7).await.unwrap_err();
        assert!(error.is_not_found());
        let unknown = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
        let error = repo.create_status(&unknown, &NewStatus::success()).await.unwrap_err();
        assert_eq!(error.status().map(|it| it.as_u16()), Some(422));
    }

    /// What an App does with its own key, and with the tokens that it gets by it.
    async fn app(&self, repository: &FakeRepository) {
        let app = self.github.app();
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let key = AppKey::from_pem(app.client_id(), key.serialize_pem()).unwrap();
        let client = (self.connect)(key.into());

        let hook = app.set_hook(hookstead_testkit::FakeHook::new(&self.github.api_url()));
        let id = app.install("octo-org");
        let installation = client.repo(&repository.name()).installation().await.unwrap();
        assert_eq!(installation.id, id);
        let some = NewInstallationToken::new()
            .repositories([repository.name().name()])
            .permission("statuses", "write");
        for wish in [NewInstallationToken::new(), some] {
            client.create_installation_token(id, &wish).await.unwrap();
        }
        deliveries(&self.github, hook, &client.app_hook_deliveries()).await;
        let repo = client.for_installation(id).repo(&repository.name());
        check_runs(repository, &repo).await;
        fake_checks::play_app(repository, &repo).await;
    }
}

async fn statuses(repository: &FakeRepository, repo: &Repo) {
    let sha = repository.push("feature/a");
    assert!(repo.combined_status(&sha).await.unwrap().statuses.is_empty());
    assert!(repo.statuses(&sha).await.unwrap().items.is_empty());
    for state in ["error", "failure", "pending", "success"] {
        let new = NewStatus::new(StatusState::from(state)).context(format!("ci/{state}"));
        let new = new.description("Contract").target_url("https://ci.example.com/1");
        repo.create_status(&sha, &new).await.unwrap();
    }
    repo.create_status(&sha, &NewStatus::success()).await.unwrap();
    assert_eq!(repo.statuses("feature/a").await.unwrap().items.len(), 5);
    assert_eq!(repo.combined_status("heads/feature/a").await.unwrap().statuses.len(), 5);
}

async fn deployments(repository: &FakeRepository, repo: &Repo) {
    let free = |git_ref: &str| {
        NewDeployment::new(git_ref).auto_merge(false).required_contexts(RequiredContexts::None)
    };
    let full = free("main")
        .task("deploy:migrations")
        .environment("staging")
        .description("Contract")
        .payload(json!({"deep": [{"er": true}]}))
        .transient_environment(true)
        .production_environment(false);
    let mut made = Vec::new();
    for new in [free("main"), full, free("feature/a").payload("a text")] {
        match repo.create_deployment(&new).await.unwrap() {
            DeploymentOutcome::Created(deployment) => made.push(deployment),
            other => panic!("{other:?}"),
        }
    }
    repository.push("behind");
    repository.push("main");
    let behind = free("behind").auto_merge(true);
    let behind = repo.create_deployment(&behind).await.unwrap();
    assert!(matches!(behind, DeploymentOutcome::AutoMerged { .. }), "{behind:?}");
    let red =
        free("feature/a").required_contexts(RequiredContexts::only(["ci/failure", "ci/none"]));
    let red = repo.create_deployment(&red).await.unwrap();
    assert!(matches!(red, DeploymentOutcome::Refused(_)), "{red:?}");

    let id = made[0].id;
    repo.deployment(id).await.unwrap();
    let staging = DeploymentFilter::new().environment("staging");
    assert_eq!(repo.deployments(&staging).await.unwrap().items.len(), 1);
    let states = ["error", "failure", "in_progress", "queued", "pending", "success", "inactive"];
    for state in states {
        let new = NewDeploymentStatus::new(DeploymentState::from(state));
        repo.create_deployment_status(id, &new).await.unwrap();
    }
    let full = NewDeploymentStatus::failure()
        .description("Contract")
        .log_url("https://ci.example.com/1")
        .environment_url("https://staging.example.com")
        .environment("staging")
        .auto_inactive(false);
    let status = repo.create_deployment_status(id, &full).await.unwrap();
    repo.deployment_status(id, status.id).await.unwrap();
    assert_eq!(repo.deployment_statuses(id).await.unwrap().items.len(), 8);
    repo.delete_deployment(id).await.unwrap();
}

async fn pull_requests(repository: &FakeRepository, repo: &Repo) {
    let full = FakePullRequest::new("Add a flag")
        .head("labelled")
        .body("It **waves**")
        .label("ready")
        .assignee("hubot")
        .reviewer("monalisa");
    let fork = FakePullRequest::new("From a fork").head("theirs").from_fork("stranger");
    let squash = FakePullRequest::new("In one").head("squash");
    let rebase = FakePullRequest::new("In line").head("rebase");
    for (new, method) in [(full, "merge"), (fork, "merge"), (squash, "squash"), (rebase, "rebase")]
    {
        let number = repository.open_pull_request(new);
        let pull_request = repo.pull_request(number).await.unwrap();
        repo.pull_requests_of(&pull_request.head.sha).await.unwrap();
        let options = MergeOptions::new().method(MergeMethod::from(method));
        let head = pull_request.head.sha;
        let merged = repo.merge_pull_request(number, &head, &options).await.unwrap();
        assert!(matches!(merged, MergeOutcome::Merged { .. }), "{merged:?}");
        assert!(repo.pull_request(number).await.unwrap().is_merged());
        repo.pull_requests_of(&head).await.unwrap();
    }
    let number = repository.open_pull_request(FakePullRequest::new("Draft").head("draft").draft());
    let head = repository.head("draft");
    let merge =
        async || repo.merge_pull_request(number, &head, &MergeOptions::new()).await.unwrap();
    assert!(matches!(merge().await, MergeOutcome::NotMergeable { .. }));
    repository.delete_fork_of(2);
    repo.pull_request(2).await.unwrap();
    let number = repository.open_pull_request(FakePullRequest::new("Moved").head("moved"));
    let old = repository.head("moved");
    repository.push("moved");
    let moved = repo.merge_pull_request(number, &old, &MergeOptions::new()).await.unwrap();
    assert!(matches!(moved, MergeOutcome::HeadMoved { .. }), "{moved:?}");
}

async fn branches(repository: &FakeRepository, repo: &Repo) {
    repository.push("topic/b");
    let merge = async || repo.merge_branch("main", "topic/b", Some("Merge it")).await.unwrap();
    assert!(matches!(merge().await, BranchMergeOutcome::Merged { .. }));
    assert!(matches!(merge().await, BranchMergeOutcome::NothingToMerge));
    repository.push("topic/b");
    repository.make_conflicting("topic/b");
    assert!(matches!(merge().await, BranchMergeOutcome::Conflict { .. }));
}

async fn later_merges(repository: &FakeRepository, repo: &Repo) {
    let open = |head: &str| {
        let number = repository.open_pull_request(FakePullRequest::new("Later").head(head));
        (number, repository.head(head))
    };
    let request = async |(number, head): &(u64, Sha), action| {
        repo.request_merge(*number, head, &action, &MergeOptions::new()).await.unwrap()
    };
    let accepted = async |it: &(u64, Sha), action| match request(it, action).await {
        MergeRequestOutcome::Accepted(merge) => merge,
        other => panic!("{other:?}"),
    };
    let state =
        async |it: &(u64, Sha), uuid: &str| repo.merge_request(it.0, uuid).await.unwrap().state;

    let later = open("later");
    let uuid = accepted(&later, MergeAction::Default).await.uuid.unwrap();
    // A second wish is told the name of the first.
    assert_eq!(accepted(&later, MergeAction::DirectMerge).await.uuid.as_ref(), Some(&uuid));
    assert_eq!(state(&later, &uuid).await, MergeRequestState::Pending);
    repository.carry_out_merges();
    assert_eq!(state(&later, &uuid).await, MergeRequestState::Merged);
    assert_eq!(accepted(&later, MergeAction::Default).await.state, MergeRequestState::Merged);

    repository.push("queue");
    repository.protect("queue", FakeProtection::new().check("ci").merge_queue());
    let new = FakePullRequest::new("Queued").head("queued").base("queue");
    let queued = (repository.open_pull_request(new), repository.head("queued"));
    let blocked = repo.merge_pull_request(queued.0, &queued.1, &MergeOptions::new()).await.unwrap();
    assert!(matches!(blocked, MergeOutcome::Blocked { .. }), "{blocked:?}");
    repo.create_status(&queued.1, &NewStatus::success().context("ci")).await.unwrap();
    let uuid = accepted(&queued, MergeAction::MergeQueue).await.uuid.unwrap();
    repository.carry_out_merges();
    assert_eq!(state(&queued, &uuid).await, MergeRequestState::Enqueued);
    accepted(&queued, MergeAction::MergeQueue).await;
    let group = repository.merge_queue("queue")[0].head_sha.clone();
    repo.create_status(&group, &NewStatus::success().context("ci")).await.unwrap();
    assert_eq!(state(&queued, &uuid).await, MergeRequestState::Merged);

    let moved = open("moved-on");
    let uuid = accepted(&moved, MergeAction::Default).await.uuid.unwrap();
    repository.push("moved-on");
    repository.carry_out_merges();
    assert_eq!(state(&moved, &uuid).await, MergeRequestState::Failed);

    let closed = open("closed");
    repository.close_pull_request(closed.0);
    let closed = request(&closed, MergeAction::Default).await;
    assert!(matches!(closed, MergeRequestOutcome::NotMergeable { .. }), "{closed:?}");
}

async fn check_runs(repository: &FakeRepository, repo: &Repo) {
    let sha = repository.head("main");
    let run = repo.create_check_run(&sha, "contract", &NewCheckRun::queued()).await.unwrap();
    let output = CheckOutput::new("Contract", "All of it")
        .text("In **detail**")
        .annotation(CheckAnnotation::warning("src/lib.rs", (3, 3), "Well").title("Note"));
    let full = NewCheckRun::completed(CheckConclusion::Failure)
        .started_at("2026-11-20T08:30:00Z".into())
        .completed_at("2026-11-20T08:31:00Z".into())
        .details_url("https://ci.example.com/1")
        .external_id("42")
        .output(output);
    for change in [NewCheckRun::in_progress(), full.clone()] {
        repo.update_check_run(run.id, &change).await.unwrap();
        repo.check_run(run.id).await.unwrap();
    }
    repo.create_check_run(&sha, "another", &full).await.unwrap();
}

async fn hooks(github: &FakeGitHub, hooks: &Hooks) {
    // The fake refuses what is sent there, which is an answer like others.
    let url = github.api_url();
    let full = NewHook::new(format!("{url}/other"))
        .secret("It's a Secret to Everybody")
        .content_type(HookContentType::Form)
        .events(["push", "pull_request"])
        .active(true);
    let gone = hooks.create(&full).await.unwrap();
    let hook = hooks.create(&NewHook::new(url)).await.unwrap();
    assert_eq!(hooks.list().await.unwrap().items.len(), 2);
    hooks.update(hook.id, &HookUpdate::new().events(["status"]).active(true)).await.unwrap();
    let config = HookConfigUpdate::new().content_type(HookContentType::Form).secret("another");
    hooks.update_config(hook.id, &config).await.unwrap();
    hooks.ping(hook.id).await.unwrap();
    deliveries(github, hook.id, &hooks.deliveries(hook.id)).await;
    hooks.get(hook.id).await.unwrap();
    hooks.delete(gone.id).await.unwrap();
}

async fn deliveries(github: &FakeGitHub, hook: u64, deliveries: &HookDeliveries) {
    github.wait_for_delivery("a delivery", |it| it.hook_id == hook).await;
    let first = deliveries.list().await.unwrap().items[0].id;
    deliveries.get(first).await.unwrap();
    deliveries.redeliver(first).await.unwrap();
    let again = |it: &hookstead_testkit::RecordedDelivery| it.hook_id == hook && it.redelivery;
    let again = github.wait_for_delivery("the redelivery", again).await;
    deliveries.list().await.unwrap();
    deliveries.get(again.id).await.unwrap();
}
