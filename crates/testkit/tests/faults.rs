//! Faults on demand, as a client sees them over a real connection, and what they leave behind.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use bytes::Bytes;
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, FakeRepository, Fault};
use hookstead_types::StatusState;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1 as client;
use hyper_util::rt::TokioIo;
use serde_json::json;
use support::{Api, Failure, Reply, attempt};
use tokio::net::TcpStream;

const REPOSITORY: &str = "/repos/octocat/hello-world";

struct Setting {
    github: FakeGitHub,
    api: Api,
    repository: FakeRepository,
}

impl Setting {
    async fn new() -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        Self { api: Api::new(github.api_url()), github, repository }
    }

    fn status_request(&self) -> Request<Full<Bytes>> {
        let path = format!("{REPOSITORY}/statuses/{}", self.repository.head("main"));
        let body = json!({ "state": "success", "context": "ci" });
        self.api.request(Method::POST, &path, &body.to_string())
    }

    /// Reports a status, and says how many there are afterwards.
    async fn report(&self) -> (Result<Reply, Failure>, usize) {
        let outcome = attempt(self.status_request()).await;
        (outcome, self.statuses())
    }

    fn statuses(&self) -> usize {
        self.repository.statuses(&self.repository.head("main")).len()
    }

    /// The last request: the status answered, and whether it had its effect.
    fn last(&self) -> (Option<u16>, bool) {
        let last = self.github.requests().pop().unwrap();
        assert!(last.fault.is_some(), "{last}");
        (last.status.map(|it| it.as_u16()), last.effect)
    }
}

#[tokio::test]
async fn errors_come_before_or_after_the_effect() {
    let it = Setting::new().await;
    for (index, status) in [500, 502, 503, 504].into_iter().enumerate() {
        it.github.inject(Fault::status(status));
        let (reply, statuses) = it.report().await;
        assert_eq!(statuses, index, "before the effect");
        let body = reply.unwrap().expect(status);
        assert!(body["message"].is_string() && body["documentation_url"].is_string(), "{body}");
        assert_eq!(body.get("code").is_some(), status == 503);
        assert_eq!(it.last(), (Some(status), false));

        it.github.inject(Fault::status(status).after_effect());
        let (reply, statuses) = it.report().await;
        assert_eq!((reply.unwrap().status, statuses), (status, index + 1), "after the effect");
        assert_eq!(it.last(), (Some(status), true));
    }
    let (reply, _) = it.report().await;
    assert_eq!(reply.unwrap().status, 201, "it is over");
    let last = it.github.requests().pop().unwrap();
    assert!(last.fault.is_none() && last.effect);
}

#[tokio::test]
async fn what_is_refused_has_no_effect_to_hide() {
    let it = Setting::new().await;
    it.github.inject(Fault::status(500).after_effect());
    let path = format!("{REPOSITORY}/statuses/{}", it.repository.head("main"));
    it.api.post(&path, json!({ "state": "nonsense" })).await.expect(500);
    assert_eq!(it.last(), (Some(500), false));
}

#[tokio::test]
async fn an_error_page_is_html() {
    let it = Setting::new().await;
    it.github.inject(Fault::html(502));
    let reply = it.report().await.0.unwrap();
    assert_eq!((reply.status, reply.header("content-type")), (502, "text/html; charset=utf-8"));
    assert!(reply.text.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_connection_is_dropped_before_reading_or_after_the_effect() {
    let it = Setting::new().await;
    it.github.inject(Fault::dropped_connection());
    let (outcome, statuses) = it.report().await;
    assert!(matches!(outcome, Err(Failure::NoAnswer)), "{outcome:?}");
    assert_eq!((statuses, it.last()), (0, (None, false)));
    assert_eq!(it.github.requests()[0].body, None, "nobody read it");

    it.github.inject(Fault::dropped_connection().after_effect());
    let (outcome, statuses) = it.report().await;
    assert!(matches!(outcome, Err(Failure::NoAnswer)), "{outcome:?}");
    assert_eq!((statuses, it.last()), (1, (None, true)));
    assert!(it.github.requests()[1].body.is_some());
    assert_eq!(it.report().await.0.unwrap().status, 201);
}

#[tokio::test]
async fn a_connection_is_dropped_in_the_body() {
    let it = Setting::new().await;
    it.github.inject(Fault::dropped_in_body());
    let (outcome, statuses) = it.report().await;
    let Err(Failure::Cut(part)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(part.status, 201);
    let announced: usize = part.header("content-length").parse().unwrap();
    assert_eq!(part.text.len(), announced / 2);
    assert!(part.text.starts_with('{'));
    assert_eq!((statuses, it.last()), (1, (Some(201), true)));

    let hook = hookstead_testkit::FakeHook::new("http://127.0.0.1:1/").events(["status"]);
    let pings = format!("{REPOSITORY}/hooks/{}/pings", it.repository.create_hook(hook));
    it.github.inject(Fault::dropped_in_body());
    let outcome = attempt(it.api.request(Method::POST, &pings, "")).await;
    assert!(matches!(outcome, Err(Failure::NoAnswer)), "204 has no body: {outcome:?}");
    assert_eq!(it.last(), (None, true));
}

#[tokio::test]
async fn json_is_truncated_in_a_whole_answer() {
    let it = Setting::new().await;
    it.github.inject(Fault::truncated_json());
    let (reply, statuses) = it.report().await;
    let reply = reply.unwrap();
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    assert!(serde_json::from_str::<serde_json::Value>(&reply.text).unwrap_err().is_eof());
    assert_eq!((statuses, it.last()), (1, (Some(201), true)));
}

#[tokio::test]
async fn every_form_of_a_limit() {
    let it = Setting::new().await;
    for status in [403, 429] {
        it.github.inject(Fault::retry_after(30).with_status(status));
        let reply = it.report().await.0.unwrap();
        assert!(!reply.message(status).contains("rate limit"));
        assert_eq!(reply.header("retry-after"), "30");
        assert_ne!(reply.header("x-ratelimit-remaining"), "0");

        let wait = Duration::from_secs(3600);
        let date = |now: hookstead_types::Timestamp| {
            let then = now.instant().unwrap() + wait;
            then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        };
        let earliest = date(it.github.clock().now());
        it.github.inject(Fault::retry_after_date(wait).with_status(status));
        let reply = it.report().await.0.unwrap();
        let latest = date(it.github.clock().now());
        let sent = reply.header("retry-after");
        assert_eq!(reply.status, status);
        assert!(sent == earliest || sent == latest, "{sent}, not {earliest} or {latest}");

        it.github.inject(Fault::rate_limit(wait).with_status(status));
        let now = it.github.clock().now().instant().unwrap().as_second();
        let reply = it.report().await.0.unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("x-ratelimit-remaining"), "0");
        assert_eq!(reply.header("x-ratelimit-used"), reply.header("x-ratelimit-limit"));
        let reset: i64 = reply.header("x-ratelimit-reset").parse().unwrap();
        assert!((now + 3600..now + 3630).contains(&reset), "{reset} is not an hour after {now}");
        assert!(!reply.headers.contains_key("retry-after"));

        it.github.inject(Fault::secondary_limit().with_status(status));
        let reply = it.report().await.0.unwrap();
        assert!(reply.message(status).contains("secondary rate limit"));
        assert!(!reply.headers.contains_key("retry-after"));
        assert_ne!(reply.header("x-ratelimit-remaining"), "0");
    }
    it.github.inject(Fault::forbidden());
    let reply = it.report().await.0.unwrap();
    assert_eq!(reply.message(403), "Resource not accessible by integration");
    assert!(!reply.headers.contains_key("retry-after"));
    assert_ne!(reply.header("x-ratelimit-remaining"), "0");
    assert_eq!(it.statuses(), 0);
}

#[tokio::test]
async fn a_token_is_expired_for_some_calls() {
    let it = Setting::new().await;
    it.github.inject(Fault::expired_token().times(2));
    for _ in 0..2 {
        assert_eq!(it.report().await.0.unwrap().message(401), "Bad credentials");
    }
    assert_eq!(it.report().await.0.unwrap().status, 201);
}

#[tokio::test]
async fn a_renamed_repository_redirects_to_its_number() {
    let it = Setting::new().await;
    let id = it.api.get(REPOSITORY).await.expect(200)["id"].clone();
    it.repository.rename("hello-earth");
    let by_number = format!("{}/repositories/{id}", it.github.api_url());

    let reply = it.api.get(REPOSITORY).await;
    assert_eq!(reply.message(301), "Moved Permanently");
    assert_eq!(reply.header("location"), by_number);
    let found = it.api.get(&by_number).await.expect(200);
    assert_eq!(found["full_name"], "octocat/hello-earth");
    let reply = it.api.get("/repos/OCTOCAT/Hello-World/deployments?ref=a%2Fb&page=1").await;
    assert_eq!(reply.header("location"), format!("{by_number}/deployments?ref=a%2Fb&page=1"));
    assert_eq!(it.api.get(reply.header("location")).await.expect(200), json!([]));

    let reply = it.report().await.0.unwrap();
    assert_eq!(reply.message(307), "Moved Permanently");
    assert_eq!(it.statuses(), 0);
    let location = reply.header("location");
    it.api.post(location, json!({ "state": "success" })).await.expect(201);
    assert_eq!(it.statuses(), 1);
    let request = it.github.requests().pop().unwrap();
    assert!(request.path.starts_with("/repositories/"), "{request}");

    it.api.get("/repos/octocat/hello-earth").await.expect(200);
    it.api.get("/repositories/1").await.expect(404);
    it.github.create_repository("octocat/hello-world");
    assert_ne!(it.api.get(REPOSITORY).await.expect(200)["id"], id, "the name has a new owner");
}

#[tokio::test]
async fn renaming_back_ends_the_redirect() {
    let it = Setting::new().await;
    it.repository.rename("hello-earth");
    it.repository.rename("hello-world");
    it.api.get(REPOSITORY).await.expect(200);
    assert_eq!(it.api.get("/repos/octocat/hello-earth").await.status, 301);
}

#[tokio::test]
async fn other_redirects() {
    let it = Setting::new().await;
    for status in [301, 302, 307, 308] {
        it.github.inject(Fault::moved(status));
        let reply = it.report().await.0.unwrap();
        assert_eq!(reply.status, status);
        let before = it.statuses();
        it.api.post(reply.header("location"), json!({ "state": "success" })).await.expect(201);
        assert_eq!(it.statuses(), before + 1, "{status}");

        let foreign = "http://foreign.example.com/repos/octocat/hello-world";
        it.github.inject(Fault::redirect(status, foreign));
        let reply = it.api.get(REPOSITORY).await;
        assert_eq!((reply.status, reply.header("location")), (status, foreign));
    }
}

#[tokio::test]
async fn an_answer_is_late() {
    let it = Setting::new().await;
    let latency = Duration::from_millis(60);
    for fault in [Fault::latency(latency), Fault::latency(latency).after_effect()] {
        it.github.inject(fault);
        let begun = Instant::now();
        assert_eq!(it.report().await.0.unwrap().status, 201);
        assert!(begun.elapsed() >= latency);
    }
    it.github.inject(Fault::status(502).delayed_by(latency));
    let begun = Instant::now();
    assert_eq!(it.report().await.0.unwrap().status, 502);
    assert!(begun.elapsed() >= latency);
    assert_eq!(it.statuses(), 2);
}

#[tokio::test]
async fn the_effect_comes_even_if_nobody_waits_for_the_answer() {
    let it = Setting::new().await;
    let head = it.repository.head("main");
    let long = Duration::from_secs(3600);
    it.github.inject(Fault::latency(long).after_effect());
    let call = tokio::spawn(attempt(it.status_request()));
    it.repository.wait_for_status(&head, "ci", StatusState::Success).await;
    assert!(!call.is_finished(), "the effect comes first");
    call.abort();

    // The request has surely come when its fault is used up; then the caller goes.
    it.github.inject(Fault::latency(Duration::from_millis(60)));
    let call = tokio::spawn(attempt(it.status_request()));
    let used = || it.github.pending_faults().is_empty().then_some(());
    it.github.wait_until("the request", used).await;
    call.abort();
    it.github.wait_until("the effect", || (it.statuses() == 2).then_some(())).await;
}

#[tokio::test]
async fn a_connection_dies_after_the_answer() {
    let it = Setting::new().await;
    let address = it.github.api_url().replace("http://", "");
    let stream = TcpStream::connect(&address).await.unwrap();
    let (mut requests, connection) = client::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = || {
        let mut request = it.api.request(Method::GET, REPOSITORY, "");
        *request.uri_mut() = REPOSITORY.parse().unwrap();
        request.headers_mut().insert("host", address.parse().unwrap());
        request
    };
    for closing in [false, true] {
        if closing {
            it.github.inject(Fault::closed_after_answer());
        }
        requests.ready().await.unwrap();
        let response = requests.send_request(request()).await.unwrap();
        assert_eq!(response.status(), 200, "on the same connection");
        assert_eq!(response.headers().get("connection"), None, "nothing is announced");
        response.collect().await.unwrap();
    }
    assert_eq!(it.last(), (Some(200), true));
    // The connection is over without our doing.
    let _end = connection.await.unwrap();
    assert!(requests.send_request(request()).await.is_err());
}

/// What stands between a client and GitHub answers with success.
#[tokio::test]
async fn a_login_page_is_a_success_without_any_effect() {
    let it = Setting::new().await;
    it.github.inject(Fault::sign_in_page());
    let (reply, statuses) = it.report().await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!((statuses, it.last()), (0, (Some(200), false)));

    it.github.inject(Fault::sign_in_redirect());
    let (reply, statuses) = it.report().await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, statuses), (302, 0));
    for method in [Method::GET, Method::POST] {
        let login = it.api.request(method, reply.header("location"), "");
        let page = attempt(login).await.unwrap();
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    }
}

#[tokio::test]
async fn a_base_branch_that_was_modified_is_told_in_words() {
    let it = Setting::new().await;
    let number = it.repository.open_pull_request(FakePullRequest::new("Add a flag"));
    it.github.inject(Fault::base_modified().on(Method::PUT, "/merge"));
    let path = format!("{REPOSITORY}/pulls/{number}/merge");
    let merge = async || attempt(it.api.request(Method::PUT, &path, "{}")).await.unwrap();
    let message = "Base branch was modified. Review and try the merge again.";
    assert_eq!(merge().await.message(405), message);
    merge().await.expect(200);
}

#[tokio::test]
async fn faults_hit_in_order_and_only_what_they_are_meant_for() {
    let it = Setting::new().await;
    let deployments = format!("{REPOSITORY}/deployments");
    it.github.inject(Fault::status(500).on(Method::POST, "/deployments"));
    it.github.inject(Fault::status(502).times(2).on(Method::POST, "/statuses/"));
    it.github.inject(Fault::status(503).on_path("/statuses/"));
    it.github.inject(Fault::status(504).on(Method::GET, "/deployments").skip(1));
    it.api.get(&deployments).await.expect(200);
    for expected in [502, 502, 503, 201] {
        assert_eq!(it.report().await.0.unwrap().status, expected);
    }
    let left: Vec<_> = it.github.pending_faults().iter().map(ToString::to_string).collect();
    assert_eq!(left, ["500, on POST /deployments", "504, on GET /deployments"]);
    assert!(it.github.to_string().contains("504, on GET /deployments"));
    it.api.get(&deployments).await.expect(504);
    it.api.get(&deployments).await.expect(200);
    it.github.clear_faults();
    assert_eq!(it.github.pending_faults(), []);
    it.api.post(&deployments, json!({ "ref": "main" })).await.expect(201);

    it.github.inject(Fault::status(503).times(usize::MAX));
    for _ in 0..5 {
        assert_eq!(it.report().await.0.unwrap().status, 503);
    }
    assert_eq!(it.github.pending_faults().len(), 1);
    it.github.clear_faults();
    assert_eq!(it.report().await.0.unwrap().status, 201);
}

#[tokio::test]
async fn the_window_of_the_limit_ends_by_the_clock_of_the_fake() {
    let it = Setting::new().await;
    let used = async || it.api.get(REPOSITORY).await.header("x-ratelimit-used").to_owned();
    assert_eq!((used().await, used().await), ("1".to_owned(), "2".to_owned()));
    let seconds = || it.github.clock().now().instant().unwrap().as_second();
    let before = seconds();
    it.github.clock().advance(Duration::from_secs(3600));
    assert!(seconds() >= before + 3600);
    assert_eq!(used().await, "1");
}

#[test]
#[should_panic(expected = "200 is not in 400 to 599")]
fn a_fault_is_an_error() {
    let _fault = Fault::status(200);
}

#[tokio::test]
async fn a_limit_that_only_words_tell() {
    let it = Setting::new().await;
    it.github.inject(Fault::rate_limit_in_words());
    it.github.inject(Fault::rate_limit_in_words().without_counters().with_status(429));
    let counted = it.report().await.0.unwrap();
    assert!(counted.message(403).starts_with("API rate limit exceeded"));
    assert!(counted.header("x-ratelimit-remaining").parse::<u64>().unwrap() > 0);
    let bare = it.report().await.0.unwrap();
    assert!(bare.message(429).starts_with("API rate limit exceeded"));
    for reply in [&counted, &bare] {
        assert!(!reply.headers.contains_key("retry-after"));
    }
    assert!(bare.headers.keys().all(|name| !name.as_str().starts_with("x-ratelimit")));
    assert_eq!(it.statuses(), 0);
}

#[tokio::test]
async fn lists_without_an_end() {
    let it = Setting::new().await;
    for event in ["push", "star", "fork"] {
        it.repository.create_hook(FakeHook::new("http://127.0.0.1:9/").events([event]));
    }
    let circle = [
        ("?per_page=1", "?per_page=1&page=2"),
        ("?per_page=1&page=2", "?per_page=1"),
        ("?page=3&per_page=1", "?per_page=1"),
        ("?per_page=9", "?per_page=9"),
        ("", ""),
    ];
    let endless = [("", "?page=2"), ("?page=2", "?page=3"), ("?page=9&x=1", "?x=1&page=10")];
    for (fault, links) in
        [(Fault::circular_pages(), circle.as_slice()), (Fault::endless_pages(), endless.as_slice())]
    {
        it.github.inject(fault.times(links.len()));
        for (query, next) in links {
            let reply = it.api.get(&format!("{REPOSITORY}/hooks{query}")).await;
            reply.expect(200);
            let next = format!("{}{REPOSITORY}/hooks{next}", it.github.api_url());
            assert_eq!(reply.link("next"), Some(next), "{query}");
        }
    }
    assert!(it.github.pending_faults().is_empty());
}
