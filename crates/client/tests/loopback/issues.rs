//! Comments, labels and reactions: what is asked, and what is read from the answer.

use hookstead_client::{CollaboratorLevel, LabelOutcome, NewLabel, ReactionContent};
use serde_json::json as value;

use crate::support::{Reply, Server, answer, json};

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

#[tokio::test]
async fn what_is_asked_about_deletions_and_lists() {
    let empty = || answer(204, &[], "");
    let reactions = r#"[{"id": 6, "content": "eyes"}]"#;
    let server = Server::start([
        empty(),
        json(200, reactions),
        json(200, reactions),
        empty(),
        empty(),
        json(200, LABELS),
    ])
    .await;
    let repo = server.repo();
    repo.delete_comment(5).await.unwrap();
    assert_eq!(repo.reactions_to_issue(7).await.unwrap().items[0].id, 6);
    assert_eq!(repo.reactions_to_comment(5).await.unwrap().items[0].id, 6);
    repo.delete_reaction_to_issue(7, 6).await.unwrap();
    repo.delete_reaction_to_comment(5, 6).await.unwrap();
    assert_eq!(repo.labels().await.unwrap().items[0].name, "bug");
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| &*request.line).collect();
    assert_eq!(
        lines,
        [
            "DELETE /repos/octocat/hello/issues/comments/5",
            "GET /repos/octocat/hello/issues/7/reactions?per_page=100",
            "GET /repos/octocat/hello/issues/comments/5/reactions?per_page=100",
            "DELETE /repos/octocat/hello/issues/7/reactions/6",
            "DELETE /repos/octocat/hello/issues/comments/5/reactions/6",
            "GET /repos/octocat/hello/labels?per_page=100",
        ]
    );
}

#[tokio::test]
async fn a_label_whose_name_is_taken_is_no_error() {
    let refusal = |code: &str| {
        let errors = format!(r#"[{{"resource": "Label", "code": "{code}", "field": "name"}}]"#);
        json(422, &format!(r#"{{"message": "Validation Failed", "errors": {errors}}}"#))
    };
    let created = json(201, r#"{"id": 9, "name": "ready", "color": "0e8a16"}"#);
    let server = Server::start([created, refusal("already_exists"), refusal("invalid")]).await;
    let repo = server.repo();
    let new = NewLabel::new("ready").color("#0e8a16").description("ü".repeat(101));
    let made = repo.create_label(&new).await.unwrap();
    assert!(matches!(made, LabelOutcome::Created(label) if label.id == Some(9)));
    let body = server.requests()[0].json();
    let description = "ü".repeat(99) + "…";
    assert_eq!(body, value!({"name": "ready", "color": "0e8a16", "description": description}));
    assert_eq!(repo.create_label(&new).await.unwrap(), LabelOutcome::Exists);
    assert_eq!(repo.create_label(&NewLabel::new("")).await.unwrap_err().status().unwrap(), 422);
}
