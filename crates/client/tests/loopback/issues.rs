//! Comments, labels and reactions: what is asked, and what is read from the answer.

use hookstead_client::{CollaboratorLevel, ReactionContent};
use serde_json::json as value;

use crate::support::{Reply, Server, json};

const LABELS: &str = r#"[{"name": "bug"}]"#;

#[tokio::test]
async fn what_is_asked_about_issues() {
    let comment = r#"{"id": 5, "body": "Hello"}"#;
    let reaction = r#"{"id": 6, "content": "eyes"}"#;
    let server = Server::start([
        json(201, comment),
        json(200, comment),
        json(200, &format!("[{comment}]")),
        json(200, LABELS),
        json(200, LABELS),
        json(200, "[]"),
        json(200, LABELS),
        json(200, reaction),
        json(201, reaction),
        json(200, r#"{"permission": "superuser", "role_name": "superuser"}"#),
    ])
    .await;
    let repo = server.repo();
    assert_eq!(repo.create_comment(7, "Hello").await.unwrap().body, "Hello");
    repo.update_comment(5, "Hello").await.unwrap();
    assert_eq!(repo.comments(7).await.unwrap().items[0].id, 5);
    assert_eq!(repo.add_labels(7, ["bug"]).await.unwrap()[0].name, "bug");
    repo.set_labels(7, [""; 0]).await.unwrap();
    assert!(repo.remove_label(7, "area/a b?").await.unwrap());
    assert_eq!(repo.labels_of(7).await.unwrap().items[0].name, "bug");
    let eyes = &ReactionContent::Eyes;
    assert_eq!(repo.react_to_issue(7, eyes).await.unwrap().content, *eyes);
    repo.react_to_comment(5, &ReactionContent::ThumbsUp).await.unwrap();
    // What a later GitHub may know allows nothing.
    let permission = repo.permission_of("octo cat").await.unwrap();
    assert!(matches!(permission.permission, CollaboratorLevel::Unknown(_)));
    assert!(!permission.may_write());

    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| &*request.line).collect();
    assert_eq!(
        lines,
        [
            "POST /repos/octocat/hello/issues/7/comments",
            "PATCH /repos/octocat/hello/issues/comments/5",
            "GET /repos/octocat/hello/issues/7/comments?per_page=100",
            "POST /repos/octocat/hello/issues/7/labels",
            "PUT /repos/octocat/hello/issues/7/labels",
            "DELETE /repos/octocat/hello/issues/7/labels/area%2Fa%20b%3F",
            "GET /repos/octocat/hello/issues/7/labels?per_page=100",
            "POST /repos/octocat/hello/issues/7/reactions",
            "POST /repos/octocat/hello/issues/comments/5/reactions",
            "GET /repos/octocat/hello/collaborators/octo%20cat/permission",
        ]
    );
    assert_eq!(requests[0].json(), value!({"body": "Hello"}));
    assert_eq!(requests[3].json(), value!({"labels": ["bug"]}));
    assert_eq!(requests[4].json(), value!({"labels": []}));
    assert_eq!(requests[8].json(), value!({"content": "+1"}));
}

#[tokio::test]
async fn a_comment_that_is_too_long_is_cut() {
    let server = Server::start([json(201, r#"{"id": 5}"#)]).await;
    server.repo().create_comment(7, &"é".repeat(65_537)).await.unwrap();
    let body = server.requests()[0].json();
    let text = body["body"].as_str().unwrap();
    assert_eq!(text.chars().count(), 65_536);
    assert!(text.ends_with('…'));
}

#[tokio::test]
async fn a_label_that_is_not_there_is_no_error() {
    let missing = r#"{"message": "Label does not exist"}"#;
    let server = Server::start([json(404, missing)]).await;
    assert!(!server.repo().remove_label(7, "bug").await.unwrap());

    // The first attempt may have taken it away.
    let lost = Reply::BytesThenClose(Vec::new());
    let server = Server::start([lost, json(404, missing)]).await;
    let client = server.builder().retries(Default::default()).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    assert!(repo.remove_label(7, "bug").await.unwrap());

    // A proxy's words are no answer of GitHub's.
    let server = Server::start([json(404, "<html>")]).await;
    assert!(server.repo().remove_label(7, "bug").await.unwrap_err().is_not_found());
}
