//! What a branch requires holds when a pull request is to be merged.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_testkit::{FakeGitHub, FakeProtection, FakePullRequest, FakeRepository};
use hookstead_types::{Sha, StatusState};
use serde_json::json;
use support::Api;

const REPOSITORY: &str = "/repos/octocat/hello-world";

/// A pull request to a branch with this protection.
struct Setting {
    api: Api,
    repository: FakeRepository,
    number: u64,
    head: Sha,
}

impl Setting {
    async fn new(protection: FakeProtection) -> Self {
        let github = FakeGitHub::start().await;
        let api = Api::new(github.api_url());
        let repository = github.create_repository("octocat/hello-world");
        repository.protect("main", protection);
        let new = FakePullRequest::new("Add a flag").author("hubot");
        let number = repository.open_pull_request(new);
        let head = repository.head("feature");
        Self { api, repository, number, head }
    }

    fn report(&self, context: &str, state: StatusState) {
        self.repository.create_status(&self.head, context, state);
    }

    async fn create_check_run(&self, name: &str, conclusion: Option<&str>) {
        let api = Api::new(self.repository.github().api_url())
            .with("authorization", "Bearer ghs_0123456789");
        let mut body = json!({ "name": name, "head_sha": self.head, "status": "in_progress" });
        if let Some(conclusion) = conclusion {
            body["status"] = json!("completed");
            body["conclusion"] = json!(conclusion);
        }
        api.post(&format!("{REPOSITORY}/check-runs"), body).await.expect(201);
    }

    /// Fails unless it is blocked, and GitHub says this to who merges nevertheless.
    #[track_caller]
    fn refused(&self, state: &str, message: &str) -> impl Future<Output = ()> {
        let (state, message) = (state.to_owned(), message.to_owned());
        async move {
            assert_eq!(self.state().await, state);
            let path = format!("{REPOSITORY}/pulls/{}/merge", self.number);
            assert_eq!(self.api.put(&path, json!({})).await.message(405), message);
            assert!(self.repository.pull_request(self.number).open);
        }
    }

    async fn merged(&self) {
        let path = format!("{REPOSITORY}/pulls/{}/merge", self.number);
        self.api.put(&path, json!({})).await.expect(200);
    }

    async fn state(&self) -> String {
        let got = self.api.get(&format!("{REPOSITORY}/pulls/{}", self.number)).await.expect(200);
        got["mergeable_state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_required_check_has_to_be_green() {
    let it = Setting::new(FakeProtection::new().check("ci")).await;
    let ci = |is: &str| format!("Required status check \"ci\" is {is}.");
    it.refused("blocked", &ci("expected")).await;
    it.report("lint", StatusState::Success);
    it.refused("blocked", &ci("expected")).await;
    it.report("CI", StatusState::Pending);
    it.refused("blocked", &ci("pending")).await;
    for red in [StatusState::Failure, StatusState::Error] {
        it.report("ci", red);
        it.refused("blocked", &ci("failing")).await;
    }
    it.report("ci", StatusState::Success);
    // A check run of that name counts too.
    it.create_check_run("ci", None).await;
    it.refused("blocked", &ci("in progress")).await;
    it.create_check_run("ci", Some("timed_out")).await;
    it.refused("blocked", &ci("failing")).await;
    it.create_check_run("ci", Some("skipped")).await;
    assert_eq!(it.state().await, "clean");
    it.merged().await;
}

#[tokio::test]
async fn several_required_checks_are_counted() {
    let it = Setting::new(FakeProtection::new().check("a").check("b").check("c")).await;
    it.refused("blocked", "3 of 3 required status checks are expected.").await;
    it.report("a", StatusState::Pending);
    let message = "3 of 3 required status checks have not succeeded: 2 expected and 1 pending.";
    it.refused("blocked", message).await;
    it.report("a", StatusState::Success);
    it.report("b", StatusState::Failure);
    let message = "2 of 3 required status checks have not succeeded: 1 expected and 1 failing.";
    it.refused("blocked", message).await;
    it.report("b", StatusState::Success);
    it.refused("blocked", "Required status check \"c\" is expected.").await;
}

#[tokio::test]
async fn a_check_of_an_app_is_no_other_s() {
    // The number of the fake's App.
    let it = Setting::new(FakeProtection::new().check_of_app("ci", 29_310)).await;
    it.report("ci", StatusState::Success);
    it.refused("blocked", "Required status check \"ci\" is expected.").await;
    it.create_check_run("ci", Some("success")).await;
    it.merged().await;

    let it = Setting::new(FakeProtection::new().check_of_app("ci", 7)).await;
    it.create_check_run("ci", Some("success")).await;
    it.refused("blocked", "Required status check \"ci\" is expected.").await;
}

#[tokio::test]
async fn reviews_count_of_those_who_may_write() {
    let it = Setting::new(FakeProtection::new().reviews(2)).await;
    let message = "At least 2 approving reviews are required by reviewers with write access.";
    it.refused("blocked", message).await;
    for nobody in ["stranger", "hubot"] {
        it.repository.approve(it.number, nobody);
    }
    it.repository.set_role("hubot", "write");
    it.repository.approve(it.number, "octocat");
    it.repository.approve(it.number, "octocat");
    it.refused("blocked", message).await;
    it.repository.set_role("mona", "maintain");
    it.repository.approve(it.number, "mona");
    it.repository.request_changes(it.number, "octocat", "Not so.");
    it.refused("blocked", message).await;
    it.repository.approve(it.number, "octocat");
    assert_eq!(it.state().await, "clean");
    it.merged().await;
}

#[tokio::test]
async fn a_strict_base_wants_all_its_commits() {
    let it = Setting::new(FakeProtection::new().strict()).await;
    assert_eq!(it.state().await, "clean");
    it.repository.push("main");
    it.refused("behind", "The head branch is not up to date with the base branch").await;
    let body = json!({ "base": "feature", "head": "main" });
    it.api.post(&format!("{REPOSITORY}/merges"), body).await.expect(201);
    assert_eq!(it.state().await, "clean");
    it.merged().await;
}

#[tokio::test]
async fn rulesets_hold_as_protections_do() {
    let it = Setting::new(FakeProtection::new().check("ci")).await;
    it.report("ci", StatusState::Success);
    it.repository.add_ruleset("main", FakeProtection::new().reviews(1));
    let message = "Repository rule violations found\n\n\
                   At least 1 approving review is required by reviewers with write access.\n\n";
    it.refused("blocked", message).await;
    let rules = it.api.get(&format!("{REPOSITORY}/rules/branches/main")).await.expect(200);
    assert_eq!(rules[0]["type"], "pull_request");
    assert_eq!(rules[0]["parameters"]["required_approving_review_count"], 1);
    // Who asks GitHub to merge in its own time is told so later.
    let asynchronous = format!("{REPOSITORY}/pulls/{}/merge-async", it.number);
    let accepted = it.api.put(&asynchronous, json!({})).await.expect(202);
    it.repository.carry_out_merges();
    let uuid = accepted["details"]["uuid"].as_str().unwrap();
    let failed = it.api.get(&format!("{asynchronous}/{uuid}")).await.expect(200);
    assert_eq!(
        (&failed["status"], &failed["details"]["message"]),
        (&json!("failed"), &json!(message))
    );
    it.repository.approve(it.number, "octocat");
    it.merged().await;
}

#[tokio::test]
#[should_panic(expected = "Required status check \"ci\" is expected.")]
async fn people_cannot_merge_it_either() {
    let it = Setting::new(FakeProtection::new().check("ci")).await;
    it.repository.merge_pull_request(it.number);
}
