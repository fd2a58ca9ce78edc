//! Commits, comparisons, branches, files and rules over the API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, FakeProtection, FakePullRequest};
use serde_json::json;
use support::Api;

const REPOSITORY: &str = "/repos/octocat/hello-world";

#[tokio::test]
async fn commits_are_listed_and_compared() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let base = repository.head("main");
    let head = repository.push("topic/one");
    let list = api.get(&format!("{REPOSITORY}/commits?sha=topic/one")).await.expect(200);
    let shas: Vec<_> = list.as_array().unwrap().iter().map(|it| it["sha"].clone()).collect();
    assert_eq!(shas, [head.as_str(), base.as_str()]);
    api.get(&format!("{REPOSITORY}/commits?sha=nowhere")).await.expect(404);

    let ours = repository.push("main");
    let number = repository.open_pull_request(FakePullRequest::new("A typo").from_fork("hubot"));
    let theirs = repository.pull_request(number).head_sha;
    for (basehead, status, ahead, behind) in [
        ("main...topic%2Fone", "diverged", 1, 1),
        ("main...topic/one", "diverged", 1, 1),
        ("topic/one...main", "diverged", 1, 1),
        ("main...hubot:feature", "ahead", 1, 0),
        ("octocat:main...main", "identical", 0, 0),
    ] {
        let found = api.get(&format!("{REPOSITORY}/compare/{basehead}")).await.expect(200);
        assert_eq!(found["status"], status, "{basehead}");
        assert_eq!((&found["ahead_by"], &found["behind_by"]), (&json!(ahead), &json!(behind)));
    }
    let found = api.get(&format!("{REPOSITORY}/compare/{theirs}...{base}")).await.expect(200);
    assert_eq!((&found["status"], &found["behind_by"]), (&json!("behind"), &json!(2)));
    let found = api.get(&format!("{REPOSITORY}/compare/{head}...{ours}")).await.expect(200);
    assert_eq!(found["merge_base_commit"]["sha"], base.as_str());
    assert_eq!(found["commits"][0]["sha"], ours.as_str());
    api.get(&format!("{REPOSITORY}/compare/main...nowhere")).await.expect(404);
    api.get(&format!("{REPOSITORY}/compare/main")).await.expect(404);
}

#[tokio::test]
async fn a_branch_shows_what_its_protection_requires() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    let head = repository.push("release/1");
    repository.protect("release/1", FakeProtection::new().check("ci").check_of_app("lint", 7));
    for path in ["branches/release/1", "branches/release%2F1"] {
        let found = api.get(&format!("{REPOSITORY}/{path}")).await.expect(200);
        assert_eq!(found["commit"]["sha"], head.as_str());
        assert_eq!(found["commit"]["commit"]["message"], "Change release/1");
        let required = &found["protection"]["required_status_checks"];
        assert_eq!(required["contexts"], json!(["ci", "lint"]));
        assert_eq!(required["checks"][1], json!({ "context": "lint", "app_id": 7 }));
        assert_eq!(required["checks"][0]["app_id"], json!(null));
    }
    let open = api.get(&format!("{REPOSITORY}/branches/main")).await.expect(200);
    assert_eq!(
        (&open["protected"], &open["protection"]["enabled"]),
        (&json!(false), &json!(false))
    );
    let missing = api.get(&format!("{REPOSITORY}/branches/nowhere")).await;
    assert_eq!(missing.message(404), "Branch not found");
    let list = api.get(&format!("{REPOSITORY}/branches?protected=true")).await.expect(200);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(api.get(&format!("{REPOSITORY}/branches")).await.expect(200)[0]["name"], "main");
}

#[tokio::test]
async fn rulesets_have_rules_for_a_branch() {
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let repository = github.create_repository("octocat/hello-world");
    repository.add_ruleset("main", FakeProtection::new().check_of_app("lint", 7).strict());
    repository.add_ruleset("main", FakeProtection::new().check("ci"));
    let rules = api.get(&format!("{REPOSITORY}/rules/branches/main")).await.expect(200);
    assert_eq!(rules[0]["type"], "required_status_checks");
    assert_eq!(
        rules[0]["parameters"]["required_status_checks"],
        json!([{ "context": "lint", "integration_id": 7 }])
    );
    assert_eq!(rules[0]["parameters"]["strict_required_status_checks_policy"], true);
    assert_eq!(rules[1]["parameters"]["required_status_checks"], json!([{ "context": "ci" }]));
    assert_ne!(rules[0]["ruleset_id"], rules[1]["ruleset_id"]);
    // Rules are for names; the branch need not be there.
    let none = api.get(&format!("{REPOSITORY}/rules/branches/new/one")).await.expect(200);
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn a_file_comes_in_json_or_as_it_is() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.set_file("docs/guide.md", "# A guide\n");
    repository.set_file("docs/empty", "");
    let api = Api::new(github.api_url());
    let found = api.get(&format!("{REPOSITORY}/contents/docs/guide.md")).await.expect(200);
    assert_eq!(
        (&found["encoding"], &found["content"]),
        (&json!("base64"), &json!("IyBBIGd1aWRlCg=="))
    );
    let folder = api.get(&format!("{REPOSITORY}/contents/docs")).await.expect(200);
    assert_eq!(folder[1]["path"], "docs/guide.md");

    let raw = Api::new(github.api_url()).with("accept", "application/vnd.github.raw+json");
    let reply = raw.get(&format!("{REPOSITORY}/contents/docs%2Fguide.md?ref=main")).await;
    assert_eq!((reply.status, &*reply.text), (200, "# A guide\n"));
    assert_eq!(reply.header("content-type"), "application/vnd.github.raw+json; charset=utf-8");
    assert_eq!(raw.get(&format!("{REPOSITORY}/contents/docs/empty")).await.text, "");
    raw.get(&format!("{REPOSITORY}/contents/docs/none")).await.expect(404);
    raw.get(&format!("{REPOSITORY}/contents/docs/guide.md?ref=nowhere")).await.expect(404);
    // A folder has no bytes.
    assert!(raw.get(&format!("{REPOSITORY}/contents/docs")).await.expect(200).is_array());

    let tree = api.get(&format!("{REPOSITORY}/git/trees/main?recursive=1")).await.expect(200);
    let paths: Vec<_> = tree["tree"].as_array().unwrap().iter().map(|it| &it["path"]).collect();
    assert_eq!(paths, ["README.md", "docs/empty", "docs/guide.md"]);
    let same = format!("{REPOSITORY}/git/trees/{}", tree["sha"].as_str().unwrap());
    assert_eq!(api.get(&same).await.expect(200)["tree"], tree["tree"]);
    api.get(&format!("{REPOSITORY}/git/trees/nowhere")).await.expect(404);
}
