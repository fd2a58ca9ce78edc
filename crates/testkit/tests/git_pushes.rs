//! What a push by git's own client does, and what hooks are told of it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use hookstead_events::{AnyEvent, Event as _};
use hookstead_signature::{Signature, Verifier, WebhookSecret};
use hookstead_testkit::{FakeCommit, FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use serde_json::{Value, json};
use support::git::{self, Clones, with_token};
use support::{Api, Hooked};

const SECRET: &str = "It's a Secret to Everybody";
const NOTHING: &str = "0000000000000000000000000000000000000000";
const NAME: &str = "octocat/hello-world";

/// A repository with git and a hook, and a clone `work` of it.
struct Setting {
    github: FakeGitHub,
    repository: FakeRepository,
    hooked: Hooked,
    clones: Clones,
}

impl Setting {
    async fn new() -> Self {
        let github = FakeGitHub::start().await;
        let repository = github.create_repository(NAME).with_git();
        let hooked = Hooked::start().await;
        let hook = FakeHook::new(&hooked.url).secret(SECRET).json();
        repository.create_hook(hook.events(["push", "create", "delete", "pull_request", "fork"]));
        let clones = Clones::new();
        let url = with_token(&repository.clone_url(), "t0ken");
        clones.git("", &["clone", "-q", &url, "work"]).await;
        hooked.settle(&github).await;
        Self { github, repository, hooked, clones }
    }

    async fn push(&self, arguments: &[&str]) -> String {
        let all: Vec<&str> = ["push", "-q", "origin"].iter().chain(arguments).copied().collect();
        self.clones.git("work", &all).await
    }

    /// What the hook is told under this name next, whose signature is right.
    async fn told(&self, name: &str) -> Value {
        let received = self.hooked.find(name).await;
        let signature: Signature = received.header("x-hub-signature-256").parse().unwrap();
        let verifier = Verifier::new(WebhookSecret::new(SECRET).unwrap());
        verifier.verify(&received.body, &signature).unwrap();
        received.payload()
    }

    /// All that was delivered so far, as `event` or `event.action`, in the order of the alphabet.
    async fn all_told(&self) -> Vec<String> {
        self.github
            .wait_until("silence", || (self.github.pending_deliveries() == 0).then_some(()))
            .await;
        let deliveries = self.github.deliveries();
        let mut names: Vec<String> = deliveries.iter().map(|it| it.name()).collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn a_push_moves_the_branch_and_is_told() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let before = it.repository.head("main");
    let first = it.clones.commit("work", "a.txt", "one").await;
    it.clones.git("work", &["rm", "-q", "README.md"]).await;
    let second = it.clones.commit("work", "a.txt", "two").await;
    it.push(&["main"]).await;
    assert_eq!(it.repository.head("main").as_str(), second);
    let payload = it.told("push").await;
    assert_eq!(payload["ref"], "refs/heads/main");
    assert_eq!((&payload["before"], &payload["after"]), (&json!(before), &json!(second)));
    for key in ["created", "deleted", "forced"] {
        assert_eq!(payload[key], false, "{key}");
    }
    let commits = payload["commits"].as_array().unwrap();
    let ids: Vec<&Value> = commits.iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&json!(first), &json!(second)]);
    assert_eq!(commits[0]["added"], json!(["a.txt"]));
    assert_eq!(commits[1]["modified"], json!(["a.txt"]));
    assert_eq!(commits[1]["removed"], json!(["README.md"]));
    assert_eq!(commits[1]["author"], json!({ "name": "Mona", "email": "mona@example.com" }));
    assert_eq!(payload["head_commit"]["id"], second);
    assert_eq!(payload["head_commit"]["message"], "Write a.txt");
    assert_eq!(payload["pusher"]["name"], "hookstead-ci");
    assert_eq!(payload["sender"]["login"], "hookstead-ci");
    // The API tells the same, and knows the commit.
    let api = Api::new(it.github.api_url());
    let commit = api.get(&format!("/repos/{NAME}/commits/main")).await.expect(200);
    assert_eq!((&commit["sha"], &commit["parents"][0]["sha"]), (&json!(second), &json!(first)));
    assert_eq!(commit["commit"]["tree"]["sha"], payload["head_commit"]["tree_id"]);
    let status = json!({ "state": "success", "context": "ci" });
    api.post(&format!("/repos/{NAME}/statuses/{first}"), status).await.expect(201);
}

#[tokio::test]
async fn a_branch_is_made_forced_and_deleted() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.clones.git("work", &["checkout", "-q", "-b", "topic/a"]).await;
    let one = it.clones.commit("work", "a.txt", "one").await;
    it.push(&["topic/a"]).await;
    let payload = it.told("push").await;
    assert_eq!(payload["ref"], "refs/heads/topic/a");
    assert_eq!((&payload["before"], &payload["created"]), (&json!(NOTHING), &json!(true)));
    assert_eq!(payload["commits"].as_array().unwrap().len(), 1);
    assert!(payload["base_ref"].is_null());
    let payload = it.told("create").await;
    assert_eq!((&payload["ref"], &payload["ref_type"]), (&json!("topic/a"), &json!("branch")));
    assert_eq!(payload["master_branch"], "main");

    it.clones.git("work", &["commit", "-q", "--amend", "-m", "Again"]).await;
    let again = it.clones.head("work").await;
    let refused = it.clones.try_git("work", &["push", "-q", "origin", "topic/a"]).await;
    assert!(refused.unwrap_err().contains("rejected"));
    it.push(&["--force", "topic/a"]).await;
    let payload = it.told("push").await;
    assert_eq!((&payload["before"], &payload["after"]), (&json!(one), &json!(again)));
    assert_eq!((&payload["forced"], &payload["created"]), (&json!(true), &json!(false)));
    assert_eq!(payload["commits"][0]["id"], again);

    it.push(&["--delete", "topic/a"]).await;
    let payload = it.told("push").await;
    assert_eq!((&payload["after"], &payload["deleted"]), (&json!(NOTHING), &json!(true)));
    assert_eq!(payload["before"], again);
    assert!(payload["head_commit"].is_null());
    let payload = it.told("delete").await;
    assert_eq!((&payload["ref"], &payload["ref_type"]), (&json!("topic/a"), &json!("branch")));
    let expected = ["create", "delete", "ping", "push", "push", "push"];
    assert_eq!(it.all_told().await, expected);
    let refused = it.clones.try_git("work", &["push", "-q", "origin", "--delete", "main"]).await;
    assert!(refused.unwrap_err().contains("deletion of the current branch"));
}

#[tokio::test]
async fn a_new_branch_without_commits_names_its_base() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.push(&["main:refs/heads/copy"]).await;
    let payload = it.told("push").await;
    assert_eq!(payload["base_ref"], "refs/heads/main");
    assert_eq!(payload["commits"], json!([]));
    assert_eq!(payload["head_commit"]["id"], it.repository.head("main").as_str());
}

#[tokio::test]
async fn tags_are_made_and_deleted() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let head = it.clones.commit("work", "a.txt", "one").await;
    it.push(&["main"]).await;
    it.told("push").await;
    it.clones.git("work", &["tag", "-a", "-m", "One", "v1"]).await;
    let object = it.clones.git("work", &["rev-parse", "v1"]).await;
    it.push(&["v1"]).await;
    let payload = it.told("push").await;
    assert_eq!((&payload["ref"], &payload["after"]), (&json!("refs/tags/v1"), &json!(object)));
    assert_eq!((&payload["created"], &payload["before"]), (&json!(true), &json!(NOTHING)));
    assert_eq!(payload["base_ref"], "refs/heads/main");
    assert_eq!(payload["head_commit"]["id"], head, "the commit, not the tag's object");
    let payload = it.told("create").await;
    assert_eq!((&payload["ref"], &payload["ref_type"]), (&json!("v1"), &json!("tag")));
    it.push(&["--delete", "v1"]).await;
    let payload = it.told("push").await;
    assert_eq!((&payload["before"], &payload["deleted"]), (&json!(object), &json!(true)));
    let payload = it.told("delete").await;
    assert_eq!((&payload["ref"], &payload["ref_type"]), (&json!("v1"), &json!("tag")));
    // Of more than three at once GitHub tells nobody.
    for tag in ["a", "b", "c", "d"] {
        it.clones.git("work", &["tag", tag]).await;
    }
    let before = it.all_told().await;
    it.push(&["a", "b", "c", "d"]).await;
    it.push(&["--delete", "a", "b", "c", "d"]).await;
    assert_eq!(it.all_told().await, before);
    // By the handle.
    it.repository.push_tag("v2", &it.repository.head("main"));
    assert_eq!(it.told("create").await["ref"], "v2");
    it.clones.git("work", &["fetch", "-q", "--tags"]).await;
    assert_eq!(it.clones.git("work", &["rev-parse", "v2"]).await, head);
}

#[tokio::test]
async fn a_pull_request_follows_its_branch() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.clones.git("work", &["checkout", "-q", "-b", "topic"]).await;
    let before = it.clones.commit("work", "a.txt", "one").await;
    it.push(&["topic"]).await;
    let number = it.repository.open_pull_request(FakePullRequest::new("Add").head("topic"));
    assert_eq!(it.repository.pull_request(number).head_sha.as_str(), before);
    it.told("pull_request.opened").await;
    it.clones.git("work", &["commit", "-q", "--amend", "-m", "Again"]).await;
    let after = it.clones.head("work").await;
    it.push(&["--force", "topic"]).await;
    let payload = it.told("pull_request.synchronize").await;
    assert_eq!((&payload["before"], &payload["after"]), (&json!(before), &json!(after)));
    assert_eq!(payload["pull_request"]["head"]["sha"], after);
    assert_eq!(payload["pull_request"]["commits"], 1);
    // Merged by hand, and pushed.
    it.clones.git("work", &["checkout", "-q", "main"]).await;
    it.clones.git("work", &["merge", "-q", "--no-ff", "-m", "By hand", "topic"]).await;
    it.push(&["main"]).await;
    let payload = it.told("pull_request.closed").await;
    assert_eq!(payload["pull_request"]["merged"], true);
    assert_eq!(payload["pull_request"]["merge_commit_sha"], it.clones.head("work").await);
    // Its branch is deleted, and closes no merged pull request again.
    it.push(&["--delete", "topic"]).await;
    it.told("delete").await;
    let open = it.repository.open_pull_request(FakePullRequest::new("Other").head("other"));
    it.push(&["--delete", "other"]).await;
    it.told("pull_request.closed").await;
    assert!(!it.repository.pull_request(open).open);
}

#[tokio::test]
async fn the_refs_of_pull_requests_are_githubs() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.repository.open_pull_request(FakePullRequest::new("Add"));
    let said = it.clones.try_git("work", &["push", "-q", "origin", "main:refs/pull/1/head"]).await;
    let said = said.unwrap_err();
    assert!(said.contains("deny updating a hidden ref"), "{said}");
}

#[tokio::test]
async fn who_pushes_needs_a_token() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = github.create_repository(NAME).with_git();
    let other = github.create_repository("hubot/other").with_git();
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &repository.clone_url(), "work"]).await;
    let sha = clones.commit("work", "a.txt", "one").await;
    let said = clones.try_git("work", &["push", "-q", "origin", "main"]).await.unwrap_err();
    assert!(said.contains("could not read Username"), "{said}");
    let installation = github.app().install_on(&repository);
    let token = support::git::installation_token(&github, installation).await;
    let elsewhere = with_token(&other.clone_url(), &token);
    let said = clones.try_git("work", &["push", "-q", "-f", &elsewhere, "main"]).await;
    let said = said.unwrap_err();
    assert!(said.contains("403") || said.contains("denied"), "{said}");
    let url = with_token(&repository.clone_url(), &token);
    clones.git("work", &["push", "-q", &url, "main"]).await;
    assert_eq!(repository.head("main").as_str(), sha);
}

#[tokio::test]
async fn a_fork_is_a_repository_of_its_own() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let fork = it.repository.fork("hubot");
    assert_eq!(fork.name().to_string(), "hubot/hello-world");
    let payload = it.told("fork").await;
    assert_eq!(payload["forkee"]["full_name"], "hubot/hello-world");
    assert_eq!(payload["forkee"]["fork"], true);
    let url = with_token(&fork.clone_url(), "t0ken");
    it.clones.git("", &["clone", "-q", &url, "fork"]).await;
    it.clones.git("fork", &["checkout", "-q", "-b", "topic"]).await;
    let one = it.clones.commit("fork", "a.txt", "one").await;
    it.clones.git("fork", &["push", "-q", "origin", "topic"]).await;
    assert_eq!(fork.head("topic").as_str(), one);
    // The original was not pushed to.
    let opened = FakePullRequest::new("Add").from_fork("hubot").head("topic");
    let number = it.repository.open_pull_request(opened);
    let payload = it.told("pull_request.opened").await;
    let head = &payload["pull_request"]["head"];
    assert_eq!((&head["sha"], &head["label"]), (&json!(one), &json!("hubot:topic")));
    assert_eq!(head["repo"]["clone_url"], fork.clone_url());
    let api = Api::new(it.github.api_url());
    let json = api.get("/repos/hubot/hello-world").await.expect(200);
    assert_eq!((&head["repo"]["id"], &json!(true)), (&json["id"], &json["fork"]));
    // It follows the fork, and its commits can be fetched from the original.
    let two = it.clones.commit("fork", "a.txt", "two").await;
    it.clones.git("fork", &["push", "-q", "origin", "topic"]).await;
    let payload = it.told("pull_request.synchronize").await;
    assert_eq!((&payload["before"], &payload["after"]), (&json!(one), &json!(two)));
    it.clones.git("work", &["fetch", "-q", "origin", "refs/pull/1/head"]).await;
    assert_eq!(it.clones.git("work", &["rev-parse", "FETCH_HEAD"]).await, two);
    it.clones.git("work", &["fetch", "-q", "origin", &one]).await;
    let merged = it.repository.merge_pull_request(number);
    it.clones.git("work", &["pull", "-q", "origin", "main"]).await;
    assert_eq!(it.clones.head("work").await, merged.as_str());
    assert_eq!(it.clones.read("work", "a.txt"), "two");
    assert_eq!(fork.head("main"), it.github.repository("hubot/hello-world").head("main"));
    assert_ne!(fork.head("main"), merged);
    // One that has no fork yet gets it with the pull request.
    let other = FakePullRequest::new("Other").from_fork("mona").head("other");
    let number = it.repository.open_pull_request(other);
    let made = it.github.repository("mona/hello-world");
    assert_eq!(made.head("other"), it.repository.pull_request(number).head_sha);
    let commit = FakeCommit::new("More").file("b.txt", "b");
    let sha = it.repository.commit("mona:other", commit);
    assert_eq!(it.repository.pull_request(number).head_sha, sha);
    let pushed = it.github.deliveries().into_iter().filter(|it| it.name() == "push").count();
    assert_eq!(pushed, 1, "only the merge");

    it.repository.delete_fork_of(number);
    let url = with_token(&made.clone_url(), "t0ken");
    let said = it.clones.try_git("", &["clone", "-q", &url, "gone"]).await;
    assert!(said.unwrap_err().contains("not found"));
    it.clones.git("work", &["fetch", "-q", "origin", &format!("refs/pull/{number}/head")]).await;
    assert_eq!(it.clones.git("work", &["rev-parse", "FETCH_HEAD"]).await, sha.as_str());
}

#[tokio::test]
async fn what_is_told_fits_the_types_of_its_events() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    it.clones.git("work", &["checkout", "-q", "-b", "topic"]).await;
    it.clones.commit("work", "a.txt", "one").await;
    it.push(&["topic"]).await;
    let number = it.repository.open_pull_request(FakePullRequest::new("Add").head("topic"));
    it.repository.push_tag("v1", &it.repository.head("main"));
    let _fork = it.repository.fork("hubot");
    it.repository.merge_pull_request(number);
    it.push(&["--delete", "topic"]).await;
    let hook = FakeHook::new(&it.hooked.url).json().events(["repository"]);
    it.repository.create_hook(hook);
    it.repository.make_private();
    let told = it.all_told().await;
    for name in ["create", "delete", "fork", "push", "pull_request.closed", "repository.privatized"]
    {
        assert!(told.iter().any(|it| it == name), "{name}: {told:?}");
    }
    for delivery in it.github.deliveries() {
        let payload = delivery.payload.to_string();
        let event = AnyEvent::decode(&delivery.event, payload.as_bytes()).unwrap();
        assert!(!matches!(event, AnyEvent::Other(_)), "{delivery}");
        assert_eq!(event.common().repository.unwrap().full_name.to_string(), NAME, "{delivery}");
    }
}

/// What is longer than git's buffer comes in pieces, and git asks first whether it may send it.
#[tokio::test]
async fn a_long_push_is_streamed() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let mut random = fastrand::Rng::with_seed(1);
    let text: String = (0..3 * 1024 * 1024).map(|_| random.alphanumeric()).collect();
    let sha = it.clones.commit("work", "long.txt", &text).await;
    it.push(&["main"]).await;
    assert_eq!(it.repository.head("main").as_str(), sha);
    assert_eq!(it.repository.file("main", "long.txt").unwrap(), text.as_bytes());
    let requests = it.github.requests();
    let is_chunked = |it: &hookstead_testkit::RecordedRequest| {
        it.path.ends_with("/git-receive-pack") && it.headers.contains_key("transfer-encoding")
    };
    assert!(requests.iter().any(is_chunked), "{requests:?}");
    it.clones.git("", &["clone", "-q", &it.repository.clone_url(), "again"]).await;
    assert_eq!(it.clones.read("again", "long.txt").len(), text.len());
    assert_eq!(it.all_told().await, ["ping", "push"]);
}

#[tokio::test]
async fn several_push_at_once() {
    if !git::is_there() {
        return;
    }
    let it = Setting::new().await;
    let mut pushes = tokio::task::JoinSet::new();
    for name in ["a", "b", "c", "d"] {
        let url = with_token(&it.repository.clone_url(), "t0ken");
        it.clones.git("", &["clone", "-q", &url, name]).await;
        it.clones.git(name, &["checkout", "-q", "-b", name]).await;
        it.clones.commit(name, &format!("{name}.txt"), name).await;
        let push = it.clones.command(name, &["push", "-q", "origin", name]);
        pushes.spawn(async move { push.await.unwrap().status.success() });
    }
    // And by the handle, meanwhile.
    let main = it.repository.push("main");
    assert!(pushes.join_all().await.into_iter().all(|pushed| pushed));
    for name in ["a", "b", "c", "d"] {
        assert_eq!(it.repository.head(name).as_str(), it.clones.head(name).await);
    }
    assert_eq!(it.repository.head("main"), main);
    let pushed = it.all_told().await.into_iter().filter(|name| name == "push").count();
    assert_eq!(pushed, 5, "each is told once");
}

#[tokio::test]
async fn a_file_that_is_set_is_committed() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world").with_git();
    let before = repository.head("main");
    repository.set_file("docs/guide.md", "# A guide\n");
    repository.set_file("docs/empty", "");
    assert_ne!(repository.head("main"), before);
    assert_eq!(repository.files("main"), ["README.md", "docs/empty", "docs/guide.md"]);
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &repository.clone_url(), "work"]).await;
    let text = std::fs::read_to_string(clones.path("work").join("docs/guide.md")).unwrap();
    assert_eq!(text, "# A guide\n");
    let log = clones.git("work", &["log", "--format=%s"]).await;
    assert_eq!(log, "Set docs/empty\nSet docs/guide.md\nInitial commit");
}
