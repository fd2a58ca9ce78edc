//! Issues, comments, labels and reactions over the API and as people make them.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_events::{
    Event as _, EventName, IssueCommentEvent, IssuesEvent, PullRequestAction, PullRequestEvent,
};
use hookstead_testkit::{FakeGitHub, FakeHook, FakeIssue, FakePullRequest};
use serde_json::{Value, json};
use support::{Api, Hooked};

const REPOSITORY: &str = "/repos/octocat/hello-world";

fn names(labels: &Value) -> Vec<&str> {
    labels.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn issues_and_pull_requests_share_numbers_and_are_commented_on() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let issue = repository.open_issue(FakeIssue::new("A typo"));
    let pull_request = repository.open_pull_request(FakePullRequest::new("Fix it"));
    assert_eq!((issue, pull_request), (1, 2));

    let comments = |number: u64| format!("{REPOSITORY}/issues/{number}/comments");
    let made = api.post(&comments(2), json!({ "body": "Well done" })).await.expect(201);
    assert_eq!(made["user"]["login"], "hookstead-ci");
    let address = format!("{REPOSITORY}/issues/comments/{}", made["id"]);
    let edited = api.patch(&address, json!({ "body": "Very well done" })).await.expect(200);
    assert_eq!(edited["body"], "Very well done");
    repository.comment(2, "monalisa", "Thanks");
    let list = api.get(&comments(2)).await.expect(200);
    let said: Vec<_> = list.as_array().unwrap().iter().map(|it| it["body"].clone()).collect();
    assert_eq!(said, ["Very well done", "Thanks"]);
    assert_eq!(api.get(&comments(1)).await.expect(200), json!([]));
    assert_eq!(repository.comments(2)[0].body, "Very well done");

    api.post(&comments(3), json!({ "body": "Nobody" })).await.expect(404);
    api.post(&comments(2), json!({ "body": " " })).await.expect(422);
    api.post(&comments(2), json!({ "body": "a".repeat(65_536) })).await.expect(201);
    api.post(&comments(2), json!({ "body": "a".repeat(65_537) })).await.expect(422);
    api.patch(&format!("{REPOSITORY}/issues/comments/1"), json!({ "body": "b" })).await.expect(404);

    let seen = api.get(&format!("{REPOSITORY}/issues/2")).await.expect(200);
    assert_eq!(seen["comments"], 3);
    assert!(seen["pull_request"].is_object());
    let seen = api.get(&format!("{REPOSITORY}/issues/1")).await.expect(200);
    assert!(seen.get("pull_request").is_none());
}

#[tokio::test]
async fn labels_are_compared_without_regard_to_case() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    repository.open_issue(FakeIssue::new("A typo").label("Bug"));
    let labels = format!("{REPOSITORY}/issues/1/labels");
    let added = api.post(&labels, json!({ "labels": ["bug", "a/b", { "name": "c" }] })).await;
    assert_eq!(names(&added.expect(200)), ["bug", "a/b", "c"]);
    let left = api.delete(&format!("{labels}/A%2FB")).await.expect(200);
    assert_eq!(names(&left), ["bug", "c"]);
    let gone = api.delete(&format!("{labels}/a%2Fb")).await;
    assert_eq!(gone.message(404), "Label does not exist");
    api.post(&labels, json!({})).await.expect(422);
    // A bare list is taken, too.
    let added = api.post(&labels, json!(["d", { "name": "e" }])).await.expect(200);
    assert_eq!(names(&added)[names(&added).len() - 2..], ["d", "e"]);
    assert_eq!(names(&api.put(&labels, json!(["f"])).await.expect(200)), ["f"]);
    api.post(&format!("{REPOSITORY}/issues/1/comments"), json!(["g"])).await.expect(400);
    assert_eq!(names(&api.put(&labels, json!({ "labels": [] })).await.expect(200)), [""; 0]);
    assert_eq!(repository.labels(1), [""; 0]);
}

#[tokio::test]
async fn a_reaction_is_made_once_by_each() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    repository.open_issue(FakeIssue::new("A typo"));
    let comment = repository.comment(1, "monalisa", "/ping");
    let path = format!("{REPOSITORY}/issues/comments/{comment}/reactions");
    let eyes = || api.post(&path, json!({ "content": "eyes" }));
    let first = eyes().await.expect(201);
    assert_eq!(eyes().await.expect(200), first);
    api.post(&path, json!({ "content": "+1" })).await.expect(201);
    api.post(&path, json!({ "content": "clap" })).await.expect(422);
    api.post(&format!("{REPOSITORY}/issues/1/reactions"), json!({ "content": "eyes" }))
        .await
        .expect(201);
    let reactions = repository.reactions_to_comment(comment);
    assert_eq!(reactions.iter().map(|it| &*it.content).collect::<Vec<_>>(), ["eyes", "+1"]);
    assert_eq!(repository.reactions(1).len(), 1);
    let shown = api.get(&format!("{REPOSITORY}/issues/comments/{comment}")).await.expect(200);
    assert_eq!(
        (&shown["reactions"]["total_count"], &shown["reactions"]["+1"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn roles_come_to_permissions() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    for (login, role) in [("Mona", "maintain"), ("tria", "triage"), ("nobody", "none")] {
        repository.set_role(login, role);
    }
    for (login, permission, role) in [
        ("octocat", "admin", "admin"),
        ("mona", "write", "maintain"),
        ("tria", "read", "triage"),
        ("nobody", "none", "none"),
        ("stranger", "read", "read"),
    ] {
        let path = format!("{REPOSITORY}/collaborators/{login}/permission");
        let found = api.get(&path).await.expect(200);
        assert_eq!((&found["permission"], &found["role_name"]), (&json!(permission), &json!(role)));
    }
}

#[tokio::test]
async fn hooks_hear_of_issues_comments_and_labels() {
    let github = FakeGitHub::start().await;
    let receiver = Hooked::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.create_hook(FakeHook::new(&receiver.url).json().events([
        "issues",
        "issue_comment",
        "pull_request",
    ]));
    let issue = repository.open_issue(FakeIssue::new("A typo").author("hubot"));
    let opened = receiver.find("issues.opened").await;
    let opened = IssuesEvent::decode(&EventName::Issues, &opened.body).unwrap();
    assert_eq!((opened.issue.number, &*opened.issue.user.unwrap().login), (1, "hubot"));

    let comment = repository.comment(issue, "monalisa", "/ping");
    let created = receiver.find("issue_comment.created").await;
    let created = IssueCommentEvent::decode(&EventName::IssueComment, &created.body).unwrap();
    assert_eq!((created.comment.id, &*created.comment.body), (comment, "/ping"));
    assert_eq!(created.sender.unwrap().login, "monalisa");
    assert!(created.issue.pull_request.is_none());
    repository.edit_comment(comment, "monalisa", "/pong");
    let edited = receiver.find("issue_comment.edited").await.payload();
    assert_eq!(edited["changes"]["body"]["from"], "/ping");

    repository.set_labels(issue, &["bug"]);
    assert_eq!(receiver.find("issues.labeled").await.payload()["label"]["name"], "bug");
    repository.set_labels(issue, &[]);
    assert_eq!(receiver.find("issues.unlabeled").await.payload()["label"]["name"], "bug");
    repository.close_issue(issue);
    assert_eq!(receiver.find("issues.closed").await.payload()["issue"]["state"], "closed");

    let number = repository.open_pull_request(FakePullRequest::new("Fix it"));
    repository.set_labels(number, &["ready"]);
    let labeled = receiver.find("pull_request.labeled").await;
    let labeled = PullRequestEvent::decode(&EventName::PullRequest, &labeled.body).unwrap();
    assert_eq!(labeled.action, PullRequestAction::Labeled);
    assert_eq!(labeled.label.unwrap().name, "ready");
    repository.comment(number, "stranger", "Nice");
    let created = receiver.find("issue_comment.created").await;
    let created = IssueCommentEvent::decode(&EventName::IssueComment, &created.body).unwrap();
    assert!(created.issue.pull_request.is_some());
}

#[tokio::test]
async fn a_comment_is_deleted_with_its_reactions() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let receiver = Hooked::start().await;
    repository.create_hook(FakeHook::new(&receiver.url).json().events(["issue_comment"]));
    let number = repository.open_issue(FakeIssue::new("A typo"));
    let comment = repository.comment(number, "monalisa", "/ping");
    let path = format!("{REPOSITORY}/issues/comments/{comment}");
    api.post(&format!("{path}/reactions"), json!({ "content": "eyes" })).await.expect(201);
    let others = repository.react_to_comment(comment, "monalisa", "+1");
    let list = api.get(&format!("{path}/reactions?content=eyes")).await.expect(200);
    assert_eq!(
        (list.as_array().unwrap().len(), &list[0]["user"]["login"]),
        (1, &json!("hookstead-ci"))
    );
    // Nobody takes back what somebody else has said.
    api.delete(&format!("{path}/reactions/{others}")).await;
    assert_eq!(repository.reactions_to_comment(comment).len(), 2);
    let own = format!("{path}/reactions/{}", list[0]["id"]);
    assert_eq!(api.delete(&own).await.status, 204);
    api.delete(&own).await.expect(404);

    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.expect(404);
    assert!(repository.comments(number).is_empty());
    assert!(repository.reactions_to_comment(comment).is_empty());
    let told = receiver.find("issue_comment.deleted").await.payload();
    assert_eq!(
        (&told["comment"]["id"], &told["sender"]["login"]),
        (&json!(comment), &json!("hookstead-ci"))
    );
    repository.delete_comment(repository.comment(number, "monalisa", "Oh"), "monalisa");
    assert_eq!(receiver.find("issue_comment.deleted").await.payload()["comment"]["body"], "Oh");
}

#[tokio::test]
async fn a_repository_has_labels_of_its_own() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let labels = format!("{REPOSITORY}/labels");
    let list = async || api.get(&format!("{labels}?per_page=100")).await.expect(200);
    assert_eq!(names(&list().await)[0], "bug");
    let new = json!({ "name": "Ready", "color": "0E8A16", "description": "May be merged" });
    let made = api.post(&labels, new.clone()).await.expect(201);
    assert_eq!((&made["color"], &made["default"]), (&json!("0e8a16"), &json!(false)));
    let taken = api.post(&labels, json!({ "name": "READY" })).await.expect(422);
    assert_eq!(taken["errors"][0]["code"], "already_exists");
    for bad in [
        json!({}),
        json!({ "name": " " }),
        json!({ "name": "a", "color": "#0e8a16" }),
        json!({ "name": "a", "description": "b".repeat(101) }),
    ] {
        api.post(&labels, bad).await.expect(422);
    }
    // What has a label shows it as it is, and what is new is made.
    repository.open_issue(FakeIssue::new("A typo").label("ready").label("new"));
    let shown = api.get(&format!("{REPOSITORY}/issues/1")).await.expect(200);
    assert_eq!(shown["labels"][0]["color"], "0e8a16");
    assert_eq!(names(&list().await)[9..], ["Ready", "new"]);
    assert_eq!(repository.all_labels()[10].name, "new");
}
