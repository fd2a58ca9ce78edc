//! Rules of GitHub's that no page states, with both halves: the client keeps them, the fake insists on them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::sync::LazyLock;
use std::time::Duration;

use hookstead::client::{
    AppKey, Client, ClientBuilder, Method, NewStatus, RateLimitPolicy, RetryPolicy, Token,
};
use hookstead_testkit::{FakeGitHub, FakeGitHubBuilder, FakeRepository, Fault};
use hookstead_tests::within;

static KEY: LazyLock<String> = LazyLock::new(|| {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem()
});

const HOUR: Duration = Duration::from_secs(60 * 60);

/// An App, a repository that it is installed in, and the installation.
async fn app(github: FakeGitHubBuilder) -> (FakeGitHub, FakeRepository, ClientBuilder, u64) {
    let github = github.start().await;
    let repository = github.create_repository("octocat/hello-world");
    let installation = github.app().install_on(&repository);
    let key = AppKey::from_pem(github.app().client_id(), KEY.as_str()).unwrap();
    let client = Client::builder(key)
        .base_url(github.api_url())
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO));
    (github, repository, client, installation)
}

async fn report(client: &Client, repository: &FakeRepository) {
    let repo = client.repo(&repository.name());
    let (head, status) = (repository.head("main"), NewStatus::success());
    within(repo.create_status(&head, &status)).await.unwrap();
}

fn tokens_given_out(github: &FakeGitHub) -> usize {
    github.requests().iter().filter(|it| it.path.ends_with("/access_tokens")).count()
}

#[tokio::test]
async fn a_token_that_github_learns_of_late_is_waited_for() {
    for status in [401, 403] {
        let (github, repository, client, installation) = app(FakeGitHub::builder()).await;
        github.app().new_tokens_unknown_for(Duration::from_millis(300), status);
        let patient = RetryPolicy::never().young_token(3, Duration::from_millis(100));
        let client = client.retries(patient).build().unwrap().for_installation(installation);
        report(&client, &repository).await;
        assert_eq!(tokens_given_out(&github), 1);
        let refused = github.requests().iter().filter(|it| !it.effect).count();
        assert!((1..=3).contains(&refused), "{status}: {refused}");
    }
}

#[tokio::test]
async fn a_permission_that_is_missing_is_told_at_once() {
    let (github, repository, client, installation) = app(FakeGitHub::builder()).await;
    let client = client.build().unwrap().for_installation(installation);
    let other = github.create_repository("octocat/other");
    let repo = client.repo(&other.name());
    let (head, status) = (other.head("main"), NewStatus::success());
    let error = within(repo.create_status(&head, &status)).await.unwrap_err();
    assert_eq!((error.attempts(), error.accepted_permissions()), (1, Some("statuses=write")));
    report(&client, &repository).await;
}

#[tokio::test]
async fn an_app_whose_clock_is_wrong_asks_github_for_the_time() {
    let behind = FakeGitHub::builder().began(Duration::from_secs(90));
    let far_behind = FakeGitHub::builder().began(24 * HOUR);
    for (github, ahead) in
        [(behind, Duration::ZERO), (far_behind, Duration::ZERO), (FakeGitHub::builder(), 2 * HOUR)]
    {
        let (github, repository, client, installation) = app(github).await;
        github.clock().advance(ahead);
        let client = client.build().unwrap();
        report(&client.for_installation(installation), &repository).await;
        // Refused, asked again with the right time, used.
        let statuses: Vec<_> =
            github.requests().iter().map(|it| it.status.unwrap().as_u16()).collect();
        assert_eq!(statuses, [401, 201, 201]);
        // What was learnt is kept, and the token is good for as long as GitHub says.
        within(client.repo(&repository.name()).installation()).await.unwrap();
        report(&client.for_installation(installation), &repository).await;
        assert_eq!(github.requests().len(), 5);
    }
}

/// A client with any token that waits for nothing.
fn user(github: &FakeGitHub) -> ClientBuilder {
    Client::builder(Token::new("any").unwrap())
        .base_url(github.api_url())
        .retries(RetryPolicy::never())
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO))
}

#[tokio::test]
async fn words_alone_are_a_limit() {
    for fault in [
        Fault::rate_limit_in_words(),
        Fault::rate_limit_in_words().without_counters(),
        Fault::rate_limit_in_words().without_counters().with_status(429),
        Fault::secondary_limit(),
        Fault::secondary_limit().without_counters(),
    ] {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        github.inject(fault.clone());
        let repo = user(&github).build().unwrap().repo(&repository.name());
        let error = within(repo.statuses("main")).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after().is_some(), "{fault}: {error}");
    }
}

#[tokio::test]
async fn a_false_day_is_told_to_one_call() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    github.inject(Fault::retry_after(24 * 60 * 60).on(Method::POST, "/statuses"));
    let limits = RateLimitPolicy::new()
        .longest_wait(Duration::from_secs(10))
        .longest_delay(Duration::from_millis(200));
    let client = user(&github).rate_limits(limits).build().unwrap();
    let repo = client.repo(&repository.name());
    let (head, status) = (repository.head("main"), NewStatus::success());
    let told = within(repo.create_status(&head, &status)).await.unwrap_err();
    assert_eq!(told.retry_after(), Some(24 * HOUR));
    report(&client, &repository).await;
}

#[tokio::test]
async fn lists_without_an_end_have_one() {
    for (fault, pages) in [(Fault::circular_pages(), 1), (Fault::endless_pages(), 40)] {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world");
        repository.create_status(
            &repository.head("main"),
            "ci",
            hookstead::events::StatusState::Success,
        );
        github.inject(fault.times(usize::MAX).on_path("/statuses"));
        let client = user(&github).max_pages(40).build().unwrap();
        let repo = client.repo(&repository.name());
        let mut items = client.items(within(repo.statuses("main")).await.unwrap());
        let error = loop {
            match within(items.next()).await.unwrap() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(error.is_endless_list(), "{error}");
        assert_eq!(github.requests().len(), pages);
    }
}
