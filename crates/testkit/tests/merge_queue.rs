//! The merge queue: groups, what hooks hear of them, and what becomes of the pull requests.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_testkit::{
    FakeCommit, FakeGitHub, FakeHook, FakeProtection, FakePullRequest, FakeRepository,
    RecordedMergeGroup,
};
use hookstead_types::{Sha, StatusState};
use serde_json::{Value, json};
use support::git::{self, Clones};
use support::{Api, Hooked};

const REPOSITORY: &str = "/repos/octo-org/hello-world";

/// A repository whose `main` has a merge queue that requires `ci`, with a hook of the App's and one of its own.
struct Setting {
    github: FakeGitHub,
    repository: FakeRepository,
    api: Api,
    app: Hooked,
    hook: Hooked,
}

impl Setting {
    async fn new() -> Self {
        Self::of(|repository| repository).await
    }

    async fn of(back: impl FnOnce(FakeRepository) -> FakeRepository) -> Self {
        let github = FakeGitHub::start().await;
        let organization = github.create_organization("octo-org");
        let repository = back(organization.create_repository("hello-world"));
        repository.protect("main", FakeProtection::new().check("ci").merge_queue());
        let (app, hook) = (Hooked::start().await, Hooked::start().await);
        github.app().set_hook(FakeHook::new(&app.url).json().events(["*"]));
        github.app().install("octo-org");
        let events = ["pull_request", "push", "merge_group"];
        repository.create_hook(FakeHook::new(&hook.url).json().events(events));
        let api = Api::new(github.api_url());
        let it = Self { github, repository, api, app, hook };
        it.settle().await;
        it
    }

    async fn settle(&self) {
        self.app.settle(&self.github).await;
        self.hook.settle(&self.github).await;
    }

    /// Opens a pull request that has what it needs to be queued.
    fn ready(&self, branch: &str) -> u64 {
        let new = FakePullRequest::new(&format!("Add {branch}")).head(branch);
        let number = self.repository.open_pull_request(new);
        self.report(&self.repository.head(branch), StatusState::Success);
        number
    }

    fn report(&self, sha: &Sha, state: StatusState) {
        self.repository.create_status(sha, "ci", state);
    }

    fn groups(&self) -> Vec<RecordedMergeGroup> {
        self.repository.merge_queue("main")
    }

    fn queued(&self) -> Vec<u64> {
        self.groups().iter().map(|it| it.pull_request).collect()
    }

    /// What the App heard of these events since the last time.
    async fn heard(&self, events: &[&str]) -> Vec<Value> {
        let all = self.app.drain(&self.github).await.into_iter();
        let wanted = all.filter(|it| events.iter().any(|event| it.name().starts_with(event)));
        wanted
            .map(|it| {
                let mut payload = it.payload();
                payload["name"] = json!(it.name());
                payload
            })
            .collect()
    }

    async fn reasons(&self, events: &[&str]) -> Vec<String> {
        let all = self.heard(events).await;
        let mut reasons: Vec<String> = all
            .iter()
            .map(|it| {
                let reason = it["reason"].as_str().unwrap_or_default();
                format!("{} {reason}", it["name"].as_str().unwrap()).trim_end().to_owned()
            })
            .collect();
        // Deliveries have no order.
        reasons.sort();
        reasons
    }
}

#[tokio::test]
async fn a_green_group_is_merged() {
    let it = Setting::new().await;
    let (number, before) = (it.ready("feature"), it.repository.head("main"));
    it.settle().await;
    it.repository.enqueue(number);
    let group = it.groups().pop().unwrap();
    assert_eq!((group.pull_request, &group.base_sha), (number, &before));
    assert_eq!(group.head_ref, format!("gh-readonly-queue/main/pr-{number}-{before}"));
    let full = format!("refs/heads/{}", group.head_ref);

    let asked = it.app.find("merge_group.checks_requested").await.payload();
    assert_eq!(
        asked["merge_group"],
        json!({
            "head_sha": group.head_sha, "head_ref": full, "base_sha": before,
            "base_ref": "refs/heads/main", "head_commit": asked["merge_group"]["head_commit"],
        })
    );
    assert_eq!(asked["merge_group"]["head_commit"]["id"], group.head_sha.as_str());
    assert!(asked["installation"]["id"].is_u64());
    // A hook of the repository's hears of a push instead.
    let mut heard = it.hook.drain(&it.github).await;
    heard.sort_by_key(support::Received::name);
    let names: Vec<String> = heard.iter().map(support::Received::name).collect();
    assert_eq!(names, ["pull_request.enqueued", "push"]);
    assert_eq!(heard[1].payload()["ref"], full);
    assert_eq!(heard[1].payload()["after"], group.head_sha.as_str());

    it.settle().await;
    it.report(&group.head_sha, StatusState::Pending);
    assert_eq!(it.queued(), [number]);
    it.report(&group.head_sha, StatusState::Success);
    assert_eq!(it.queued(), [0; 0]);
    assert_eq!(it.repository.head("main"), group.head_sha);
    let merged = it.repository.pull_request(number);
    assert_eq!((merged.merged, merged.merge_commit_sha.as_ref()), (true, Some(&group.head_sha)));
    let reasons = it.reasons(&["merge_group", "pull_request", "push"]).await;
    assert_eq!(
        reasons,
        [
            "merge_group.destroyed merged",
            "pull_request.closed",
            "pull_request.dequeued MERGE",
            "push",
            "push"
        ]
    );
    let branches = it.api.get(&format!("{REPOSITORY}/branches")).await.expect(200);
    assert!(!branches.to_string().contains("gh-readonly-queue"), "{branches}");
}

#[tokio::test]
async fn a_red_group_is_taken_out_and_those_behind_are_built_anew() {
    let it = Setting::new().await;
    let (one, two, three) = (it.ready("one"), it.ready("two"), it.ready("three"));
    [one, two, three].into_iter().for_each(|number| it.repository.enqueue(number));
    let [first, second, third] = <[_; 3]>::try_from(it.groups()).unwrap();
    assert_eq!(second.base_sha, first.head_sha);
    assert_eq!(third.base_sha, second.head_sha);
    it.settle().await;

    // What is red behind another may be so by the other.
    it.report(&second.head_sha, StatusState::Failure);
    assert_eq!(it.queued(), [one, two, three]);
    it.report(&first.head_sha, StatusState::Error);
    assert_eq!(it.queued(), [two, three], "the second is another now");
    assert!(it.repository.pull_request(one).open);
    let [second, third] = <[_; 2]>::try_from(it.groups()).unwrap();
    assert_eq!(second.base_sha, it.repository.head("main"));
    assert_eq!(third.base_sha, second.head_sha);
    let reasons = it.reasons(&["merge_group", "pull_request"]).await;
    assert_eq!(
        reasons,
        [
            "merge_group.checks_requested",
            "merge_group.checks_requested",
            "merge_group.destroyed dequeued",
            "merge_group.destroyed invalidated",
            "merge_group.destroyed invalidated",
            "pull_request.dequeued CI_FAILURE",
        ]
    );
    // What is green behind another is merged with it.
    it.report(&third.head_sha, StatusState::Success);
    assert_eq!(it.queued(), [two, three]);
    it.report(&second.head_sha, StatusState::Success);
    assert_eq!(it.queued(), [0; 0]);
    assert_eq!(it.repository.head("main"), third.head_sha);
}

#[tokio::test]
async fn a_pull_request_leaves_the_queue_for_its_reasons() {
    let it = Setting::new().await;
    let number = it.ready("feature");
    let left = async |reason: &str, leave: &dyn Fn()| {
        it.repository.enqueue(number);
        it.settle().await;
        leave();
        assert_eq!(it.queued(), [0; 0], "{reason}");
        let reasons = it.reasons(&["pull_request.dequeued"]).await;
        assert_eq!(reasons, [format!("pull_request.dequeued {reason}")]);
    };
    left("MANUAL", &|| it.repository.dequeue(number)).await;
    left("CI_TIMEOUT", &|| it.github.clock().advance(Duration::from_secs(60 * 60))).await;
    left("MERGE_CONFLICT", &|| {
        it.repository.make_conflicting("feature");
        it.repository.push("main");
    })
    .await;
    let head = it.repository.push("feature");
    it.report(&head, StatusState::Success);
    left("QUEUE_CLEARED", &|| it.repository.protect("main", FakeProtection::new().check("ci")))
        .await;
    it.repository.protect("main", FakeProtection::new().check("ci").merge_queue());
    left("UNKNOWN_REMOVAL_REASON", &|| {
        it.repository.push("feature");
    })
    .await;
    it.report(&it.repository.head("feature"), StatusState::Success);
    left("MANUAL", &|| it.repository.close_pull_request(number)).await;
}

#[tokio::test]
async fn a_push_to_the_base_lets_all_be_built_anew() {
    let it = Setting::new().await;
    let number = it.ready("feature");
    it.repository.enqueue(number);
    let before = it.groups().pop().unwrap();
    it.settle().await;
    let main = it.repository.push("main");
    let after = it.groups().pop().unwrap();
    assert_eq!((&after.base_sha, after.head_ref == before.head_ref), (&main, false));
    let reasons = it.reasons(&["merge_group"]).await;
    assert_eq!(reasons, ["merge_group.checks_requested", "merge_group.destroyed invalidated"]);
    it.report(&before.head_sha, StatusState::Success);
    assert_eq!(it.queued(), [number], "nobody waits for the old one");
}

#[tokio::test]
async fn the_queue_is_the_only_way_in() {
    let it = Setting::new().await;
    let number = it.ready("feature");
    let pull = format!("{REPOSITORY}/pulls/{number}");
    let message = it.api.put(&format!("{pull}/merge"), json!({})).await.message(405);
    assert_eq!(message, "Changes must be made through the merge queue");
    let asked = async |action: &str| {
        let body = json!({ "merge_action": action });
        let accepted = it.api.put(&format!("{pull}/merge-async"), body).await.expect(202);
        it.repository.carry_out_merges();
        format!("{pull}/merge-async/{}", accepted["details"]["uuid"].as_str().unwrap())
    };
    let direct = asked("direct_merge").await;
    assert_eq!(it.api.get(&direct).await.expect(200)["status"], "failed");
    let queued = asked("default").await;
    assert_eq!(it.queued(), [number]);
    assert_eq!(it.api.get(&queued).await.expect(200)["status"], "enqueued");
    let again = it.api.put(&format!("{pull}/merge-async"), json!({})).await.expect(200);
    assert_eq!(again["status"], "enqueued");
    it.report(&it.groups()[0].head_sha, StatusState::Success);
    assert_eq!(it.api.get(&queued).await.expect(200)["status"], "merged");
    let rules = FakeProtection::new().merge_queue();
    it.repository.add_ruleset("main", rules);
    let rules = it.api.get(&format!("{REPOSITORY}/rules/branches/main")).await.expect(200);
    assert_eq!(rules[0]["type"], "merge_queue");
}

#[tokio::test]
#[should_panic(expected = "Required status check \"ci\" is expected.")]
async fn only_what_has_its_own_checks_is_queued() {
    let it = Setting::new().await;
    it.repository.enqueue(it.repository.open_pull_request(FakePullRequest::new("Add a flag")));
}

#[tokio::test]
#[should_panic(expected = "octocat/hello-world has no merge queues")]
async fn the_repositories_of_persons_have_no_queues() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    repository.protect("main", FakeProtection::new().merge_queue());
}

#[tokio::test]
async fn with_git_a_group_is_a_real_merge() {
    if !git::is_there() {
        return;
    }
    let it = Setting::of(FakeRepository::with_git).await;
    let commit = |branch: &str, path: &str, text: &str| {
        let sha = it.repository.commit(branch, FakeCommit::new("Write").file(path, text));
        it.report(&sha, StatusState::Success);
    };
    commit("one", "shared.txt", "one\n");
    commit("two", "two.txt", "two\n");
    commit("three", "shared.txt", "three\n");
    let numbers = ["one", "two", "three"]
        .map(|branch| it.repository.open_pull_request(FakePullRequest::new("Change").head(branch)));
    numbers.into_iter().for_each(|number| it.repository.enqueue(number));
    // The third contradicts the first, though not its base.
    assert_eq!(it.queued(), numbers[..2]);
    let reasons = it.reasons(&["pull_request.dequeued"]).await;
    assert_eq!(reasons, ["pull_request.dequeued MERGE_CONFLICT"]);

    let [first, second] = <[_; 2]>::try_from(it.groups()).unwrap();
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &it.repository.clone_url(), "work"]).await;
    clones.git("work", &["fetch", "-q", "origin", &second.head_ref]).await;
    let fetched = clones.git("work", &["rev-parse", "FETCH_HEAD"]).await;
    assert_eq!(fetched, second.head_sha.as_str());
    let parents = clones.git("work", &["log", "-1", "--format=%P", "FETCH_HEAD"]).await;
    assert_eq!(parents, format!("{} {}", first.head_sha, it.repository.head("two")));
    let files = clones.git("work", &["ls-tree", "--name-only", "FETCH_HEAD"]).await;
    assert_eq!(files.lines().collect::<Vec<_>>(), ["README.md", "shared.txt", "two.txt"]);

    it.report(&second.head_sha, StatusState::Success);
    it.report(&first.head_sha, StatusState::Success);
    clones.git("work", &["pull", "-q"]).await;
    let head = clones.git("work", &["rev-parse", "main"]).await;
    assert_eq!(head, second.head_sha.as_str());
    let refs = clones.git("work", &["ls-remote", "origin"]).await;
    assert!(!refs.contains("gh-readonly-queue"), "{refs}");
}
