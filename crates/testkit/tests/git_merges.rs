//! Pull requests of repositories with git: their refs, and merges that leave real commits.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeCommit, FakeGitHub, FakePullRequest, FakeRepository};
use serde_json::{Value, json};
use support::Api;
use support::git::{self, Clones};

const REPOSITORY: &str = "/repos/octocat/hello-world";

struct Setting {
    repository: FakeRepository,
    api: Api,
    clones: Clones,
}

impl Setting {
    async fn new() -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository("octocat/hello-world").with_git();
        let clones = Clones::new();
        clones.git("", &["clone", "-q", &repository.clone_url(), "work"]).await;
        Self { repository, api: Api::new(github.api_url()), clones }
    }

    fn commit(&self, branch: &str, path: &str, text: &str) -> hookstead_types::Sha {
        let message = format!("Write {path}\n\nIt says {text}.");
        self.repository.commit(branch, FakeCommit::new(&message).file(path, text))
    }

    fn open(&self, branch: &str) -> u64 {
        self.repository.open_pull_request(FakePullRequest::new("Add a flag").head(branch))
    }

    async fn get(&self, number: u64) -> Value {
        self.api.get(&format!("{REPOSITORY}/pulls/{number}")).await.expect(200)
    }

    async fn merge(&self, number: u64, body: Value) -> support::Reply {
        self.api.put(&format!("{REPOSITORY}/pulls/{number}/merge"), body).await
    }

    /// Fetches what a ref names; `None` if it is not there.
    async fn fetch(&self, reference: &str) -> Option<String> {
        self.clones.try_git("work", &["fetch", "-q", "origin", reference]).await.ok()?;
        Some(self.clones.git("work", &["rev-parse", "FETCH_HEAD"]).await)
    }

    /// `format` of each commit that the fetched has and the other has not, the newest first.
    async fn log(&self, format: &str, not: &str) -> Vec<String> {
        let format = format!("--format={format}");
        let log = self.clones.git("work", &["log", &format, "FETCH_HEAD", "--not", not]).await;
        log.lines().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_pull_request_has_refs() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let head = it.commit("topic", "a.txt", "one");
    let base = it.repository.head("main");
    let number = it.open("topic");
    assert_eq!(it.fetch("refs/pull/1/head").await.unwrap(), head.as_str());
    // Nobody has asked the API, and the test merge is there: a build fetches it.
    let merge = it.fetch("refs/pull/1/merge").await.unwrap();
    let expected = format!("{base} {head}|Merge {head} into {base}");
    assert_eq!(it.log("%P|%s", head.as_str()).await, [expected]);
    let json = it.get(number).await;
    assert_eq!((&json["mergeable"], &json["merge_commit_sha"]), (&json!(true), &json!(merge)));
    // They follow the head and the base.
    let head = it.commit("topic", "a.txt", "two");
    assert_eq!(it.fetch("refs/pull/1/head").await.unwrap(), head.as_str());
    let base = it.commit("main", "b.txt", "two");
    let again = it.fetch("refs/pull/1/merge").await.unwrap();
    assert_ne!(again, merge);
    assert_eq!(it.log("%P", head.as_str()).await[0], format!("{base} {head}"));
    assert_eq!(it.get(number).await["merge_commit_sha"], again);
    let status = json!({ "state": "success" });
    it.api.post(&format!("{REPOSITORY}/statuses/{again}"), status).await.expect(201);
    // Only the head's stays.
    it.repository.close_pull_request(number);
    it.repository.delete_branch("topic");
    assert_eq!(it.fetch("refs/pull/1/head").await.unwrap(), head.as_str());
    assert_eq!(it.fetch("refs/pull/1/merge").await, None);
    assert_eq!(it.fetch("topic").await, None);
}

#[tokio::test]
async fn a_merge_commit_has_two_parents() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let head = it.commit("topic", "a.txt", "one");
    let base = it.commit("main", "b.txt", "two");
    let number = it.open("topic");
    let merged = it.merge(number, json!({})).await.expect(200);
    assert_eq!(merged["sha"], it.repository.head("main").as_str());
    assert_eq!(it.fetch("main").await.unwrap(), merged["sha"].as_str().unwrap());
    let message = it.clones.git("work", &["log", "-1", "--format=%B", "FETCH_HEAD"]).await;
    assert_eq!(message, "Merge pull request #1 from octocat/topic\n\nAdd a flag");
    let log = it.log("%P|%an|%cn|%ce", &format!("{head}")).await;
    assert_eq!(log[0], format!("{base} {head}|hookstead-ci|GitHub|noreply@github.com"));
    it.clones.git("work", &["checkout", "-q", "FETCH_HEAD"]).await;
    assert_eq!(it.clones.read("work", "a.txt"), "one");
    assert_eq!(it.clones.read("work", "b.txt"), "two");
    let commit = it.api.get(&format!("{REPOSITORY}/commits/main")).await.expect(200);
    assert_eq!(commit["parents"].as_array().unwrap().len(), 2);
    assert_eq!(commit["committer"]["login"], "web-flow");
    let json = it.get(number).await;
    assert_eq!((&json["merged"], &json["merge_commit_sha"]), (&json!(true), &merged["sha"]));
    assert_eq!(it.fetch("refs/pull/1/merge").await, None);
    assert_eq!(it.merge(number, json!({})).await.status, 405, "once");
}

#[tokio::test]
async fn a_squash_is_one_commit_on_the_base() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.commit("topic", "a.txt", "one");
    let head = it.commit("topic", "c.txt", "three");
    let base = it.commit("main", "b.txt", "two");
    let number = it.open("topic");
    let body =
        json!({ "merge_method": "squash", "commit_title": "All", "commit_message": "Of it" });
    it.merge(number, body).await.expect(200);
    it.fetch("main").await.unwrap();
    assert_eq!(
        it.log("%P|%s|%b|%an", base.as_str()).await,
        [format!("{base}|All|Of it|octocat"), String::new()][..1]
    );
    it.clones.git("work", &["checkout", "-q", "FETCH_HEAD"]).await;
    for (path, text) in [("a.txt", "one"), ("b.txt", "two"), ("c.txt", "three")] {
        assert_eq!(it.clones.read("work", path), text);
    }
    assert!(it.repository.pull_request(number).merged);
    assert_ne!(it.repository.head("main"), head);
}

#[tokio::test]
async fn a_squash_says_what_its_commits_say() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.commit("one", "a.txt", "one");
    it.repository.push("several");
    it.commit("several", "b.txt", "two");
    for (branch, expected) in [
        ("one", "Write a.txt (#1)\n\nIt says one."),
        ("several", "Add a flag (#2)\n\n* Change several\n\n* Write b.txt\n\nIt says two."),
    ] {
        let number = it.open(branch);
        it.merge(number, json!({ "merge_method": "squash" })).await.expect(200);
        it.fetch("main").await.unwrap();
        let message = it.clones.git("work", &["log", "-1", "--format=%B", "FETCH_HEAD"]).await;
        assert_eq!(message, expected);
    }
}

#[tokio::test]
async fn what_changed_is_counted_by_git() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.commit("topic", "a.txt", "one\ntwo\n");
    let commit = FakeCommit::new("More").file("a.txt", "one\nthree\n").remove("README.md");
    let head = it.repository.commit("topic", commit.file("c/d.txt", "d\n").author("hubot"));
    it.commit("main", "b.txt", "not of the branch");
    let json = it.get(it.open("topic")).await;
    let numbers = ["additions", "deletions", "changed_files", "commits"].map(|key| &json[key]);
    assert_eq!(numbers, [&json!(3), &json!(1), &json!(3), &json!(2)]);
    let commit = it.api.get(&format!("{REPOSITORY}/commits/topic")).await.expect(200);
    assert_eq!(commit["sha"], head.as_str());
    assert_eq!(commit["author"]["login"], "hubot");
    assert_eq!(commit["stats"], json!({ "additions": 2, "deletions": 2, "total": 4 }));
    let files = commit["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|it| (&it["filename"], &it["status"])).collect();
    let expected = [("README.md", "removed"), ("a.txt", "modified"), ("c/d.txt", "added")];
    assert_eq!(
        names,
        expected
            .map(|(name, status)| (json!(name), json!(status)))
            .each_ref()
            .map(|it| (&it.0, &it.1))
    );
    assert_eq!(files[1]["patch"], "@@ -1,2 +1,2 @@\n one\n-two\n+three");
    // By the handle.
    assert_eq!(it.repository.file("topic", "a.txt").unwrap(), b"one\nthree\n");
    assert_eq!(it.repository.file("main", "a.txt"), None);
    assert_eq!(it.repository.files(head.as_str()), ["a.txt", "c/d.txt"]);
    assert_eq!(it.repository.files("main"), ["README.md", "b.txt"]);
}

#[tokio::test]
async fn a_rebase_makes_each_commit_again() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.commit("topic", "a.txt", "one");
    let base = it.commit("main", "b.txt", "two");
    // What is merged into the branch meanwhile is left out, as it is on the base already.
    let body = json!({ "base": "topic", "head": "main" });
    it.api.post(&format!("{REPOSITORY}/merges"), body).await.expect(201);
    let head = it.commit("topic", "a.txt", "one and a half");
    let number = it.open("topic");
    it.merge(number, json!({ "merge_method": "rebase" })).await.expect(200);
    it.fetch("main").await.unwrap();
    let log = it.log("%s|%an|%cn", base.as_str()).await;
    assert_eq!(log, ["Write a.txt|octocat|GitHub", "Write a.txt|octocat|GitHub"]);
    assert_eq!(it.log("%p", base.as_str()).await.iter().filter(|it| it.contains(' ')).count(), 0);
    it.clones.git("work", &["checkout", "-q", "FETCH_HEAD"]).await;
    assert_eq!(it.clones.read("work", "a.txt"), "one and a half");
    assert_ne!(it.repository.head("main"), head, "the same changes, other commits");
    // Even where the branch begins with the base.
    let head = it.commit("other", "d.txt", "four");
    let number = it.open("other");
    it.merge(number, json!({ "merge_method": "rebase" })).await.expect(200);
    assert_ne!(it.repository.head("main"), head);
}

#[tokio::test]
async fn a_conflict_is_told_and_refused() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.commit("topic", "a.txt", "one");
    let number = it.open("topic");
    assert_eq!(it.get(number).await["mergeable"], true);
    let base = it.commit("main", "a.txt", "two");
    let json = it.get(number).await;
    assert_eq!((&json["mergeable"], &json["mergeable_state"]), (&json!(false), &json!("dirty")));
    assert!(json["merge_commit_sha"].is_null());
    assert_eq!(it.fetch("refs/pull/1/merge").await, None);
    for method in ["merge", "squash", "rebase"] {
        let refused = it.merge(number, json!({ "merge_method": method })).await;
        assert_eq!(refused.message(405), "Pull Request is not mergeable", "{method}");
    }
    let body = json!({ "base": "main", "head": "topic" });
    let refused = it.api.post(&format!("{REPOSITORY}/merges"), body).await;
    assert_eq!(refused.message(409), "Merge conflict");
    let wrong = it.merge(number, json!({ "sha": base })).await;
    assert!(wrong.message(409).starts_with("Head branch was modified"));
    assert_eq!(it.repository.head("main"), base);
    // Resolved by a push.
    it.commit("topic", "a.txt", "two");
    let json = it.get(number).await;
    assert_eq!(json["mergeable"], true);
    it.merge(number, json!({})).await.expect(200);
}

#[tokio::test]
async fn branches_of_other_histories_conflict() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.clones.git("work", &["checkout", "-q", "--orphan", "other"]).await;
    it.clones.commit("work", "a.txt", "one").await;
    let url = support::git::with_token(&it.repository.clone_url(), "t0ken");
    it.clones.git("work", &["push", "-q", &url, "other"]).await;
    let number = it.open("other");
    assert_eq!(it.get(number).await["mergeable"], false);
    assert_eq!(it.merge(number, json!({})).await.status, 405);
}

#[tokio::test]
async fn branches_are_merged_without_a_pull_request() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let head = it.commit("topic", "a.txt", "one");
    let base = it.repository.head("main");
    let body = json!({ "base": "main", "head": "topic" });
    let commit = it.api.post(&format!("{REPOSITORY}/merges"), body.clone()).await.expect(201);
    assert_eq!(commit["sha"], it.repository.head("main").as_str());
    assert_eq!(commit["parents"][0]["sha"], base.as_str());
    assert_eq!(commit["parents"][1]["sha"], head.as_str());
    assert_eq!(it.fetch("main").await.unwrap(), commit["sha"].as_str().unwrap());
    assert_eq!(it.api.post(&format!("{REPOSITORY}/merges"), body).await.status, 204);
}

#[tokio::test]
async fn what_needs_no_files_goes_on_working() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    // Pushes without files never conflict, as in a repository without git.
    let one = it.repository.open_pull_request(FakePullRequest::new("One").head("a"));
    let two = it.repository.open_pull_request(FakePullRequest::new("Two").head("b"));
    let fork = FakePullRequest::new("Three").head("main").from_fork("hubot");
    let three = it.repository.open_pull_request(fork);
    it.repository.push("a");
    for number in [one, two, three] {
        let sha = it.repository.merge_pull_request(number);
        assert_eq!(it.fetch("main").await.unwrap(), sha.as_str());
    }
    let dirty = it.repository.open_pull_request(FakePullRequest::new("Dirty").head("c"));
    it.repository.make_conflicting("c");
    assert_eq!(it.get(dirty).await["mergeable"], false);
    let deployment = hookstead_testkit::FakeDeployment::new("c");
    assert_eq!(it.repository.create_deployment(deployment).sha, it.repository.head("c"));
    assert!(it.clones.git("work", &["ls-remote", "origin"]).await.contains("refs/pull/3/head"));
}

#[tokio::test]
async fn files_and_comparisons_are_gits() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let one = it.commit("topic", "src/a.txt", "one");
    let two = it.commit("topic", "src/b.txt", "two");
    it.commit("main", "c.txt", "three");
    let get = async |rest: &str| it.api.get(&format!("{REPOSITORY}{rest}")).await;
    let json = get("/compare/main...topic").await.expect(200);
    assert_eq!(
        (&json["status"], &json["ahead_by"], &json["behind_by"]),
        (&json!("diverged"), &json!(2), &json!(1))
    );
    let files = json["files"].as_array().unwrap();
    let names: Vec<&Value> = files.iter().map(|it| &it["filename"]).collect();
    assert_eq!(names, ["src/a.txt", "src/b.txt"]);
    let json = get("/contents/src/a.txt?ref=topic").await.expect(200);
    assert_eq!(json["size"], 3);
    let blob = it.fetch(two.as_str()).await.unwrap();
    let blob = it.clones.git("work", &["rev-parse", &format!("{blob}:src/a.txt")]).await;
    assert_eq!(json["sha"], blob);
    assert_eq!(get("/contents/src?ref=topic").await.expect(200).as_array().unwrap().len(), 2);
    assert_eq!(get("/contents/src/a.txt").await.status, 404);
    let tree = get(&format!("/git/trees/{one}?recursive=1")).await.expect(200);
    let paths: Vec<&Value> =
        tree["tree"].as_array().unwrap().iter().map(|it| &it["path"]).collect();
    assert_eq!(paths, ["README.md", "src/a.txt"]);
    let commits = get("/commits?sha=topic").await.expect(200);
    assert_eq!((&commits[0]["sha"], &commits[1]["sha"]), (&json!(two), &json!(one)));
}
