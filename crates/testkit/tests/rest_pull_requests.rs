//! Pull requests and merging over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, FakePullRequest, FakeRepository};
use hookstead_types::StatusState;
use serde_json::{Value, json};
use support::Api;

const REPOSITORY: &str = "/repos/octocat/hello-world";

async fn setting() -> (Api, FakeRepository) {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    (api, github.create_repository("octocat/hello-world"))
}

#[tokio::test]
async fn asking_computes_whether_it_can_be_merged() {
    let (api, repository) = setting().await;
    let clean = repository.open_pull_request(FakePullRequest::new("Clean").head("a"));
    let draft = repository.open_pull_request(FakePullRequest::new("Draft").head("b").draft());
    let dirty = repository.open_pull_request(FakePullRequest::new("Dirty").head("c"));
    let unstable = repository.open_pull_request(FakePullRequest::new("Unstable").head("d"));
    repository.make_conflicting("c");
    repository.create_status(&repository.head("d"), "ci", StatusState::Failure);
    for (number, mergeable, state) in [
        (clean, true, "clean"),
        (draft, true, "draft"),
        (dirty, false, "dirty"),
        (unstable, true, "unstable"),
    ] {
        let got = api.get(&format!("{REPOSITORY}/pulls/{number}")).await.expect(200);
        assert_eq!(got["mergeable"], mergeable, "{state}");
        assert_eq!(got["mergeable_state"], state);
        assert_eq!(got["merge_commit_sha"].is_string(), mergeable, "a test merge");
        assert_eq!(got["draft"], state == "draft");
    }
    repository.push("c");
    let got = api.get(&format!("{REPOSITORY}/pulls/{dirty}")).await.expect(200);
    assert_eq!(got["mergeable"], true, "a push resolved the conflict");
}

#[tokio::test]
async fn a_pull_request_is_merged_once() {
    let (api, repository) = setting().await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let path = format!("{REPOSITORY}/pulls/{number}/merge");
    let is_merged = api.get(&path).await;
    assert_eq!((is_merged.status, is_merged.text.as_str()), (404, ""));

    let wrong = json!({ "sha": repository.head("main") });
    let message = api.put(&path, wrong).await.message(409);
    assert_eq!(message, "Head branch was modified. Review and try the merge again.");
    assert_eq!(api.put(&path, json!({ "merge_method": "octopus" })).await.status, 422);

    let right = json!({ "sha": repository.head("feature") });
    let merged = api.put(&path, right.clone()).await.expect(200);
    assert_eq!(merged["merged"], true);
    assert_eq!(merged["message"], "Pull Request successfully merged");
    assert_eq!(merged["sha"], repository.head("main").as_str());
    assert_eq!(api.get(&path).await.status, 204);
    assert_eq!(api.put(&path, right).await.message(405), "Pull Request is not mergeable");

    let got = api.get(&format!("{REPOSITORY}/pulls/{number}")).await.expect(200);
    assert_eq!((&got["state"], &got["merged"]), (&json!("closed"), &json!(true)));
    assert_eq!(got["merge_commit_sha"], merged["sha"]);
    assert_eq!(got["merged_by"]["login"], "hookstead-ci");
    assert!(got["merged_at"].is_string());
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused() {
    let (api, repository) = setting().await;
    let draft = repository.open_pull_request(FakePullRequest::new("Draft").head("a").draft());
    let dirty = repository.open_pull_request(FakePullRequest::new("Dirty").head("b"));
    repository.make_conflicting("b");
    let closed = repository.open_pull_request(FakePullRequest::new("Closed").head("c"));
    repository.close_pull_request(closed);
    let main = repository.head("main");
    for number in [draft, dirty, closed] {
        let path = format!("{REPOSITORY}/pulls/{number}/merge");
        assert_eq!(api.put(&path, json!({})).await.status, 405, "{number}");
    }
    assert_eq!(api.put(&format!("{REPOSITORY}/pulls/9/merge"), json!({})).await.status, 404);
    assert_eq!(repository.head("main"), main);
}

#[tokio::test]
async fn squash_and_rebase_leave_one_parent() {
    let (api, repository) = setting().await;
    for method in ["squash", "rebase"] {
        let number = repository.open_pull_request(FakePullRequest::new("Add").head(method));
        repository.push(method);
        let before = repository.head("main");
        let body = json!({ "merge_method": method });
        api.put(&format!("{REPOSITORY}/pulls/{number}/merge"), body).await.expect(200);
        let after = repository.head("main");
        assert_ne!(before, after);
        // A branch that is not merged in the eyes of git is merged in GitHub's.
        assert!(repository.pull_request(number).merged);
        let body = json!({ "base": "main", "head": method });
        assert_eq!(api.post(&format!("{REPOSITORY}/merges"), body).await.status, 201);
    }
}

#[tokio::test]
async fn branches_are_merged_without_a_pull_request() {
    let (api, repository) = setting().await;
    let path = format!("{REPOSITORY}/merges");
    let topic = repository.push("topic");
    let before = repository.head("main");
    let commit = api.post(&path, json!({ "base": "main", "head": "topic" })).await.expect(201);
    assert_eq!(commit["sha"], repository.head("main").as_str());
    assert_eq!(commit["parents"][0]["sha"], before.as_str());
    assert_eq!(commit["parents"][1]["sha"], topic.as_str());
    assert_eq!(commit["commit"]["message"], "Merge topic into main");
    let again = api.post(&path, json!({ "base": "main", "head": topic })).await;
    assert_eq!((again.status, again.text.as_str()), (204, ""));

    let message = api.post(&path, json!({ "base": "x", "head": "topic" })).await.message(404);
    assert_eq!(message, "Base does not exist");
    let message = api.post(&path, json!({ "base": "main", "head": "x" })).await.message(404);
    assert_eq!(message, "Head does not exist");
    assert_eq!(api.post(&path, json!({ "base": "main" })).await.status, 422);
    repository.push("topic");
    repository.make_conflicting("topic");
    let message = api.post(&path, json!({ "base": "main", "head": "topic" })).await.message(409);
    assert_eq!(message, "Merge conflict");
}

#[tokio::test]
async fn merging_the_branch_merges_the_pull_request() {
    let (api, repository) = setting().await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let body = json!({ "base": "main", "head": "feature" });
    let commit = api.post(&format!("{REPOSITORY}/merges"), body).await.expect(201);
    let merged = repository.pull_request(number);
    assert!(merged.merged);
    assert_eq!(commit["sha"], merged.merge_commit_sha.unwrap().as_str());
}

#[tokio::test]
async fn the_pull_requests_of_a_commit() {
    let (api, repository) = setting().await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let other = repository.open_pull_request(FakePullRequest::new("Closed").head("other"));
    repository.close_pull_request(other);
    let head = repository.head("feature");
    let closed = repository.head("other");
    let of = async |sha: String| {
        let reply = api.get(&format!("{REPOSITORY}/commits/{sha}/pulls")).await;
        let list: Vec<Value> = reply.expect(200).as_array().unwrap().clone();
        list
    };
    let open = of(head.to_string()).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["number"], number);
    assert_eq!(open[0].get("mergeable"), None, "lists have the reduced shape");
    assert_eq!(open[0]["head"]["sha"], head.as_str());
    assert!(of(closed.to_string()).await.is_empty());
    assert!(of(repository.head("main").to_string()).await.is_empty());

    let merged = repository.merge_pull_request(number);
    for sha in [head, merged] {
        let found = of(sha.to_string()).await;
        assert_eq!(found.len(), 1, "{sha}");
        assert_eq!(found[0]["number"], number);
    }
    let nothing = format!("{REPOSITORY}/commits/{}/pulls", "0".repeat(40));
    assert_eq!(api.get(&nothing).await.status, 422);
}

#[tokio::test]
async fn a_pull_request_is_merged_in_githubs_own_time() {
    let (api, repository) = setting().await;
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    let path = format!("{REPOSITORY}/pulls/{number}/merge-async");
    let head = repository.head("feature");
    let body = json!({ "sha": head, "merge_method": "squash", "commit_title": "Flag" });
    let accepted = api.put(&path, body.clone()).await.expect(202);
    assert_eq!(accepted["status"], "pending");
    let details = &accepted["details"];
    assert_eq!(details["merge_method"], "squash");
    assert_eq!(details["merge_action"], "default");
    assert_eq!(details["expected_head_sha"], head.as_str());
    assert!(details["message"].is_string());
    assert!(!repository.pull_request(number).merged, "not yet");
    let again = api.put(&path, body).await.expect(409);
    assert_eq!(again, accepted, "the same request");

    let poll = format!("{path}/{}", details["uuid"].as_str().unwrap());
    assert_eq!(api.get(&poll).await.expect(200), accepted);
    let merged = api.get(&poll).await.expect(200);
    assert_eq!(merged["status"], "merged");
    assert_eq!(merged["details"]["sha"], repository.head("main").as_str());
    assert_eq!(merged["details"].as_object().unwrap().len(), 2);
    assert_eq!(api.get(&poll).await.expect(200), merged);
    let already = api.put(&path, json!({})).await.expect(200);
    assert_eq!(already["details"]["sha"], merged["details"]["sha"]);

    assert_eq!(api.get(&format!("{path}/nothing")).await.status, 404);
    let other = poll.replace("/pulls/1/", "/pulls/2/");
    assert_eq!(api.get(&other).await.status, 404);
    repository.github().clock().advance(std::time::Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(api.get(&poll).await.status, 404, "a day is over");
}

#[tokio::test]
async fn a_merge_in_githubs_own_time_may_fail_late() {
    let (api, repository) = setting().await;
    let ask = async |number: u64, body: Value| {
        api.put(&format!("{REPOSITORY}/pulls/{number}/merge-async"), body).await
    };
    let outcome = async |number: u64, accepted: &Value| {
        let uuid = accepted["details"]["uuid"].as_str().unwrap();
        api.get(&format!("{REPOSITORY}/pulls/{number}/merge-async/{uuid}")).await.expect(200)
    };
    let moved = repository.open_pull_request(FakePullRequest::new("Moved").head("a"));
    let accepted = ask(moved, json!({})).await.expect(202);
    assert_eq!(accepted["details"]["merge_method"], "default");
    repository.push("a");
    repository.carry_out_merges();
    let failed = outcome(moved, &accepted).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["details"]["message"].as_str().unwrap().contains("was modified"));
    ask(moved, json!({})).await.expect(202);

    let dirty = repository.open_pull_request(FakePullRequest::new("Dirty").head("b"));
    repository.make_conflicting("b");
    let accepted = ask(dirty, json!({})).await.expect(202);
    outcome(dirty, &accepted).await;
    assert_eq!(outcome(dirty, &accepted).await["status"], "failed", "rules are checked later");

    let queued = repository.open_pull_request(FakePullRequest::new("Queued").head("c"));
    let body = json!({ "merge_action": "merge_queue" });
    let accepted = ask(queued, body.clone()).await.expect(202);
    repository.carry_out_merges();
    let failed = outcome(queued, &accepted).await;
    assert_eq!(failed["details"]["message"], "The base branch has no merge queue");

    let draft = repository.open_pull_request(FakePullRequest::new("Draft").head("d").draft());
    let closed = repository.open_pull_request(FakePullRequest::new("Closed").head("e"));
    repository.close_pull_request(closed);
    for number in [draft, closed] {
        let refused = ask(number, json!({})).await.expect(400);
        assert_eq!(refused["status"], "failed");
        assert!(refused["details"]["message"].is_string());
    }
    ask(99, json!({})).await.expect(404);
    ask(dirty, json!({ "merge_action": "now" })).await.expect(422);
    ask(dirty, json!({ "merge_method": "octopus" })).await.expect(422);
}

#[tokio::test]
async fn pull_requests_are_listed() {
    let (api, repository) = setting().await;
    let one = repository.open_pull_request(FakePullRequest::new("One").head("a"));
    let two = repository.open_pull_request(FakePullRequest::new("Two").head("b"));
    let three = repository.open_pull_request(FakePullRequest::new("Three").head("c").draft());
    repository.close_pull_request(two);
    let numbers = async |query: &str| {
        let list = api.get(&format!("{REPOSITORY}/pulls{query}")).await.expect(200);
        let numbers = list.as_array().unwrap().iter().map(|it| it["number"].as_u64().unwrap());
        numbers.collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("", vec![three, one]),
        ("?state=open&direction=asc", vec![one, three]),
        ("?state=closed", vec![two]),
        ("?state=all", vec![three, two, one]),
        ("?state=all&sort=updated&direction=asc&base=main", vec![one, two, three]),
        ("?head=octocat:c", vec![three]),
        ("?head=c", vec![three, one]),
        ("?head=hubot:c", vec![]),
        ("?base=other", vec![]),
        ("?state=all&per_page=1&page=2", vec![two]),
    ] {
        assert_eq!(numbers(query).await, expected, "{query}");
    }
    let page = api.get(&format!("{REPOSITORY}/pulls?per_page=1")).await;
    assert!(page.link("next").unwrap().ends_with("/pulls?per_page=1&page=2"));
    let listed = &page.expect(200)[0];
    assert_eq!((&listed["title"], listed.get("mergeable")), (&json!("Three"), None));
}

#[tokio::test]
async fn a_commit_is_got_by_its_sha_or_its_branch() {
    let (api, repository) = setting().await;
    let sha = repository.push("topic/a");
    for reference in [sha.as_str(), "topic/a", "topic%2Fa", "heads/topic/a"] {
        let commit = api.get(&format!("{REPOSITORY}/commits/{reference}")).await.expect(200);
        assert_eq!(commit["sha"], sha.as_str(), "{reference}");
        assert_eq!(commit["parents"][0]["sha"], repository.head("main").as_str());
        assert_eq!(commit["files"][0]["filename"], "README.md");
        assert_eq!(commit["stats"]["total"], 2);
    }
    // What lies below a commit is something else.
    let statuses = api.get(&format!("{REPOSITORY}/commits/{sha}/statuses")).await.expect(200);
    assert_eq!(statuses, json!([]));
    let unknown = "b".repeat(40);
    let refused = api.get(&format!("{REPOSITORY}/commits/{unknown}")).await;
    assert_eq!(refused.message(422), format!("No commit found for SHA: {unknown}"));
}
