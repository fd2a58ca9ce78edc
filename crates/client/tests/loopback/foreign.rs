//! Somebody else answers in GitHub's place, with a success.

use std::pin::Pin;

use hookstead_client::{
    CheckConclusion, Client, DeploymentFilter, Error, HookConfigUpdate, HookUpdate, MergeAction,
    MergeOptions, NewCheckRun, NewDeployment, NewDeploymentStatus, NewHook, NewInstallationToken,
    NewStatus, Repo, Token,
};
use serde_json::Value;

use crate::support::{Reply, Server, TOKEN, answer, assert_hidden, json, sha};

type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

macro_rules! calls {
    ($(|$repo:ident| $call:expr;)*) => {
        &[$(|$repo: Repo| -> Calling { Box::pin(async move { $call.await.map(drop) }) }),*]
    };
}

/// The calls that change something.
const WRITES: &[fn(Repo) -> Calling] = calls! {
    |repo| repo.create_status(&sha(), &NewStatus::success());
    |repo| repo.create_deployment(&NewDeployment::new("main"));
    |repo| repo.create_deployment_status(7, &NewDeploymentStatus::success());
    |repo| repo.delete_deployment(7);
    |repo| repo.create_check_run(&sha(), "ci", &NewCheckRun::queued());
    |repo| repo.update_check_run(7, &NewCheckRun::completed(CheckConclusion::Success));
    |repo| repo.merge_pull_request(7, &sha(), &MergeOptions::new());
    |repo| repo.request_merge(7, &sha(), &MergeAction::Default, &MergeOptions::new());
    |repo| repo.merge_branch("main", "topic", None);
    |repo| repo.hooks().create(&NewHook::new("https://example.com"));
    |repo| repo.hooks().update(7, &HookUpdate::new().active(true));
    |repo| repo.hooks().update_config(7, &HookConfigUpdate::new().url("https://example.com"));
    |repo| repo.hooks().delete(7);
    |repo| repo.hooks().ping(7);
    |repo| repo.hooks().deliveries(7).redeliver(9);
    |repo| repo.client().create_installation_token(7, &NewInstallationToken::new());
    |repo| repo.client().post::<Value>("/x", &());
    |repo| repo.client().delete::<()>("/x");
};

/// The calls that read.
const READS: &[fn(Repo) -> Calling] = calls! {
    |repo| repo.get();
    |repo| repo.statuses("main");
    |repo| repo.combined_status("main");
    |repo| repo.deployments(&DeploymentFilter::new());
    |repo| repo.pull_request(7);
    |repo| repo.merge_request(7, "5f2b");
    |repo| repo.hooks().list();
    |repo| repo.hooks().deliveries(7).list();
    |repo| repo.client().get::<Value>("/x?token=s3cret");
};

const PAGE: &str = "<!doctype html>\n<title>Sign in to Example Corp</title><p>s3cret</p>";

fn page(status: u16) -> Reply {
    answer(status, &[("content-type", "text/html; charset=utf-8")], PAGE)
}

/// What the call fails with when this is answered.
async fn error(call: fn(Repo) -> Calling, replies: Vec<Reply>) -> (Error, Server) {
    let server = Server::start(replies).await;
    // With all its patience: nothing of this is repeated.
    let client = server.builder().retries(Default::default()).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = call(repo).await.unwrap_err();
    (error, server)
}

fn check(error: &Error, server: &Server, requests: usize) {
    assert!(error.is_not_github(), "{error}");
    assert!(!error.took_effect() && !error.is_rate_limited() && !error.is_not_found(), "{error}");
    assert!(error.status().unwrap().is_success(), "{error}");
    assert_eq!(server.requests().len(), requests, "{error}");
    let text = error.to_string();
    let asked = &server.requests()[0].line;
    let (method, target) = asked.split_once(' ').unwrap();
    let path = target.split('?').next().unwrap();
    assert!(text.contains(&format!("({method} {}{path}", server.url())), "{text}");
    for cause in ["single sign-on page", "proxy", "base URL without /api/v3"] {
        assert!(text.contains(cause), "{text}");
    }
    assert_hidden(error, "s3cret");
}

#[tokio::test]
async fn a_login_page_is_no_success_of_any_call() {
    for call in WRITES.iter().chain(READS) {
        for status in [200, 201, 202] {
            let (error, server) = error(*call, vec![page(status)]).await;
            check(&error, &server, 1);
            assert!(error.to_string().contains("titled `Sign in to Example Corp`"), "{error}");
            assert_eq!(error.response_text(), Some(PAGE));
        }
    }
}

#[tokio::test]
async fn nor_is_anything_else_that_is_not_github_s() {
    let plain = || answer(200, &[("content-type", "text/plain")], "OK");
    let nothing = || answer(200, &[], "");
    let lying = || json(200, PAGE);
    for call in WRITES.iter().chain(READS) {
        for reply in [plain(), nothing(), lying()] {
            let (error, server) = error(*call, vec![reply]).await;
            check(&error, &server, 1);
        }
    }
    // Nor, for a write, a login page for programs.
    for call in WRITES {
        let body = r#"{"error": "login_required", "location": "https://login.example.com/s3cret"}"#;
        let reply = json(200, body);
        let server = Server::start([reply]).await;
        let result = call(server.repo()).await;
        let is_any_json = server.request().line.ends_with(" /x");
        match result {
            Err(error) if !is_any_json => check(&error, &server, 1),
            // Only the caller knows what any endpoint answers.
            result => assert!(is_any_json, "{result:?}"),
        }
    }
}

/// Some take whatever is sent to them, for later.
#[tokio::test]
async fn json_without_the_shape_is_no_success_of_what_creates() {
    for status in [200, 201, 202, 203] {
        for body in ["{}", "[]", "[{\"id\": 1}]", "true", r#"{"ok": true}"#] {
            let (error, server) = error(WRITES[0], vec![json(status, body)]).await;
            check(&error, &server, 1);
        }
    }
}

#[tokio::test]
async fn a_redirect_to_a_login_page_is_no_success() {
    for call in WRITES.iter().chain(READS) {
        let moved = answer(302, &[("location", "/login?return_to=s3cret")], "");
        let (error, server) = error(*call, vec![moved, page(200)]).await;
        check(&error, &server, 2);
        let landed = format!("redirected to {}/login)", server.url());
        assert!(error.to_string().ends_with(&landed), "{error}");
    }
}

#[tokio::test]
async fn github_s_own_answers_are_taken_as_they_come() {
    let vendor = [("content-type", "application/vnd.github.v3+json; charset=utf-8")];
    let marked = [("x-github-request-id", "ABCD:1234")];
    for reply in
        [json(202, "{}"), answer(202, &[], ""), answer(204, &[], ""), answer(200, &marked, "")]
    {
        let server = Server::start([reply]).await;
        server.repo().hooks().deliveries(7).redeliver(9).await.unwrap();
    }
    for reply in [answer(200, &vendor, "[]"), answer(200, &[], "[]"), json(200, "[]")] {
        let server = Server::start([reply]).await;
        assert!(server.repo().statuses("main").await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn a_proxy_s_not_found_does_not_mean_that_a_deleted_thing_is_gone() {
    let lost = Reply::BytesThenClose(Vec::new());
    let not_found = answer(404, &[("content-type", "text/html")], "<h1>Not Found</h1>");
    let server = Server::start([lost, not_found]).await;
    let client = server.builder().retries(Default::default()).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    assert!(repo.delete_deployment(7).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_page_that_shows_the_token_is_redacted() {
    let body = format!("<title>Who is {TOKEN}?</title>");
    let reply = answer(200, &[("content-type", "text/html")], &body);
    let (error, server) = error(WRITES[0], vec![reply]).await;
    // It asserts that the token shows nowhere.
    check(&error, &server, 1);
    assert!(error.to_string().contains("Who is [redacted]?"), "{error}");
}

#[tokio::test]
async fn an_answer_in_disguise_is_not_shown() {
    let whole = r#"{"token": "ghs_s3cret", "expires_at": "2026-01-01T00:00:00Z"}"#;
    for (content_type, body) in
        [("text/plain", whole), ("application/json", r#"{"token": "ghs_s3cret"}"#)]
    {
        let server = Server::start([answer(200, &[("content-type", content_type)], body)]).await;
        let wish = NewInstallationToken::new();
        let error = server.client().create_installation_token(7, &wish).await.unwrap_err();
        check(&error, &server, 1);
        assert_eq!(error.response_text(), None);
    }
}

#[tokio::test]
async fn a_token_that_a_login_page_keeps_from_us_is_told() {
    let server = Server::start([page(200)]).await;
    let asking = server.client();
    let provider = Asking(asking);
    let client = Client::builder(hookstead_client::Credentials::provider(provider))
        .base_url(server.url())
        .build()
        .unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = repo.get().await.unwrap_err();
    assert!(error.is_not_github() && !error.took_effect(), "{error}");
    assert_eq!(server.requests().len(), 1);
}

/// Gets tokens of an installation.
struct Asking(Client);

#[hookstead_client::async_trait]
impl hookstead_client::TokenProvider for Asking {
    async fn token(&self) -> Result<Token, Box<dyn std::error::Error + Send + Sync>> {
        let created = self.0.create_installation_token(5, &NewInstallationToken::new()).await?;
        Ok(created.token)
    }
}
