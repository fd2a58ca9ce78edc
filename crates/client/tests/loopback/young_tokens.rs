//! Tokens that GitHub does not know yet, and those that a wrong clock has dated.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hookstead_client::{AppKey, Client, RateLimitPolicy, Repo, RetryPolicy};
use serde_json::Value;

use crate::apps::{Key, asked, token};
use crate::support::{Reply, Server, answer, json};

const UNKNOWN: &str = r#"{"message": "Bad credentials", "status": "401"}"#;

fn unknown() -> Reply {
    json(401, UNKNOWN)
}

fn list() -> Reply {
    json(200, "[]")
}

/// A client that waits for milliseconds where GitHub needs seconds.
fn app(server: &Server) -> Client {
    let hasty = RetryPolicy::never().young_token(3, Duration::from_millis(5));
    with(server, hasty)
}

fn with(server: &Server, retries: RetryPolicy) -> Client {
    // Making a key takes a good part of a second.
    static KEY: LazyLock<AppKey> = LazyLock::new(|| Key::new().app());
    Client::builder(KEY.clone())
        .base_url(server.url())
        .retries(retries)
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO))
        .build()
        .unwrap()
}

fn repo(client: &Client) -> Repo {
    client.repo(&"octocat/hello".parse().unwrap())
}

/// The tokens of the requests, and `+` for the creation of one.
fn told(server: &Server) -> Vec<String> {
    let asked = asked(server).into_iter();
    asked
        .map(|(line, token)| match line.contains("access_tokens") {
            true => "+".to_owned(),
            false => token.trim_start_matches("Bearer ").to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn a_young_token_is_sent_again_until_github_knows_it() {
    let page = answer(403, &[], "<h1>Forbidden</h1>");
    let script = [token("young", 3600), unknown(), json(403, UNKNOWN), page, list(), list()];
    let server = Server::start(script).await;
    let github = app(&server).for_installation(5);
    repo(&github).statuses("main").await.unwrap();
    repo(&github).statuses("main").await.unwrap();
    assert_eq!(told(&server), ["+", "young", "young", "young", "young", "young"]);
}

#[tokio::test]
async fn a_write_is_sent_again_as_well() {
    let status = r#"{"id": 1, "state": "success"}"#;
    let server = Server::start([token("young", 3600), unknown(), json(201, status)]).await;
    let github = app(&server).for_installation(5);
    let new = hookstead_client::NewStatus::success();
    repo(&github).create_status(&crate::support::sha(), &new).await.unwrap();
    assert_eq!(told(&server), ["+", "young", "young"]);
}

#[tokio::test]
async fn only_a_token_that_stays_unknown_is_replaced_and_its_successor_is_young_too() {
    let script = [token("first", 3600), unknown(), unknown(), unknown(), unknown()];
    let server = Server::start(script).await;
    for reply in [token("second", 3600), unknown(), unknown(), list()] {
        server.then(reply);
    }
    let github = app(&server).for_installation(5);
    repo(&github).statuses("main").await.unwrap();
    let expected = ["+", "first", "first", "first", "first", "+", "second", "second", "second"];
    assert_eq!(told(&server), expected);

    // It ends: a second one that is refused for good is bad for another reason.
    let server = Server::start([token("first", 3600)]).await;
    (0..4).for_each(|_| server.then(unknown()));
    server.then(token("second", 3600));
    (0..9).for_each(|_| server.then(unknown()));
    let github = app(&server).for_installation(5);
    let error = repo(&github).statuses("main").await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 8));
}

#[tokio::test]
async fn the_callers_of_a_young_token_make_no_second_one() {
    let server = Server::start([token("young", 3600)]).await;
    (0..8).for_each(|_| server.then(unknown()));
    (0..8).for_each(|_| server.then(list()));
    let github = app(&server).for_installation(5);
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let repo = repo(&github);
            tokio::spawn(async move { repo.statuses("main").await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let creations = told(&server).iter().filter(|it| *it == "+").count();
    assert_eq!(creations, 1);
}

#[tokio::test]
async fn a_missing_permission_and_a_limit_are_told_at_once() {
    let header = [("x-accepted-github-permissions", "statuses=write")];
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let limit = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    let script = [token("young", 3600), answer(403, &header, body), json(403, limit)];
    let server = Server::start(script).await;
    let github = app(&server).for_installation(5);
    for is_limit in [false, true] {
        let error = repo(&github).statuses("main").await.unwrap_err();
        assert_eq!((error.attempts(), error.is_rate_limited()), (1, is_limit));
    }
    assert_eq!(told(&server), ["+", "young", "young"]);
}

#[tokio::test]
async fn an_old_token_is_replaced_at_once_and_the_new_one_is_waited_for() {
    let script = [token("old", 3600), list(), unknown(), token("new", 3600), unknown(), list()];
    let server = Server::start(script).await;
    let client = with(&server, RetryPolicy::never().young_token_age(Duration::from_millis(300)))
        .for_installation(5);
    repo(&client).statuses("main").await.unwrap();
    tokio::time::sleep(Duration::from_millis(310)).await;
    // With no attempts for young tokens, only the age tells the two apart.
    let error = repo(&client).statuses("main").await.unwrap_err();
    assert_eq!(error.attempts(), 2);
    assert_eq!(told(&server), ["+", "old", "old", "+", "new"]);
}

#[tokio::test]
async fn what_a_young_token_costs_counts_as_no_failure_of_the_call() {
    let script = [token("young", 3600), unknown(), unknown(), json(502, ""), list()];
    let server = Server::start(script).await;
    let policy = RetryPolicy::new()
        .max_attempts(2)
        .first_delay(Duration::from_millis(1))
        .young_token(3, Duration::from_millis(1));
    repo(&with(&server, policy).for_installation(5)).statuses("main").await.unwrap();
}

/// The header `Date` of a clock that is so many seconds ahead of this machine's.
fn date(ahead: i64) -> String {
    let now = jiff::Timestamp::now().as_second() + ahead;
    jiff::Timestamp::from_second(now).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// How far ahead of this machine's clock the claims of each request were made.
fn claims(server: &Server) -> Vec<i64> {
    let now = jiff::Timestamp::now().as_second();
    let issued = |(_, token): (String, String)| {
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let (issued, ends) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert_eq!(ends - issued, 600);
        issued + 60 - now
    };
    asked(server).into_iter().map(issued).collect()
}

#[tokio::test]
async fn an_app_takes_the_time_from_github_when_its_own_is_refused() {
    for ahead in [-90, 90, 3600 * 9, -3600 * 24 * 400] {
        let server = Server::start([]).await;
        let body = r#"{"message": "'Issued at' claim ('iat') must be an Integer"}"#;
        server.then(answer(401, &[("date", &date(ahead))], body));
        server.then(json(200, r#"{"id": 5}"#));
        server.then(json(200, r#"{"id": 5}"#));
        let client = with(&server, RetryPolicy::never());
        repo(&client).installation().await.unwrap();
        // What was learnt stays.
        repo(&client.clone()).installation().await.unwrap();
        let claims = claims(&server);
        assert!(claims[0].abs() <= 5, "{claims:?}");
        assert_eq!(claims.len(), 3);
        assert!(claims[1..].iter().all(|it| (it - ahead).abs() <= 5), "{ahead} {claims:?}");
    }
}

#[tokio::test]
async fn a_right_clock_is_no_reason_to_try_again() {
    for dated in [vec![("date", date(1))], vec![("date", "yesterday".to_owned())], vec![]] {
        let headers: Vec<_> = dated.iter().map(|(name, date)| (*name, date.as_str())).collect();
        let server = Server::start([answer(401, &headers, "{}"), list()]).await;
        let error = repo(&with(&server, RetryPolicy::never())).installation().await.unwrap_err();
        assert_eq!(error.attempts(), 1, "{dated:?}");
    }
    // One correction, not one after the other.
    let server = Server::start([]).await;
    for ahead in [90, 900, 9000] {
        server.then(answer(401, &[("date", &date(ahead))], "{}"));
    }
    let error = repo(&with(&server, RetryPolicy::never())).installation().await.unwrap_err();
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn calls_that_are_refused_together_are_all_tried_again() {
    let server = Server::start([]).await;
    (0..4).for_each(|_| server.then(answer(401, &[("date", &date(-90))], "{}")));
    (0..4).for_each(|_| server.then(json(200, r#"{"id": 5}"#)));
    let client = with(&server, RetryPolicy::never());
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let repo = repo(&client);
            tokio::spawn(async move { repo.installation().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_token_of_the_user_s_own_is_not_dated_anew() {
    let server = Server::start([answer(401, &[("date", &date(-90))], "{}"), list()]).await;
    let error = server.repo().statuses("main").await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}
