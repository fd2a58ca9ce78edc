//! `hookstead doctor` against a fake GitHub with each thing wrong in turn.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::net::TcpListener;

use hookstead::client::{Client, HookUpdate, Token};
use hookstead::events::AnyEvent;
use hookstead::{Attempt, Router, Server, WebhookSecret, handler_fn};
use hookstead_testkit::{FakeGitHub, FakeHook, FakeRepository, Fault};
use support::Ended;
use support::doctor::finds;
use tempfile::TempDir;

const SECRET: &str = "It's a Secret to Everybody";
const TOKEN: &str = "ghp_hunter2";

/// A GitHub with a repository, and a server that its hook may deliver to.
struct Stage {
    github: FakeGitHub,
    repository: FakeRepository,
    url: String,
    folder: TempDir,
}

impl Stage {
    async fn set() -> Self {
        let github = FakeGitHub::builder().token(TOKEN).start().await;
        let repository = github.create_repository("octocat/hello-world");
        let router = Router::new()
            .program("ci")
            .on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
        let server = Server::new("/event_handler", WebhookSecret::new(SECRET).unwrap(), router);
        // It ends with the test's runtime.
        tokio::spawn(server.serve_until(listener, std::future::pending()));
        Self { github, repository, url, folder: tempfile::tempdir().unwrap() }
    }

    /// As it should be.
    async fn good() -> Self {
        let stage = Self::set().await;
        stage.repository.create_hook(stage.hook());
        stage
    }

    fn hook(&self) -> FakeHook {
        FakeHook::new(&self.url).secret(SECRET).json().events(["push", "pull_request"])
    }

    async fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let arguments = [&["doctor", "octocat/hello-world"], arguments].concat();
        let ended = support::run(&arguments, self.folder.path(), environment).await;
        for secret in [SECRET, TOKEN] {
            assert!(!ended.stdout.contains(secret) && !ended.stderr.contains(secret), "{ended:?}");
        }
        ended
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        let api = self.github.api_url();
        let environment = [
            ("MY_PERSONAL_TOKEN", TOKEN),
            ("WEBHOOK_SECRET", SECRET),
            ("GITHUB_API_URL", api.as_str()),
        ];
        self.run_with(arguments, &environment).await
    }

    /// Looks for everything, and finds this of this check and nothing else.
    async fn finds(&self, result: &str, check: &str, text: &str, advice: &str) {
        let arguments =
            ["--events", "push,pull_request", "--permissions", "statuses,deployments", "--url"];
        let ended = self.run(&[&arguments[..], &[self.url.as_str(), "--json"]].concat()).await;
        finds(&ended, result, check, text, advice);
    }
}

#[tokio::test]
async fn nothing_is_wrong() {
    let stage = Stage::good().await;
    let sha = stage.repository.push("main");
    stage
        .github
        .wait_until("the push to arrive", || (stage.github.pending_deliveries() == 0).then_some(()))
        .await;
    let ended = stage.run(&["--events", "push", "--permissions", "statuses,deployments"]).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "", "{ended:?}");
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert!(
        lines.iter().all(|it| it.starts_with("ok     ") || it.starts_with("   ")),
        "{lines:#?}"
    );
    assert!(lines.iter().all(|it| it.chars().count() <= 80), "{lines:#?}");
    for text in ["The token may set commit statuses.", "The server took a ping", "was taken"] {
        assert!(ended.stdout.contains(text), "{text:?} is not in {}", ended.stdout);
    }
    // It has left nothing behind.
    assert!(stage.repository.statuses(&sha).is_empty());
    assert!(stage.repository.deployments().is_empty());
}

#[tokio::test]
async fn settings() {
    let stage = Stage::good().await;
    let api = stage.github.api_url();
    let url = ("GITHUB_API_URL", api.as_str());
    let secret = ("WEBHOOK_SECRET", SECRET);
    let token = ("MY_PERSONAL_TOKEN", TOKEN);
    let file = stage.folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let file = ("MY_PERSONAL_TOKEN_FILE", file.to_str().unwrap());
    for (environment, result, check, text) in [
        (&[url, secret][..], "wrong", "token", "MY_PERSONAL_TOKEN is not set"),
        (&[url, secret, ("MY_PERSONAL_TOKEN", "a b")], "wrong", "token", "white space"),
        (&[url, secret, token, file], "wrong", "token", "are both set"),
        (
            &[("GITHUB_API_URL", "api.github.com"), secret, token],
            "wrong",
            "base URL",
            "GITHUB_API_URL",
        ),
        (&[url, token, ("WEBHOOK_SECRET", "a\n")], "wrong", "secret", "ends with a line break"),
        (&[url, token], "doubtful", "secret", "WEBHOOK_SECRET is not set here"),
        (
            &[("GITHUB_API_URL", "http://127.0.0.1:1"), secret, token],
            "wrong",
            "base URL",
            "cannot connect",
        ),
    ] {
        let ended = stage.run_with(&["--json"], environment).await;
        finds(&ended, result, check, text, "");
    }
    let ended = stage.run_with(&[], &[url, secret, file]).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

#[tokio::test]
async fn the_token_and_the_base_url() {
    let stage = Stage::good().await;
    stage.github.inject(Fault::expired_token());
    stage.finds("wrong", "token", "401", "Make a new token").await;
    stage.github.clear_faults();
    stage.github.inject(Fault::sign_in_page());
    stage.finds("wrong", "base URL", "", "/api/v3").await;
    stage.github.clear_faults();
    stage.github.inject(Fault::rate_limit(std::time::Duration::from_secs(3600)));
    stage.finds("doubtful", "base URL", "rate limited", "limit").await;
}

#[tokio::test]
async fn a_repository_that_is_not_seen() {
    let stage = Stage::good().await;
    stage.github.inject(Fault::status(404).times(9));
    stage.finds("wrong", "repository", "404", "spelling").await;
}

#[tokio::test]
async fn permissions() {
    let stage = Stage::good().await;
    for (path, text) in [
        ("/statuses/", "may not set commit statuses"),
        ("/deployments", "may not create deployments"),
    ] {
        stage.github.inject(Fault::forbidden().on(http_post(), path));
        stage.finds("wrong", "permissions", text, "read and write").await;
        stage.github.clear_faults();
        stage.github.inject(Fault::status(404).on(http_post(), path));
        stage.finds("wrong", "permissions", text, "read and write").await;
        stage.github.clear_faults();
    }
    stage.github.inject(Fault::forbidden().on(hookstead::client::Method::GET, "/hooks"));
    stage.finds("wrong", "hook", "403", "Webhooks: read and write").await;
    stage.github.clear_faults();
    stage.github.inject(Fault::forbidden().on(http_post(), "/pings"));
    stage.finds("wrong", "ping", "403", "Webhooks: read and write").await;
}

fn http_post() -> hookstead::client::Method {
    hookstead::client::Method::POST
}

#[tokio::test]
async fn a_hook_that_is_not_there() {
    let stage = Stage::set().await;
    stage
        .finds("wrong", "hook", "No hook of octocat/hello-world delivers to http", "Make one")
        .await;
    let ended = stage.run(&["--json"]).await;
    finds(&ended, "wrong", "hook", "octocat/hello-world has no hook.", "Make one");

    stage.repository.create_hook(FakeHook::new("http://u:hunter2@127.0.0.1:1/x?key=hunter2"));
    stage.finds("wrong", "hook", "No hook", "http://127.0.0.1:1/x?...").await;
    stage.repository.create_hook(FakeHook::new("http://127.0.0.1:2/y"));
    let ended = stage.run(&["--json"]).await;
    finds(&ended, "wrong", "hook", "has 2 hooks: http://127.0.0.1", "--url");
    assert!(!ended.stdout.contains("hunter2"), "{ended:?}");
}

#[tokio::test]
async fn an_inactive_hook() {
    let stage = Stage::set().await;
    let id = stage.repository.create_hook(stage.hook());
    let token = Token::new(TOKEN).unwrap();
    let github = Client::builder(token).base_url(stage.github.api_url()).build().unwrap();
    let hooks = github.repo(&stage.repository.name()).hooks();
    hooks.update(id, &HookUpdate::new().active(false)).await.unwrap();
    stage.finds("wrong", "hook", "The hook is not active.", "Active").await;
}

#[tokio::test]
async fn a_hook_without_a_secret() {
    let stage = Stage::set().await;
    let hook = FakeHook::new(&stage.url).json().events(["*"]);
    stage.repository.create_hook(hook);
    let ended = stage.run(&["--json"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stdout.contains("The hook has no secret"), "{ended:?}");
    assert!(ended.stdout.contains("it answered 401"), "{ended:?}");
    assert_eq!(ended.stderr, "2 things are wrong.\n");
}

#[tokio::test]
async fn another_secret() {
    let stage = Stage::set().await;
    stage.repository.create_hook(stage.hook().secret("another"));
    stage.finds("wrong", "ping", "it answered 401", "another secret than the hook").await;
}

#[tokio::test]
async fn another_path_and_nobody_there() {
    let mut stage = Stage::set().await;
    stage.url = stage.url.replace("event_handler", "elsewhere");
    stage.repository.create_hook(stage.hook());
    stage.finds("wrong", "ping", "it answered 404", "another path").await;

    let mut stage = Stage::set().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.url = format!("http://{free}/event_handler");
    stage.repository.create_hook(stage.hook());
    stage.finds("wrong", "ping", "no answer", "Is the server running").await;
}

#[tokio::test]
async fn events() {
    let stage = Stage::good().await;
    let ended = stage.run(&["--json", "--events", "push,deployment"]).await;
    finds(&ended, "wrong", "events", "does not deliver deployment, only p", "individual events");
    let ended = stage.run(&["--json", "--events", "pul_request"]).await;
    finds(&ended, "wrong", "events", "GitHub has no event pul_request.", "spelling");
}

#[tokio::test]
async fn deliveries_that_did_not_arrive() {
    let stage = Stage::set().await;
    let hook = stage.hook();
    let id = stage.repository.create_hook(hook.secret("another"));
    stage.repository.push("main");
    stage.github.wait_for_delivery("the push", |it| it.event == "push").await;
    // Now the secret is right, and nobody has delivered again what was refused.
    let token = Token::new(TOKEN).unwrap();
    let github = Client::builder(token).base_url(stage.github.api_url()).build().unwrap();
    let hooks = github.repo(&stage.repository.name()).hooks();
    let update = hookstead::client::HookConfigUpdate::new().secret(SECRET);
    hooks.update_config(id, &update).await.unwrap();
    let lost = "Of the last 1 deliveries 1 did not arrive: 1 x it answered 401.";
    stage.finds("wrong", "deliveries", lost, "Redeliver").await;

    stage.repository.push("main");
    stage.github.wait_for_delivery("the push", |it| it.event == "push" && it.is_ok()).await;
    stage.finds("doubtful", "deliveries", "Of the last 2 deliveries 1", "What came later").await;
}
