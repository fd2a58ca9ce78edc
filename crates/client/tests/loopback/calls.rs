//! The calls with small answers: what is asked, and what is read from the answer.

use std::time::Duration;

use hookstead_client::{
    BranchMergeOutcome, CheckAnnotation, CheckConclusion, CheckOutput, CheckStatus, Error,
    MergeAction, MergeMethod, MergeOptions, MergeRequestOutcome, MergeRequestState, Method,
    NewCheckRun, NewInstallationToken,
};
use serde_json::{Value, json as value};

use crate::support::{Reply, SHA, Server, TOKEN, answer, assert_hidden, json, sha};

#[tokio::test]
async fn deployments_and_their_statuses() {
    let status = r#"{"id": 9, "state": "inactive", "description": ""}"#;
    let server = Server::start([answer(204, &[], ""), json(200, status)]).await;
    let repo = server.repo();
    repo.delete_deployment(7).await.unwrap();
    assert_eq!(repo.deployment_status(7, 9).await.unwrap().id, 9);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines,
        [
            "DELETE /repos/octocat/hello/deployments/7",
            "GET /repos/octocat/hello/deployments/7/statuses/9"
        ]
    );

    let active =
        r#"{"message": "We cannot delete an active deployment unless it is the only one"}"#;
    let server = Server::start([json(422, active), json(404, r#"{"message": "Not Found"}"#)]).await;
    let error = server.repo().delete_deployment(7).await.unwrap_err();
    assert!(error.to_string().contains("active deployment"), "{error}");
    assert!(server.repo().delete_deployment(7).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn what_a_lost_answer_has_deleted_is_gone() {
    let lost = Reply::BytesThenClose(Vec::new());
    let server = Server::start([lost, json(404, r#"{"message": "Not Found"}"#)]).await;
    let client = server.builder().retries(Default::default()).build().unwrap();
    client.repo(&"octocat/hello".parse().unwrap()).delete_deployment(7).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn pull_requests_of_a_commit() {
    let reduced = format!(
        r#"[{{"number": 7, "state": "closed", "merged_at": "2026-01-01T00:00:00Z",
            "head": {{"sha": "{SHA}", "ref": "topic"}}, "base": {{"sha": "{SHA}", "ref": "main"}}}}]"#
    );
    let server = Server::start([json(200, &reduced)]).await;
    let page = server.repo().pull_requests_of(&sha()).await.unwrap();
    assert!(page.items[0].is_merged());
    let line = format!("GET /repos/octocat/hello/commits/{SHA}/pulls?per_page=100");
    assert_eq!(server.request().line, line);
}

#[tokio::test]
async fn merging_branches() {
    let conflict = r#"{"message": "Merge conflict"}"#;
    let missing = r#"{"message": "Head does not exist"}"#;
    let server = Server::start([
        json(201, &format!(r#"{{"sha": "{SHA}"}}"#)),
        answer(204, &[], ""),
        json(409, conflict),
        answer(409, &[], "<html>"),
        json(404, missing),
    ])
    .await;
    let repo = server.repo();
    let merge = async || repo.merge_branch("release", "main", Some("Release")).await;
    assert_eq!(merge().await.unwrap(), BranchMergeOutcome::Merged { sha: sha() });
    assert_eq!(merge().await.unwrap(), BranchMergeOutcome::NothingToMerge);
    let message = "Merge conflict".to_owned();
    assert_eq!(merge().await.unwrap(), BranchMergeOutcome::Conflict { message });
    assert_eq!(merge().await.unwrap_err().status().unwrap().as_u16(), 409);
    assert!(merge().await.unwrap_err().is_not_found());
    let first = &server.requests()[0];
    assert_eq!(first.line, "POST /repos/octocat/hello/merges");
    assert_eq!(
        first.json(),
        value!({"base": "release", "head": "main", "commit_message": "Release"})
    );
}

#[tokio::test]
async fn merging_in_github_s_own_time() {
    let uuid = "5f2b";
    let queued = r#"{"status": "pending", "details": {"message": "Queued", "uuid": "5f2b"}}"#;
    let merged =
        format!(r#"{{"status": "merged", "details": {{"message": "m", "sha": "{SHA}"}}}}"#);
    let server = Server::start([
        json(202, queued),
        json(409, r#"{"message": "A merge request exists", "uuid": "5f2b", "status": "409"}"#),
        json(409, r#"{"message": "Something else"}"#),
        json(400, r#"{"message": "Pull request is closed"}"#),
        json(400, r#"{"status": "failed", "details": {"message": "Pull request is closed"}}"#),
        json(200, &merged),
        json(422, r#"{"message": "Validation Failed"}"#),
    ])
    .await;
    let repo = server.repo();
    let options = MergeOptions::new().method(MergeMethod::Squash);
    let wish = async || repo.request_merge(7, &sha(), &MergeAction::Default, &options).await;
    for _ in 0..2 {
        let MergeRequestOutcome::Accepted(request) = wish().await.unwrap() else { panic!() };
        assert_eq!(request.state, MergeRequestState::Pending);
        assert_eq!(request.uuid.as_deref(), Some(uuid));
    }
    assert_eq!(wish().await.unwrap_err().status().unwrap().as_u16(), 409);
    for _ in 0..2 {
        let message = "Pull request is closed".to_owned();
        assert_eq!(wish().await.unwrap(), MergeRequestOutcome::NotMergeable { message });
    }
    let MergeRequestOutcome::Accepted(request) = wish().await.unwrap() else { panic!() };
    assert_eq!((request.state, request.sha), (MergeRequestState::Merged, Some(sha())));
    assert!(wish().await.is_err());
    let first = &server.requests()[0];
    assert_eq!(first.line, "PUT /repos/octocat/hello/pulls/7/merge-async");
    assert_eq!(
        first.json(),
        value!({"sha": SHA, "merge_action": "default", "merge_method": "squash"})
    );
}

#[tokio::test]
async fn waiting_for_a_merge() {
    let pending = r#"{"status": "pending", "details": {"message": "m", "uuid": "5f2b"}}"#;
    let failed = r#"{"status": "failed", "details": {"message": "Conflicts"}}"#;
    let server = Server::start([json(200, pending), json(200, failed), json(200, pending)]).await;
    let repo = server.repo();
    let wait = Duration::from_secs(20);
    let end = repo.wait_for_merge(7, "5f2b", wait).await.unwrap();
    assert_eq!(end.state, MergeRequestState::Failed);
    assert_eq!(end.message.as_deref(), Some("Conflicts"));
    assert_eq!(server.requests()[0].line, "GET /repos/octocat/hello/pulls/7/merge-async/5f2b");
    let end = repo.wait_for_merge(7, "5f2b", Duration::ZERO).await.unwrap();
    assert_eq!(end.state, MergeRequestState::Pending);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn the_repository_itself() {
    let old = r#"{"id": 1, "full_name": "octocat/renamed", "owner": null}"#;
    let full = r#"{"id": 1, "full_name": "octocat/renamed", "default_branch": "main",
        "permissions": {"admin": false, "push": true, "triage": true}}"#;
    let server = Server::start([json(200, old), json(200, full)]).await;
    assert!(server.repo().get().await.unwrap().permissions.is_none());
    let repository = server.repo().get().await.unwrap();
    assert_eq!(repository.full_name.as_str(), "octocat/renamed");
    assert!(repository.permissions.unwrap().push);
    assert_eq!(server.requests()[0].line, "GET /repos/octocat/hello");
}

#[tokio::test]
async fn check_runs() {
    let run = r#"{"id": 4, "name": "build", "status": "completed", "conclusion": "failure"}"#;
    let server = Server::start((0..3).map(|_| json(200, run))).await;
    let repo = server.repo();
    let started = NewCheckRun::in_progress().external_id("17");
    let created = repo.create_check_run(&sha(), "build", &started).await.unwrap();
    assert_eq!(created.status, CheckStatus::Completed);
    let output = CheckOutput::new("2 failed", "s".repeat(70_000))
        .text("t")
        .annotation(CheckAnnotation::failure("src/lib.rs", (3, 4), "no").title("Oh"));
    let ended = NewCheckRun::completed(CheckConclusion::Failure).output(output);
    repo.update_check_run(4, &ended).await.unwrap();
    repo.check_run(4).await.unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].line, "POST /repos/octocat/hello/check-runs");
    assert_eq!(
        requests[0].json(),
        value!({"name": "build", "head_sha": SHA, "status": "in_progress", "external_id": "17"})
    );
    assert_eq!(requests[1].line, "PATCH /repos/octocat/hello/check-runs/4");
    let mut body = requests[1].json();
    let summary = body["output"]["summary"].take();
    assert_eq!(summary.as_str().unwrap().len(), 65_535);
    assert_eq!(
        body,
        value!({"status": "completed", "conclusion": "failure", "output": {
            "title": "2 failed", "summary": null, "text": "t", "annotations": [{
                "path": "src/lib.rs", "start_line": 3, "end_line": 4, "annotation_level": "failure",
                "message": "no", "title": "Oh"}]}})
    );
    assert_eq!(requests[2].line, "GET /repos/octocat/hello/check-runs/4");
}

#[tokio::test]
async fn changing_a_check_run_is_repeated_unless_it_adds_annotations() {
    let annotated =
        CheckOutput::new("t", "s").annotation(CheckAnnotation::notice("a", (1, 1), "m"));
    for (run, attempts) in [
        (NewCheckRun::in_progress(), 2),
        (NewCheckRun::in_progress().output(CheckOutput::new("t", "s")), 2),
        (NewCheckRun::in_progress().output(annotated), 1),
    ] {
        let done = r#"{"id": 4, "name": "build", "status": "in_progress"}"#;
        let server = Server::start([answer(502, &[], ""), json(200, done)]).await;
        let client = server.builder().retries(Default::default()).build().unwrap();
        let repo = client.repo(&"octocat/hello".parse().unwrap());
        assert_eq!(repo.update_check_run(4, &run).await.is_ok(), attempts == 2);
        assert_eq!(server.requests().len(), attempts);
    }
}

#[tokio::test]
async fn installations_and_their_tokens() {
    let installation = r#"{"id": 5, "permissions": {"statuses": "write"}, "events": null}"#;
    let token = r#"{"token": "ghs_s3cretS3cret", "expires_at": "2026-01-01T00:00:00Z"}"#;
    let server = Server::start([json(200, installation), json(201, token), json(201, token)]).await;
    assert_eq!(server.repo().installation().await.unwrap().id, 5);
    let client = server.client();
    let wish = NewInstallationToken::new().repositories(["hello"]).permission("statuses", "write");
    let token = client.create_installation_token(5, &wish).await.unwrap();
    assert!(!format!("{token:?}").contains("s3cret"));
    assert!(token.expires_at.instant().is_some());
    client.create_installation_token(5, &NewInstallationToken::new()).await.unwrap();

    let requests = server.requests();
    assert_eq!(requests[0].line, "GET /repos/octocat/hello/installation");
    assert_eq!(requests[1].line, "POST /app/installations/5/access_tokens");
    assert_eq!(
        requests[1].json(),
        value!({"repositories": ["hello"], "permissions": {"statuses": "write"}})
    );
    assert_eq!(requests[2].json(), value!({}));

    let broken = r#"{"token": "ghs_s3cret S3cret", "expires_at": "2026-01-01T00:00:00Z"}"#;
    let server = Server::start([json(201, broken)]).await;
    let error = server
        .client()
        .create_installation_token(5, &NewInstallationToken::new())
        .await
        .unwrap_err();
    assert_hidden(&error, "s3cret");
}

#[tokio::test]
async fn any_endpoint() {
    let server = Server::start([
        json(200, r#"{"name": "a"}"#),
        json(201, "[1]"),
        json(200, "2"),
        json(200, "3"),
        answer(204, &[], ""),
        answer(200, &[("link", r#"</x?page=2>; rel="next""#)], "[7]"),
        json(404, r#"{"message": "Not Found"}"#),
    ])
    .await;
    let client = server.client();
    let answer: Value = client.get("/repos/o/r/labels?q=a%2Fb").await.unwrap();
    assert_eq!(answer["name"], "a");
    let ids: Vec<u64> = client.post("/a", &value!({"b": 1})).await.unwrap();
    assert_eq!(ids, [1]);
    assert_eq!(client.put::<u64>("/a", &[1]).await.unwrap(), 2);
    assert_eq!(client.patch::<u64>("/a", "x").await.unwrap(), 3);
    let () = client.delete("/a").await.unwrap();
    let page = client.request(Method::GET, "/x").send_page::<u64>().await.unwrap();
    assert!(page.has_next());
    let error = client.get::<Value>("/b?token=s3cret").await.unwrap_err();
    assert_hidden(&error, "s3cret");
    assert!(error.to_string().starts_with("cannot GET /b: 404 Not Found; "), "{error}");

    let requests = server.requests();
    assert_eq!(requests[0].line, "GET /repos/o/r/labels?q=a%2Fb");
    assert_eq!(requests[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(requests[1].body, r#"{"b":1}"#);
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
    let methods: Vec<_> = requests.iter().map(|it| it.line.split(' ').next().unwrap()).collect();
    assert_eq!(methods, ["GET", "POST", "PUT", "PATCH", "DELETE", "GET", "GET"]);
}

#[tokio::test]
async fn any_path_stays_below_the_base() {
    let server = Server::start([]).await;
    let client = server.builder().base_url(format!("{}/api/v3", server.url())).build().unwrap();
    for path in ["", "x", "https://evil.example/", "/../../login", "/%2e%2e/login"] {
        let error = client.get::<Value>(path).await.unwrap_err();
        assert_eq!(error.attempts(), 0, "{error}");
    }
    assert_eq!(server.connections(), 0);
    // What looks like another host is a path below the base.
    server.then(json(200, "1"));
    assert_eq!(client.get::<u64>("//evil.example/x").await.unwrap(), 1);
    assert_eq!(server.request().line, "GET /api/v3//evil.example/x");
}

#[tokio::test]
async fn any_write_is_repeated_only_if_it_is_harmless() {
    for (harmless, method, attempts) in [
        (false, Method::GET, 2),
        (false, Method::POST, 1),
        (false, Method::PUT, 1),
        (false, Method::PATCH, 1),
        (false, Method::DELETE, 1),
        (true, Method::POST, 2),
        (true, Method::DELETE, 2),
    ] {
        let server = Server::start([answer(502, &[], ""), json(200, "1")]).await;
        let client = server.builder().retries(Default::default()).build().unwrap();
        let mut request = client.request(method.clone(), "/x");
        if harmless {
            request = request.harmless();
        }
        let result: Result<u64, Error> = request.send().await;
        assert_eq!(result.is_ok(), attempts == 2, "{method} {result:?}");
        assert_eq!(server.requests().len(), attempts, "{method}");
    }
}

#[tokio::test]
async fn a_commit_with_many_contexts() {
    let page = |first: u64| {
        let statuses: Vec<_> = (first..first + 2)
            .map(|id| format!(r#"{{"id": {id}, "state": "success", "context": "c{id}"}}"#))
            .collect();
        format!(r#"{{"state": "failure", "total_count": 4, "statuses": [{}]}}"#, statuses.join(","))
    };
    let link = r#"</repositories/1/commits/x/status?page=2>; rel="next""#;
    let server =
        Server::start([answer(200, &[("link", link)], &page(0)), json(200, &page(2))]).await;
    let combined = server.repo().combined_status("main").await.unwrap();
    let ids: Vec<_> = combined.statuses.iter().map(|status| status.id).collect();
    assert_eq!(ids, [0, 1, 2, 3]);
    assert_eq!(server.requests()[1].line, "GET /repositories/1/commits/x/status?page=2");
}
