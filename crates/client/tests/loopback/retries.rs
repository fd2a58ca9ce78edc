//! What is repeated, and what is not.

use std::time::Duration;

use hookstead_client::{
    Error, MergeOptions, MergeOutcome, NewDeployment, NewDeploymentStatus, NewStatus, Repo,
    RetryPolicy,
};

use crate::support::{Reply, SHA, Server, answer, json, sha, without_place};

const STATUS: &str = r#"{"id": 1, "state": "success"}"#;
const DEPLOYMENT: &str = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "main", "task": "deploy", "environment": "production"}"#;
const NOT_MERGEABLE: &str = r#"{"message": "Pull Request is not mergeable"}"#;

fn quick() -> RetryPolicy {
    RetryPolicy::new().first_delay(Duration::from_millis(2)).just_named(2, Duration::from_millis(2))
}

fn repo(server: &Server) -> Repo {
    let client = server.builder().retries(quick()).build().unwrap();
    client.repo(&"octocat/hello".parse().unwrap())
}

/// What can go wrong so that GitHub may have processed the request all the same.
fn faults() -> Vec<Reply> {
    let half = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 900\r\n\r\n<h1>".to_vec();
    vec![
        answer(500, &[], r#"{"message": "Server Error"}"#),
        answer(502, &[("content-type", "text/html")], "<html>Unicorn</html>"),
        answer(503, &[], ""),
        answer(504, &[], ""),
        Reply::BytesThenClose(Vec::new()),
        Reply::BytesThenClose(b"HTTP/1.1 20".to_vec()),
        Reply::BytesThenClose(half),
    ]
}

#[derive(Debug, Clone, Copy)]
enum What {
    Read,
    Status,
    DeploymentStatus,
    Merge,
    Deployment,
}

impl What {
    const ALL: [Self; 5] =
        [Self::Read, Self::Status, Self::DeploymentStatus, Self::Merge, Self::Deployment];

    fn is_repeated(self) -> bool {
        !matches!(self, Self::Deployment)
    }

    fn success(self) -> Reply {
        match self {
            Self::Read => json(200, "[]"),
            Self::Status | Self::DeploymentStatus => json(201, STATUS),
            Self::Merge => json(200, &format!(r#"{{"sha": "{SHA}", "merged": true}}"#)),
            Self::Deployment => json(201, DEPLOYMENT),
        }
    }

    async fn call(self, repo: &Repo) -> Result<(), Error> {
        match self {
            Self::Read => repo.statuses("main").await.map(drop),
            Self::Status => repo.create_status(&sha(), &NewStatus::success()).await.map(drop),
            Self::DeploymentStatus => {
                repo.create_deployment_status(1, &NewDeploymentStatus::success()).await.map(drop)
            }
            Self::Merge => repo.merge_pull_request(7, &sha(), &MergeOptions::new()).await.map(drop),
            Self::Deployment => repo.create_deployment(&NewDeployment::new("main")).await.map(drop),
        }
    }
}

#[tokio::test]
async fn what_may_have_been_processed_is_repeated_if_that_is_harmless() {
    for what in What::ALL {
        for (number, fault) in faults().into_iter().enumerate() {
            let server = Server::start([fault, what.success()]).await;
            let result = what.call(&repo(&server)).await;
            let requests = server.requests();
            if what.is_repeated() {
                result.unwrap_or_else(|error| panic!("{what:?}, fault {number}: {error}"));
                assert_eq!(requests.len(), 2, "{what:?}, fault {number}");
                assert_eq!(requests[0].line, requests[1].line);
                assert_eq!(requests[0].body, requests[1].body);
            } else {
                assert_eq!(result.unwrap_err().attempts(), 1);
                assert_eq!(requests.len(), 1, "{what:?}, fault {number}: never twice");
            }
        }
    }
}

#[tokio::test]
async fn what_took_too_long_is_repeated_if_that_is_harmless() {
    for what in What::ALL {
        let server = Server::start([Reply::BytesThenSilence(Vec::new()), what.success()]).await;
        let client = server
            .builder()
            .retries(quick())
            .attempt_deadline(Duration::from_millis(60))
            .build()
            .unwrap();
        let result = what.call(&client.repo(&"octocat/hello".parse().unwrap())).await;
        assert_eq!(result.is_ok(), what.is_repeated(), "{what:?}: {result:?}");
        assert_eq!(server.requests().len(), if what.is_repeated() { 2 } else { 1 });
        if let Err(error) = result {
            assert!(without_place(&error).ends_with("no whole answer within 60ms"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_was_surely_not_processed_is_repeated_always() {
    for what in What::ALL {
        // Nobody listens at first: no connection, nothing sent.
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let server = Server::start([]).await;
        let client = server.builder().base_url(format!("http://{address}")).retries(quick());
        let repo = client.build().unwrap().repo(&"octocat/hello".parse().unwrap());
        let error = what.call(&repo).await.unwrap_err();
        assert!(error.is_connect());
        assert_eq!(error.attempts(), 4);
        assert!(error.to_string().ends_with(", after 4 attempts)"), "{error}");
    }
}

#[tokio::test]
async fn what_took_effect_is_never_repeated() {
    for what in [What::Status, What::DeploymentStatus, What::Deployment] {
        let half = b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\": 1".to_vec();
        for fault in [Reply::BytesThenClose(half), json(201, r#"{"id": "#)] {
            let server = Server::start([fault, what.success()]).await;
            let error = what.call(&repo(&server)).await.unwrap_err();
            assert!(error.took_effect());
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn refusals_are_not_repeated() {
    for status in [400, 401, 403, 404, 409, 410, 422, 501] {
        for what in What::ALL {
            let server =
                Server::start([json(status, r#"{"message": "No"}"#), what.success()]).await;
            let result = what.call(&repo(&server)).await;
            assert_eq!(server.requests().len(), 1, "{what:?} {status}: {result:?}");
        }
    }
}

#[tokio::test]
async fn an_outage_ends_the_attempts() {
    let server = Server::start((0..9).map(|_| answer(502, &[], "<h1>Unicorn</h1>"))).await;
    let error = repo(&server).statuses("main").await.unwrap_err();
    assert_eq!(error.attempts(), 4);
    assert_eq!(server.requests().len(), 4);
    assert_eq!(
        without_place(&error),
        "cannot list the statuses of main in octocat/hello: 502 Bad Gateway: <h1>Unicorn</h1>"
    );
    assert_eq!(server.connections(), 1, "the connection is good");
}

#[tokio::test]
async fn the_deadline_ends_the_attempts() {
    let server = Server::start((0..9).map(|_| answer(502, &[], ""))).await;
    let policy = RetryPolicy::new().max_attempts(u32::MAX).first_delay(Duration::from_millis(40));
    let limit = Duration::from_millis(200);
    let client = server.builder().retries(policy).deadline(limit).build().unwrap();
    let began = std::time::Instant::now();
    let error = client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap_err();
    // The last answer says more than that the time is up.
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_outage_that_names_its_end_is_believed_within_the_budget() {
    let down = || answer(503, &[("retry-after", "1")], r#"{"message": "Down"}"#);
    let server = Server::start([down(), json(200, "[]")]).await;
    let error = repo(&server).statuses("main").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(server.requests().len(), 1, "there is no budget");

    let server = Server::start([down(), json(200, "[]")]).await;
    let client = server.builder().retries(quick()).rate_limits(Default::default()).build().unwrap();
    let began = std::time::Instant::now();
    client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_merge_whose_answer_was_lost_is_found() {
    let pull_request = |merged: bool, head: &str| {
        let branch = |sha: &str| format!(r#"{{"sha": "{sha}", "ref": "x"}}"#);
        json(
            200,
            &format!(
                r#"{{"number": 7, "state": "closed", "merged": {merged}, "head": {}, "base": {},
                    "merge_commit_sha": "{}"}}"#,
                branch(head),
                branch(SHA),
                "a".repeat(40)
            ),
        )
    };
    let lost = || Reply::BytesThenClose(Vec::new());
    for (merged, head, is_merged) in [
        (true, SHA.to_owned(), true),
        (false, SHA.to_owned(), false),
        (true, "b".repeat(40), false),
    ] {
        let script = [lost(), json(405, NOT_MERGEABLE), pull_request(merged, &head)];
        let server = Server::start(script).await;
        let outcome =
            repo(&server).merge_pull_request(7, &sha(), &MergeOptions::new()).await.unwrap();
        match outcome {
            MergeOutcome::Merged { sha, .. } => {
                assert!(is_merged);
                assert_eq!(sha.as_str(), "a".repeat(40));
            }
            outcome => assert!(!is_merged, "{outcome:?}"),
        }
        assert_eq!(server.requests()[2].line, "GET /repos/octocat/hello/pulls/7");
    }
    // No doubt, no further question.
    let server = Server::start([json(405, NOT_MERGEABLE)]).await;
    repo(&server).merge_pull_request(7, &sha(), &MergeOptions::new()).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_an_event_has_just_named_is_asked_for_again() {
    const NOT_FOUND: &str = r#"{"message": "Not Found"}"#;
    const NO_COMMIT: &str = r#"{"message": "No commit found for SHA: ec26c3e"}"#;
    for what in What::ALL {
        for (status, body) in [(404, NOT_FOUND), (422, NO_COMMIT)] {
            let unknown = || json(status, body);
            let server = Server::start([unknown(), unknown(), what.success()]).await;
            what.call(&repo(&server).just_named()).await.unwrap();
            assert_eq!(server.requests().len(), 3, "{what:?}");

            let server = Server::start((0..9).map(|_| unknown())).await;
            let error = what.call(&repo(&server).just_named()).await.unwrap_err();
            assert_eq!(error.attempts(), 3, "{what:?}");
        }
        // Any other complaint is final.
        let body = r#"{"message": "Validation Failed", "errors": [{"field": "description"}]}"#;
        let server = Server::start([json(422, body), what.success()]).await;
        assert!(what.call(&repo(&server).just_named()).await.is_err());
        assert_eq!(server.requests().len(), 1, "{what:?}");
    }
}
