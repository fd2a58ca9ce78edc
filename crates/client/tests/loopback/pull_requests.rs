use hookstead_client::{MergeMethod, MergeOptions, MergeOutcome, PullRequestState};
use serde_json::json;

use crate::support::{Reply, SHA, Server, answer, json, sha};

async fn merge(reply: Reply) -> Result<MergeOutcome, hookstead_client::Error> {
    let server = Server::start([reply]).await;
    server.repo().merge_pull_request(7, &sha(), &MergeOptions::new()).await
}

#[tokio::test]
async fn getting_a_pull_request() {
    let body = json!({
        "id": 1, "number": 7, "state": "open", "title": "Add a flag", "draft": false,
        "merged": false, "mergeable": null, "mergeable_state": "unknown",
        "merge_commit_sha": SHA, "user": {"login": "octocat", "id": 1},
        "head": {"label": "octocat:flag", "ref": "flag", "sha": SHA, "user": null, "repo": null},
        "base": {"label": "octocat:main", "ref": "main", "sha": SHA,
                 "repo": {"id": 5, "full_name": "octocat/hello", "default_branch": "main"}}
    });
    let server = Server::start([json(200, &body.to_string())]).await;
    let pull_request = server.repo().pull_request(7).await.unwrap();
    assert_eq!(server.request().line, "GET /repos/octocat/hello/pulls/7");
    assert_eq!(pull_request.number, 7);
    assert_eq!(pull_request.state, PullRequestState::Open);
    assert_eq!(pull_request.mergeable, None);
    assert!(!pull_request.is_merged());
    assert_eq!(pull_request.head.r#ref, "flag");
    assert_eq!(pull_request.head.repo, None);
    assert_eq!(pull_request.base.repo.unwrap().full_name.unwrap().as_str(), "octocat/hello");
    assert_eq!(pull_request.merge_commit_sha.unwrap(), SHA);
}

#[tokio::test]
async fn a_pull_request_needs_little() {
    let body = json!({
        "number": 7, "state": "closed", "merged_at": "2012-07-20T01:19:13Z",
        "head": {"ref": "flag", "sha": SHA}, "base": {"ref": "main", "sha": SHA}
    });
    let server = Server::start([json(200, &body.to_string())]).await;
    assert!(server.repo().pull_request(7).await.unwrap().is_merged());
}

#[tokio::test]
async fn merging_names_the_expected_head() {
    let body = json!({"sha": SHA, "merged": true, "message": "Pull Request successfully merged"});
    let server = Server::start([json(200, &body.to_string()), json(200, &body.to_string())]).await;
    let repo = server.repo();
    let outcome = repo.merge_pull_request(7, &sha(), &MergeOptions::new()).await.unwrap();
    let message = "Pull Request successfully merged".to_owned();
    assert_eq!(outcome, MergeOutcome::Merged { sha: sha(), message });

    let options =
        MergeOptions::new().method(MergeMethod::Squash).title("Add a flag").message("It waves.");
    repo.merge_pull_request(7, &sha(), &options).await.unwrap();

    let [plain, full] = &server.requests()[..] else { panic!("two requests") };
    assert_eq!(plain.line, "PUT /repos/octocat/hello/pulls/7/merge");
    assert_eq!(plain.json(), json!({ "sha": SHA }));
    assert_eq!(
        full.json(),
        json!({
            "sha": SHA, "merge_method": "squash", "commit_title": "Add a flag",
            "commit_message": "It waves."
        })
    );
}

#[tokio::test]
async fn the_other_outcomes_of_merging() {
    let message = "Pull Request is not mergeable".to_owned();
    let body = json!({"message": message, "documentation_url": "https://docs"}).to_string();
    let outcome = merge(json(405, &body)).await.unwrap();
    assert_eq!(outcome, MergeOutcome::NotMergeable { message });

    let message = "Head branch was modified. Review and try the merge again.".to_owned();
    let outcome = merge(json(409, &json!({ "message": message }).to_string())).await.unwrap();
    assert_eq!(outcome, MergeOutcome::HeadMoved { message });

    // What passes by itself says so in words only, whatever the status.
    for (status, message) in [
        (405, "Base branch was modified. Review and try the merge again."),
        (409, "Base branch was modified. Review and try the merge again."),
        (405, "Merge already in progress"),
    ] {
        let message = message.to_owned();
        let reply = json(status, &json!({ "message": message }).to_string());
        assert_eq!(merge(reply).await.unwrap(), MergeOutcome::Again { message });
    }
    for message in [
        "Changes must be made through the merge queue",
        "Required status check \"ci\" is expected.",
        "2 of 3 required status checks have not succeeded: 1 expected and 1 failing.",
        "At least 1 approving review is required by reviewers with write access.",
        "Repository rule violations found\n\nWaiting on code owner review.\n\n",
        "The head branch is not up to date with the base branch",
    ] {
        let reply = json(405, &json!({ "message": message }).to_string());
        let message = message.trim_end().to_owned();
        assert_eq!(merge(reply).await.unwrap(), MergeOutcome::Blocked { message });
    }
    for message in ["Pull Request is still a draft", "Merge commits are not allowed"] {
        let message = message.to_owned();
        let reply = json(405, &json!({ "message": message }).to_string());
        assert_eq!(merge(reply).await.unwrap(), MergeOutcome::NotMergeable { message });
    }

    let body = json!({"sha": SHA, "merged": false, "message": "not today"}).to_string();
    let outcome = merge(json(200, &body)).await.unwrap();
    assert_eq!(outcome, MergeOutcome::NotMergeable { message: "not today".to_owned() });
}

#[tokio::test]
async fn refusals_of_others_are_errors() {
    for (status, body) in
        [(405, "<html>method not allowed"), (409, ""), (403, r#"{"message": "no"}"#), (404, "{}")]
    {
        let error = merge(answer(status, &[], body)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        let text = error.to_string();
        let start = format!("cannot merge pull request 7 of octocat/hello: {status} ");
        assert!(text.starts_with(&start), "{text}");
    }
}
