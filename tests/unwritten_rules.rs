//! GitHub's rules that no page of its documentation states: the client keeps them, and the fake, which
//! knows them by itself, is content.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::sync::LazyLock;
use std::time::Duration;

use hookstead::client::{
    AppKey, CheckAnnotation, CheckConclusion, CheckOutput, Client, ClientBuilder,
    DeploymentOutcome, HookUpdate, MergeOptions, MergeOutcome, Method, NewCheckRun, NewDeployment,
    NewDeploymentStatus, NewStatus, RateLimitPolicy, RequiredContexts, Token,
};
use hookstead::events::{Sha, StatusState};
use hookstead::report::{Reporters, Verdict};
use hookstead::{HandlerError, events::PushEvent};
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, FakeRepository, Fault, samples};

static KEY: LazyLock<String> = LazyLock::new(|| {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem()
});

/// Longer than GitHub takes, by whatever it counts, of every width.
const LONG: [&str; 4] = ["x", "ü", "☃", "🐛"];

struct Stage {
    github: FakeGitHub,
    repository: FakeRepository,
    head: Sha,
}

impl Stage {
    async fn set() -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        let head = repository.head("main");
        Self { github, repository, head }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(Token::new("any").unwrap())
            .base_url(self.github.api_url())
            .rate_limits(RateLimitPolicy::new().write_interval(Duration::ZERO))
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

#[tokio::test]
async fn no_words_and_no_link_cost_a_status() {
    let stage = Stage::set().await;
    let repo = stage.client().repo(&stage.repository.name());
    for words in LONG {
        let context = format!("ci/{}", words.repeat(300));
        let status = NewStatus::success()
            .context(context.as_str())
            .description(words.repeat(200))
            .target_url("ci.example.com/17");
        repo.create_status(&stage.head, &status).await.unwrap();
        // A deployment waits for what the status is called.
        let new = NewDeployment::new(&stage.head)
            .description(words.repeat(200))
            .required_contexts(RequiredContexts::only([context]));
        let outcome = repo.create_deployment(&new).await.unwrap();
        let DeploymentOutcome::Created(deployment) = outcome else { panic!("{outcome:?}") };
        let status = NewDeploymentStatus::failure()
            .description(words.repeat(200))
            .log_url("/var/log/17")
            .environment_url("www.example.com");
        repo.create_deployment_status(deployment.id, &status).await.unwrap();
    }
    let statuses = stage.repository.statuses(&stage.head);
    let mut contexts: Vec<_> = statuses.into_iter().map(|it| it.context).collect();
    contexts.sort();
    contexts.dedup();
    assert_eq!(contexts.len(), LONG.len());
}

#[tokio::test]
async fn no_words_and_no_link_cost_a_check_run() {
    let stage = Stage::set().await;
    let app = stage.github.app();
    let installation = app.install("octocat");
    let key = AppKey::from_pem(app.client_id(), KEY.as_str()).unwrap();
    let client = Client::builder(key)
        .base_url(stage.github.api_url())
        .rate_limits(RateLimitPolicy::new().write_interval(Duration::ZERO))
        .build()
        .unwrap()
        .for_installation(installation);
    let repo = client.repo(&stage.repository.name());
    for words in LONG {
        let mut output = CheckOutput::new(words.repeat(300), words.repeat(70_000));
        output = output.text(words.repeat(70_000));
        for _ in 0..120 {
            let remark = CheckAnnotation::failure("src/lib.rs", (1, 1), words.repeat(200));
            output = output.annotation(remark.title(words.repeat(300)));
        }
        let long = CheckAnnotation::failure("src/lib.rs", (1, 1), words.repeat(70_000));
        let run = NewCheckRun::completed(CheckConclusion::Failure)
            .details_url("17")
            .output(output.annotation(long));
        let created = repo.create_check_run(&stage.head, words, &run).await.unwrap();
        let runs = stage.repository.check_runs(&stage.head);
        let found = runs.iter().find(|it| it.id == created.id).unwrap();
        assert_eq!(found.annotations, 121, "{words}");
    }
}

#[tokio::test]
async fn a_reporter_posts_its_verdict_whatever_the_words() {
    let stage = Stage::set().await;
    let repo = stage.client().repo(&stage.repository.name());
    let report = Reporters::new(&repo, &samples::attempt::<PushEvent>());
    let reporter = report.status(&stage.head, "ci/demo").target_url("ci.example.com");
    let verdict = Verdict::failure("2 tests failed 🐛").link("nulljob/17");
    let work = async || Ok::<_, HandlerError>(verdict);
    reporter.description("The build 🚀 is running").run(work).await.unwrap();
    let status =
        stage.repository.wait_for_status(&stage.head, "ci/demo", StatusState::Failure).await;
    assert_eq!(status.description.unwrap(), "2 tests failed \u{FFFD}");
    assert_eq!(status.target_url, None);
}

#[tokio::test]
async fn a_reporter_does_not_take_a_login_page_for_github() {
    for fault in [Fault::sign_in_page, Fault::sign_in_redirect] {
        let stage = Stage::set().await;
        let repo = stage.client().repo(&stage.repository.name());
        stage.github.inject(fault().on(Method::POST, "/statuses/").skip(1));
        let report = Reporters::new(&repo, &samples::attempt::<PushEvent>());
        let work = async || Ok::<_, HandlerError>(Verdict::success("good"));
        let error = report.status(&stage.head, "ci/demo").run(work).await.unwrap_err();
        assert!(
            error.to_string().contains("single sign-on") || error.to_string().contains("HTML"),
            "{error}"
        );
        assert_eq!(stage.repository.statuses(&stage.head).len(), 1);
    }
}

#[tokio::test]
async fn a_base_url_without_the_api_says_so() {
    let github = FakeGitHub::builder().enterprise_server("github.example.com").start().await;
    let repository = github.create_repository("octocat/hello-world");
    let url = github.api_url();
    let client = Client::builder(Token::new("any").unwrap())
        .base_url(url.strip_suffix("/api/v3").unwrap())
        .build()
        .unwrap();
    let error = client.repo(&repository.name()).get().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("the base URL"), "{error}");
}

#[tokio::test]
async fn a_server_that_calls_itself_by_another_name_is_followed() {
    let server = FakeGitHub::builder().enterprise_server("github.example.com");
    let github = server.known_as("https://github.example.com").start().await;
    let repository = github.create_repository("octocat/hello-world");
    let former = repository.name();
    let head = repository.head("main");
    let builder = || {
        Client::builder(Token::new("any").unwrap())
            .base_url(github.api_url())
            .rate_limits(RateLimitPolicy::new().write_interval(Duration::ZERO))
    };
    let client = builder().also_at("https://github.example.com").build().unwrap();
    repository.rename("renamed");
    let repo = client.repo(&former);
    for number in 0..3 {
        let status = NewStatus::success().context(format!("ci/{number}"));
        repo.create_status(&head, &status).await.unwrap();
    }
    let path = format!("/repos/octocat/renamed/commits/{head}/statuses?per_page=1");
    let request = client.request(Method::GET, &path);
    let mut all = client.items(request.send_page::<serde_json::Value>().await.unwrap());
    let mut count = 0;
    while let Some(status) = all.next().await {
        status.unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
    // Without the setting, the token goes nowhere.
    let error = builder().build().unwrap().repo(&former).get().await.unwrap_err();
    assert!(error.to_string().contains("https://github.example.com"), "{error}");
}

#[tokio::test]
async fn single_events_of_an_organization_s_hook_come_and_go() {
    let stage = Stage::set().await;
    let organization = stage.github.create_organization("octo-org");
    let id = organization.create_hook(FakeHook::new("http://127.0.0.1:9/").events(["watch"]));
    let hooks = stage.client().organization_hooks("octo-org");
    let update = HookUpdate::new().add_event("push").remove_event("watch");
    let hook = hooks.update(id, &update).await.unwrap();
    assert_eq!(hook.events, ["push"]);
}

#[tokio::test]
async fn a_merge_that_only_came_at_a_bad_moment_says_again() {
    let stage = Stage::set().await;
    let number = stage.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let head = stage.repository.pull_request(number).head_sha;
    stage.github.inject(Fault::base_modified());
    let repo = stage.client().repo(&stage.repository.name());
    let merge = async || repo.merge_pull_request(number, &head, &MergeOptions::new()).await;
    let outcome = merge().await.unwrap();
    assert!(matches!(outcome, MergeOutcome::Again { .. }), "{outcome:?}");
    let outcome = merge().await.unwrap();
    assert!(matches!(outcome, MergeOutcome::Merged { .. }), "{outcome:?}");
}
