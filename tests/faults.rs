//! What the client makes of GitHub's troubles: every kind of call against every kind of fault.
//!
//! No cell of the table makes a second deployment, and none loses a status that may be repeated.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use hookstead::client::{
    Client, DeploymentOutcome, Error, MergeOptions, MergeOutcome, NewDeployment,
    NewDeploymentStatus, NewStatus, RateLimitPolicy, Repo, RequiredContexts, RetryPolicy, Token,
};
use hookstead::events::Sha;
use hookstead_testkit::{FakeGitHub, Fault, NewPullRequest, Repository};
use hookstead_tests::within;

const TOKEN: &str = "ghp_never_to_be_seen";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Read,
    Status,
    DeploymentStatus,
    Merge,
    Deployment,
}

use Call::{Deployment, DeploymentStatus, Merge, Read, Status};

const CALLS: [Call; 5] = [Read, Status, DeploymentStatus, Merge, Deployment];

/// How a call is expected to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Good,
    Failed,
    /// Failed, and the error says that the call took effect.
    TookEffect,
}

use End::{Failed, Good, TookEffect};

/// The end, how often the call had its effect, and how many requests it took.
type Expected = (End, usize, usize);

/// A fault, and what is expected of each call in the order of [`CALLS`].
fn table() -> Vec<(Fault, [Expected; 5])> {
    // Repeated until it goes well; a deployment is not, for nobody knows whether it was made.
    let in_doubt = [(Good, 0, 2), (Good, 1, 2), (Good, 1, 2), (Good, 1, 2), (Failed, 0, 1)];
    // The same, but it had been done the first time. Whether it merged then is looked up.
    let in_doubt_and_done =
        [(Good, 0, 2), (Good, 2, 2), (Good, 2, 2), (Good, 1, 3), (Failed, 1, 1)];
    // Surely not done, so everything is repeated.
    let refused_for_now = [(Good, 0, 2), (Good, 1, 2), (Good, 1, 2), (Good, 1, 2), (Good, 1, 2)];
    let late = [(Good, 0, 1), (Good, 1, 1), (Good, 1, 1), (Good, 1, 1), (Good, 1, 1)];
    let refused = [(Failed, 0, 1); 5];
    // Done, and the answer cannot be read.
    let done = (TookEffect, 1, 1);
    let accepted = |read| [read, done, done, done, done];
    vec![
        (Fault::status(500), in_doubt),
        (Fault::status(502), in_doubt),
        (Fault::html(503), in_doubt),
        (Fault::html(504), in_doubt),
        (Fault::dropped_connection(), in_doubt),
        (Fault::status(500).after_effect(), in_doubt_and_done),
        (Fault::html(502).after_effect(), in_doubt_and_done),
        (Fault::status(503).after_effect(), in_doubt_and_done),
        (Fault::status(504).after_effect(), in_doubt_and_done),
        (Fault::dropped_connection().after_effect(), in_doubt_and_done),
        (Fault::retry_after(1), refused_for_now),
        (Fault::retry_after(1).with_status(429), refused_for_now),
        (Fault::rate_limit(Duration::from_secs(1)), refused_for_now),
        (Fault::moved(301), refused_for_now),
        (Fault::moved(302), refused_for_now),
        (Fault::moved(307), refused_for_now),
        (Fault::moved(308), refused_for_now),
        (Fault::latency(Duration::from_millis(20)), late),
        (Fault::redirect(307, "http://127.0.0.1:9/elsewhere"), refused),
        (Fault::forbidden(), refused),
        (Fault::expired_token(), refused),
        // An hour is beyond every budget.
        (Fault::retry_after(3600), refused),
        (Fault::dropped_in_body(), accepted((Good, 0, 2))),
        (Fault::truncated_json(), accepted((Failed, 0, 1))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_against_every_fault() {
    let mut cells = tokio::task::JoinSet::new();
    for (fault, row) in table() {
        for (call, expected) in CALLS.into_iter().zip(row) {
            let fault = fault.clone();
            cells.spawn(async move { cell(call, fault, expected).await });
        }
    }
    let wrong: Vec<String> = within(cells.join_all()).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Plays one cell of the table; the text says what is wrong with it.
async fn cell(call: Call, fault: Fault, expected: Expected) -> Option<String> {
    let github = FakeGitHub::builder().token(TOKEN).start().await;
    let repository = github.create_repository("octocat/hello-world");
    let number = repository.open_pull_request(NewPullRequest::new("Add a flag"));
    let head = repository.pull_request(number).head_sha;
    let deployment = repository.create_deployment(hookstead_testkit::NewDeployment::new("main")).id;

    let client = Client::builder(Token::new(TOKEN).unwrap())
        .base_url(github.api_url())
        .retries(RetryPolicy::new().first_delay(Duration::from_millis(1)))
        .rate_limits(RateLimitPolicy::new().budget(Duration::from_secs(30)))
        .build()
        .unwrap();
    let repo = client.repo(&repository.name());
    let before = effects(call, &repository, &head, number, deployment);
    github.inject(fault.clone());
    let result = make(call, &repo, &head, number, deployment).await;
    let effects = effects(call, &repository, &head, number, deployment) - before;

    let end = match &result {
        Ok(()) => Good,
        Err(error) if error.took_effect() => TookEffect,
        Err(_) => Failed,
    };
    if let Err(error) = &result {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(TOKEN), "the token shows in {shown}");
    }
    assert!(github.pending_faults().is_empty(), "{fault:?} did not hit {call:?}");
    let found = (end, effects, github.requests().len());
    (found != expected).then(|| {
        let requests = github.requests();
        format!("{call:?} with {fault:?}: {found:?}, not {expected:?}: {result:?} {requests:?}")
    })
}

async fn make(
    call: Call,
    repo: &Repo,
    head: &Sha,
    number: u64,
    deployment: u64,
) -> Result<(), Error> {
    match call {
        Read => repo.pull_request(number).await.map(drop),
        Status => repo.create_status(head, &NewStatus::success()).await.map(drop),
        DeploymentStatus => {
            let status = NewDeploymentStatus::in_progress();
            repo.create_deployment_status(deployment, &status).await.map(drop)
        }
        Merge => match repo.merge_pull_request(number, head, &MergeOptions::new()).await? {
            MergeOutcome::Merged { .. } => Ok(()),
            outcome => panic!("{outcome:?}"),
        },
        Deployment => {
            let new = NewDeployment::new(head).required_contexts(RequiredContexts::None);
            match repo.create_deployment(&new).await? {
                DeploymentOutcome::Created(_) => Ok(()),
                outcome => panic!("{outcome:?}"),
            }
        }
    }
}

fn effects(call: Call, repository: &Repository, head: &Sha, number: u64, deployment: u64) -> usize {
    match call {
        Read => 0,
        Status => repository.statuses(head).len(),
        DeploymentStatus => repository.deployment_statuses(deployment).len(),
        Merge => usize::from(repository.pull_request(number).merged),
        Deployment => repository.deployments().len(),
    }
}
