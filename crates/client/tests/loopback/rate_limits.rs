//! Waiting for GitHub's limits, and not waiting for them.

use std::time::{Duration, Instant};

use hookstead_client::{NewDeployment, NewStatus, RateLimitPolicy, Repo, RetryPolicy};
use hookstead_types::RetryAfter;

use crate::support::{Reply, Server, answer, json, sha};

const DEPLOYMENT: &str = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "main", "task": "deploy", "environment": "production"}"#;
const SECOND: Duration = Duration::from_secs(1);

fn limited(headers: &[(&str, &str)]) -> Reply {
    answer(403, headers, r#"{"message": "You have exceeded a secondary rate limit."}"#)
}

fn repo(server: &Server, policy: RateLimitPolicy) -> Repo {
    let client = server.builder().retries(RetryPolicy::new()).rate_limits(policy).build().unwrap();
    client.repo(&"octocat/hello".parse().unwrap())
}

#[tokio::test]
async fn a_short_limit_is_waited_out_even_by_a_deployment() {
    let now = jiff::Timestamp::now();
    let later = now + SECOND;
    for headers in [
        vec![("retry-after", "1".to_owned())],
        vec![
            ("date", http_date(now)),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", later.as_second().to_string()),
        ],
        vec![("date", http_date(now)), ("retry-after", http_date(later))],
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = Server::start([limited(&headers), json(201, DEPLOYMENT)]).await;
        let began = Instant::now();
        let repo = repo(&server, RateLimitPolicy::new());
        repo.create_deployment(&NewDeployment::new("main")).await.unwrap();
        assert!(began.elapsed() >= SECOND, "{headers:?}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_limit_beyond_the_budget_is_an_error_at_once_and_for_everybody() {
    let server = Server::start([limited(&[("retry-after", "3000")]), json(200, "[]")]).await;
    let repo = repo(&server, RateLimitPolicy::new());
    let began = Instant::now();
    let error = repo.create_status(&sha(), &NewStatus::success()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.attempts(), 1);
    assert_eq!(RetryAfter::in_chain(&error), error.retry_after());
    let seconds = error.retry_after().unwrap().as_secs_f64().ceil() as u64;
    assert_eq!(seconds, 3000);

    // Who goes on while limited gets banned, so no other call of this token is even sent.
    let held = repo.clone().statuses("main").await.unwrap_err();
    assert!(held.is_rate_limited());
    assert_eq!(held.attempts(), 0);
    assert_eq!(held.status(), None);
    assert_eq!(RetryAfter::in_chain(&held), held.retry_after());
    assert!(held.retry_after().unwrap() > Duration::from_secs(2900));
    let text = held.to_string();
    let start = "cannot list the statuses of main in octocat/hello: GitHub's rate limit still \
                 holds (retry after 3000 s)";
    assert!(text.starts_with(start), "{text}");
    assert_eq!(server.requests().len(), 1);
    assert!(began.elapsed() < SECOND * 5);

    // Another client has another limit.
    assert!(server.repo().statuses("main").await.is_ok());
}

#[tokio::test]
async fn a_limit_without_a_time_is_a_minute_and_then_two() {
    let server = Server::start([limited(&[]), limited(&[])]).await;
    let patient = RateLimitPolicy::new().longest_wait(Duration::ZERO);
    let first = repo(&server, patient).statuses("main").await.unwrap_err();
    assert_eq!(first.retry_after().unwrap().as_secs_f64().ceil(), 60.0);
    // The doubling is tested where the clock can be moved.
}

#[tokio::test]
async fn limits_count_as_attempts() {
    let limit = || limited(&[("retry-after", "1")]);
    let server = Server::start((0..9).map(|_| limit())).await;
    let client = server
        .builder()
        .retries(RetryPolicy::new().max_attempts(2))
        .rate_limits(RateLimitPolicy::new())
        .build()
        .unwrap();
    let error = client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((error.attempts(), server.requests().len()), (2, 2));
}

#[tokio::test]
async fn a_missing_permission_is_no_limit() {
    let server = Server::start([
        json(403, r#"{"message": "Resource not accessible by integration"}"#),
        json(200, "[]"),
    ])
    .await;
    let repo = repo(&server, RateLimitPolicy::new());
    assert!(!repo.statuses("main").await.unwrap_err().is_rate_limited());
    assert!(repo.statuses("main").await.is_ok(), "nobody is held back");
}

#[tokio::test]
async fn writes_take_turns_across_clones_and_reads_need_not() {
    let policy = RateLimitPolicy::new().write_interval(Duration::ZERO);
    let server = Server::start([Reply::BytesThenSilence(Vec::new()), json(200, "[]")]).await;
    let repo = repo(&server, policy.longest_wait(Duration::from_millis(50)));
    let other = repo.clone();
    let writing =
        tokio::spawn(
            async move { other.create_status(&sha(), &NewStatus::success()).await.map(drop) },
        );
    server.wait_for_requests(1).await;
    let held = repo.create_status(&sha(), &NewStatus::pending()).await.unwrap_err();
    assert!(held.is_rate_limited());
    assert_eq!(held.retry_after(), Some(SECOND));
    assert!(held.to_string().contains("too many other calls wait for their turn"), "{held}");
    assert!(repo.statuses("main").await.is_ok());
    // A call that is given up gives its turn back.
    writing.abort();
    assert!(writing.await.unwrap_err().is_cancelled());
    server.then(json(201, r#"{"id": 1, "state": "success"}"#));
    repo.create_status(&sha(), &NewStatus::success()).await.unwrap();
}

#[tokio::test]
async fn writes_beyond_the_burst_are_spaced() {
    let created = || json(201, r#"{"id": 1, "state": "success"}"#);
    let server = Server::start((0..4).map(|_| created())).await;
    let interval = Duration::from_millis(100);
    let policy = RateLimitPolicy::new().write_burst(2).write_interval(interval);
    let repo = repo(&server, policy);
    let began = Instant::now();
    for _ in 0..4 {
        repo.create_status(&sha(), &NewStatus::success()).await.unwrap();
    }
    assert!(began.elapsed() >= interval * 2);
}

/// An HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(moment: jiff::Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).unwrap()
}

#[tokio::test]
async fn words_alone_tell_a_limit() {
    let counters = [("x-ratelimit-remaining", "4711"), ("x-ratelimit-reset", "4102444800")];
    for status in [403, 429] {
        for headers in [&[][..], &counters[..]] {
            for body in [
                r#"{"message": "API rate limit exceeded for user ID 1."}"#,
                r#"{"message": "API rate limit exceeded for 10.0.0.1. (But here's the good news: ...)"}"#,
                r#"{"message": "You have exceeded a secondary rate limit and have been temporarily blocked from content creation."}"#,
                r#"{"message": "You have triggered an abuse detection mechanism. Please wait."}"#,
                r#"{"message": "Sorry", "documentation_url": "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"}"#,
                "<h1>API rate limit\n exceeded</h1>",
            ] {
                let server = Server::start([answer(status, headers, body)]).await;
                let error = server.repo().statuses("main").await.unwrap_err();
                assert!(error.is_rate_limited(), "{status} {body}");
                // The counters are another limit's: the time is GitHub's *at least a minute*.
                let wait = error.retry_after().unwrap().as_secs_f64().ceil();
                assert_eq!((wait, error.attempts()), (60.0, 1), "{body}");
            }
        }
    }
    let forbidden = r#"{"message": "Resource not accessible by personal access token",
        "documentation_url": "https://docs.github.com/rest/commits/statuses"}"#;
    let server = Server::start([answer(403, &counters, forbidden)]).await;
    assert!(!server.repo().statuses("main").await.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn one_false_word_of_a_day_does_not_hold_the_others_for_a_day() {
    let day = Duration::from_secs(24 * 60 * 60);
    let far = (jiff::Timestamp::now() + day).as_second().to_string();
    for headers in [
        vec![("retry-after", "86400")],
        vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", far.as_str())],
    ] {
        let server = Server::start([limited(&headers)]).await;
        let repo = repo(&server, RateLimitPolicy::new());
        let told = repo.statuses("main").await.unwrap_err();
        assert!(told.retry_after().unwrap() > day - SECOND * 60, "{told}");
        let held = repo.statuses("main").await.unwrap_err();
        assert_eq!(held.attempts(), 0);
        assert!(held.retry_after().unwrap() <= RateLimitPolicy::DEFAULT_LONGEST_DELAY, "{held}");
    }
    // The bound is a setting; when it has passed, the next call asks anew.
    let server = Server::start([limited(&[("retry-after", "86400")]), json(200, "[]")]).await;
    let repo = repo(&server, RateLimitPolicy::new().longest_delay(Duration::from_millis(50)));
    assert!(repo.statuses("main").await.is_err());
    repo.statuses("main").await.unwrap();
}

#[tokio::test]
async fn what_github_leaves_of_its_limits_is_known_from_its_answers() {
    let headers = [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "4321"),
        ("x-ratelimit-reset", "1557933642"),
        ("x-ratelimit-resource", "core"),
    ];
    let server = Server::start([answer(201, &headers, DEPLOYMENT)]).await;
    let client = server.builder().build().unwrap();
    assert!(client.rate_limits_left().is_empty());
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    repo.create_deployment(&NewDeployment::new("main")).await.unwrap();
    let left = client.rate_limits_left();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].remaining, left[0].limit), (4321, Some(5000)));
}
