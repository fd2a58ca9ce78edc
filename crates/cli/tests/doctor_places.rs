//! `hookstead doctor` for the hook of an organization and for that of an App, with each thing wrong in turn.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;

use hookstead::client::{Client, HookUpdate, Method, Token};
use hookstead::events::AnyEvent;
use hookstead::{Attempt, Router, Server, WebhookSecret, handler_fn};
use hookstead_testkit::{FakeGitHub, FakeHook, FakeRepository, Fault, RouteAnswer};
use serde_json::json;
use support::Ended;
use support::doctor::finds;
use tempfile::TempDir;

const SECRET: &str = "It's a Secret to Everybody";
const TOKEN: &str = "ghp_hunter2";

/// An organization with a repository, an App, and a server that their hooks may deliver to.
struct Stage {
    github: FakeGitHub,
    repository: FakeRepository,
    url: String,
    folder: TempDir,
    key: PathBuf,
}

impl Stage {
    async fn set() -> Self {
        let github = FakeGitHub::builder().token(TOKEN).start().await;
        let repository = github.create_organization("octo-org").create_repository("hello-world");
        let router = Router::new()
            .program("ci")
            .on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| Ok(())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
        let server = Server::new("/event_handler", WebhookSecret::new(SECRET).unwrap(), router);
        // It ends with the test's runtime.
        tokio::spawn(server.serve_until(listener, std::future::pending()));
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("app.pem");
        let pem = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem();
        std::fs::write(&key, pem).unwrap();
        Self { github, repository, url, folder, key }
    }

    fn hook(&self) -> FakeHook {
        FakeHook::new(&self.url).secret(SECRET).json().events(["push", "pull_request"])
    }

    async fn run_with(&self, arguments: &[&str], changes: &[(&str, &str)]) -> Ended {
        let api = self.github.api_url();
        let mut environment = vec![
            ("MY_PERSONAL_TOKEN", TOKEN),
            ("WEBHOOK_SECRET", SECRET),
            ("GITHUB_API_URL", api.as_str()),
            ("GITHUB_APP_CLIENT_ID", self.github.app().client_id()),
            ("GITHUB_APP_PRIVATE_KEY_FILE", self.key.to_str().unwrap()),
        ];
        environment.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        environment.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        let arguments = [&["doctor"], arguments].concat();
        let ended = support::run(&arguments, self.folder.path(), &environment).await;
        for secret in [SECRET, TOKEN, "PRIVATE KEY"] {
            assert!(!ended.stdout.contains(secret) && !ended.stderr.contains(secret), "{ended:?}");
        }
        ended
    }

    /// Looks at the organization's hook, and finds this of this check and nothing else.
    async fn finds(&self, result: &str, check: &str, text: &str, advice: &str) {
        let arguments = ["octo-org", "--events", "push,pull_request", "--url", &self.url, "--json"];
        finds(&self.run_with(&arguments, &[]).await, result, check, text, advice);
    }

    /// The same of the App's.
    async fn app_finds(&self, result: &str, check: &str, text: &str, advice: &str) {
        let arguments =
            ["octo-org/hello-world", "--app", "--events", "push,pull_request", "--url", &self.url];
        let arguments = [&arguments[..], &["--json"]].concat();
        finds(&self.run_with(&arguments, &[]).await, result, check, text, advice);
    }

    /// Has the App's hook be right and have delivered something.
    async fn set_app(&self) {
        self.github.app().set_hook(self.hook());
        self.github.app().install("octo-org");
        self.push().await;
    }

    async fn push(&self) {
        let sha = self.repository.push("main");
        let is_it = |it: &hookstead_testkit::RecordedDelivery| {
            it.event == "push" && it.payload["after"] == sha.as_str()
        };
        self.github.wait_for_delivery("the push", is_it).await;
    }
}

#[tokio::test]
async fn nothing_is_wrong_with_an_organization_s_hook() {
    let stage = Stage::set().await;
    stage.github.organization("octo-org").create_hook(stage.hook());
    let ended = stage.run_with(&["octo-org", "--events", "push"], &[]).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    for text in ["The token sees the hooks of octo-org.", "The server took a ping"] {
        assert!(ended.stdout.contains(text), "{text:?} is not in {}", ended.stdout);
    }
}

#[tokio::test]
async fn an_organization_that_is_not_seen() {
    let stage = Stage::set().await;
    for fault in [Fault::status(404), Fault::forbidden()] {
        stage.github.inject(fault.times(9));
        stage.finds("wrong", "organization", "", "admin:org_hook").await;
        stage.github.clear_faults();
    }
    stage.github.inject(Fault::expired_token());
    stage.finds("wrong", "token", "401", "Make a new token").await;
    let ended = stage.run_with(&["octo org"], &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    let ended = stage.run_with(&[], &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}

#[tokio::test]
async fn what_is_wrong_with_an_organization_s_hook() {
    let stage = Stage::set().await;
    let organization = stage.github.organization("octo-org");
    stage
        .finds("wrong", "hook", "No hook of octo-org delivers", "the organization's settings")
        .await;
    let id = organization.create_hook(stage.hook().secret("another"));
    stage.finds("wrong", "ping", "it answered 401", "another secret").await;
    let token = Token::new(TOKEN).unwrap();
    let github = Client::builder(token).base_url(stage.github.api_url()).build().unwrap();
    let hooks = github.organization_hooks("octo-org");
    hooks.update(id, &HookUpdate::new().active(false)).await.unwrap();
    stage.finds("wrong", "hook", "not active", "the organization's settings").await;
    hooks.delete(id).await.unwrap();

    let id = organization.create_hook(FakeHook::new(&stage.url).secret(SECRET).json());
    stage.finds("wrong", "events", "does not deliver pull_request, only push", "individual").await;
    hooks.delete(id).await.unwrap();
    organization.create_hook(stage.hook());
    stage.github.inject(Fault::forbidden().on(Method::POST, "/pings"));
    stage.finds("wrong", "ping", "403", "admin:org_hook").await;
}

#[tokio::test]
async fn nothing_is_wrong_with_an_app_s_hook() {
    let stage = Stage::set().await;
    stage.set_app().await;
    for arguments in [&["--app"][..], &["octo-org", "--app"], &["octo-org/hello-world", "--app"]] {
        let ended = stage.run_with(arguments, &[("MY_PERSONAL_TOKEN", "")]).await;
        assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        assert!(ended.stdout.contains("as that of the App octo-checks"), "{}", ended.stdout);
        assert!(ended.stdout.contains("taken."), "{}", ended.stdout);
        let is_installed = ended.stdout.contains("The App is installed in octo-org");
        assert_eq!(is_installed, arguments.len() > 1, "{}", ended.stdout);
    }
}

#[tokio::test]
async fn an_app_that_github_does_not_know() {
    let stage = Stage::set().await;
    stage.set_app().await;
    let run = async |changes: &[(&str, &str)]| stage.run_with(&["--app", "--json"], changes).await;
    for (changes, text) in [
        ([("GITHUB_APP_CLIENT_ID", "")], "The setting GITHUB_APP_CLIENT_ID"),
        ([("GITHUB_APP_CLIENT_ID", " ")], "The setting GITHUB_APP_CLIENT_ID"),
        ([("GITHUB_APP_PRIVATE_KEY_FILE", "")], "GITHUB_APP_PRIVATE_KEY"),
        ([("GITHUB_APP_PRIVATE_KEY_FILE", "/nowhere")], "cannot be read"),
        ([("GITHUB_APP_CLIENT_ID", "Iv1.0000000000000000")], "404"),
    ] {
        finds(&run(&changes).await, "wrong", "app key", text, "");
    }
    stage.github.inject(Fault::status(401).times(9));
    finds(&run(&[]).await, "wrong", "app key", "401", "clock");
    stage.github.clear_faults();
    stage.github.inject(Fault::sign_in_page());
    finds(&run(&[]).await, "wrong", "base URL", "", "/api/v3");
    let nowhere = [("GITHUB_API_URL", "http://127.0.0.1:1")];
    finds(&run(&nowhere).await, "wrong", "base URL", "cannot connect", "");
}

#[tokio::test]
async fn an_app_that_is_not_let_in() {
    let stage = Stage::set().await;
    stage.set_app().await;
    let other = stage.github.create_repository("octocat/elsewhere");
    let ended = stage.run_with(&["octocat/elsewhere", "--app", "--json"], &[]).await;
    finds(&ended, "wrong", "installation", "not installed in octocat/elsewhere", "Install it");
    drop(other);
    let path = "/repos/{owner}/{repo}/installation";
    let may = |statuses: &'static str, suspended: bool| {
        stage.github.on(Method::GET, path, move |_| {
            let at = suspended.then_some("2026-11-20T08:30:00Z");
            let permissions = json!({ "metadata": "read", "statuses": statuses });
            RouteAnswer::json(200, json!({"id": 7, "permissions": permissions, "suspended_at": at}))
        });
    };
    may("read", false);
    stage.app_finds("wrong", "permissions", "may not set commit statuses", "has to accept").await;
    may("write", true);
    stage.app_finds("wrong", "installation", "is suspended", "button").await;
}

#[tokio::test]
async fn what_is_wrong_with_an_app_s_hook() {
    let stage = Stage::set().await;
    stage.github.app().install("octo-org");
    stage.app_finds("wrong", "hook", "The App has no hook.", "Webhook").await;

    stage.github.app().set_hook(stage.hook());
    stage.app_finds("doubtful", "deliveries", "nobody knows", "no ping for Apps").await;
    stage.push().await;
    let hook = FakeHook::new("http://u:hunter2@127.0.0.1:1/x?key=hunter2").json().secret(SECRET);
    stage.github.app().set_hook(hook.events(["push", "pull_request"]));
    let ended = stage.run_with(&["--app", "--url", &stage.url, "--json"], &[]).await;
    assert!(ended.stdout.contains("delivers to http://127.0.0.1:1/x?..., not to"), "{ended:?}");
    assert!(!ended.stdout.contains("hunter2"), "{ended:?}");

    stage.github.app().set_hook(FakeHook::new(&stage.url).json().secret(SECRET));
    stage.push().await;
    stage.app_finds("wrong", "events", "does not deliver pull_request, only push", "events").await;

    stage.github.app().set_hook(stage.hook().secret("another"));
    stage.push().await;
    stage.app_finds("wrong", "deliveries", "it answered 401", "another secret").await;

    let unsigned = FakeHook::new(&stage.url).json().events(["*"]);
    stage.github.app().set_hook(unsigned);
    let ended = stage.run_with(&["--app", "--json"], &[]).await;
    assert!(ended.stdout.contains("The hook has no secret"), "{ended:?}");
}

/// What is said does not speak of what is never come to.
#[tokio::test]
async fn nothing_is_said_of_a_ping_that_is_not_sent() {
    let stage = Stage::set().await;
    let unset = [("WEBHOOK_SECRET", "")];
    for arguments in [&["octo-org"][..], &["octo-org/hello-world"], &["--app"]] {
        let ended = stage.run_with(arguments, &unset).await;
        assert!(ended.stdout.contains("WEBHOOK_SECRET is not set here."), "{ended:?}");
        assert!(!ended.stdout.contains("ping"), "{}", ended.stdout);
    }
}
