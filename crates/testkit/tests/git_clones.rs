//! What git's own client gets from the fake's repositories.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::fs;

use hookstead_testkit::{FakeCommit, FakeGitHub, FakePullRequest, FakeRepository, Fault};
use support::Api;
use support::git::{self, Clones, with_token};

fn repository(github: &FakeGitHub) -> FakeRepository {
    github.create_repository("octocat/hello-world").with_git()
}

#[tokio::test]
async fn a_repository_is_cloned() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    let first = repository.head("main");
    let commit = FakeCommit::new("Add files")
        .file("src/a.txt", "one\ntwo\n")
        .file("odd \"name\" \\ ä.txt", "odd")
        .file("bytes", vec![0, 159, 255])
        .executable("run.sh", "#!/bin/sh\n");
    let sha = repository.commit("main", commit);
    let topic = repository.commit("topic/a", FakeCommit::new("Remove").remove("src"));
    let clones = Clones::new();
    for version in ["0", "1", "2"] {
        let protocol = format!("protocol.version={version}");
        let arguments = ["-c", &protocol, "clone", "-q", &repository.clone_url(), version];
        clones.git("", &arguments).await;
        assert_eq!(clones.head(version).await, sha.as_str());
        assert_eq!(clones.read(version, "src/a.txt"), "one\ntwo\n");
        assert_eq!(clones.read(version, "odd \"name\" \\ ä.txt"), "odd");
        assert_eq!(fs::read(clones.path(version).join("bytes")).unwrap(), [0, 159, 255]);
        assert_eq!(clones.read(version, "README.md"), "# hello-world\n");
    }
    let mode = clones.git("2", &["ls-files", "--stage", "run.sh"]).await;
    assert!(mode.starts_with("100755 "), "{mode}");
    let files = clones.git("2", &["ls-tree", "-r", "--name-only", topic.as_str()]).await;
    assert!(!files.contains("src/") && files.contains("run.sh"), "{files}");
    let log = clones.git("2", &["log", "--format=%H %an %s", "main"]).await;
    assert_eq!(log, format!("{sha} octocat Add files\n{first} octocat Initial commit"));
    assert!(clones.git("2", &["fsck", "--strict"]).await.is_empty());
    // GitHub has both addresses.
    let without = repository.clone_url().replace(".git", "");
    clones.git("", &["clone", "-q", &without, "without"]).await;
}

#[tokio::test]
async fn a_commit_is_fetched_by_its_sha_whoever_has_it() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    let lost = repository.commit("topic", FakeCommit::new("Lost").file("a.txt", "lost"));
    repository.force_push("topic", &repository.head("main"));
    let clones = Clones::new();
    clones.git("", &["init", "-q", "work"]).await;
    let url = repository.clone_url();
    for version in ["0", "2"] {
        let protocol = format!("protocol.version={version}");
        let fetch = ["-c", &protocol, "fetch", "-q", "--depth", "1", &url, lost.as_str()];
        clones.git("work", &fetch).await;
        assert_eq!(clones.git("work", &["rev-parse", "FETCH_HEAD"]).await, lost.as_str());
    }
    clones.git("work", &["checkout", "-q", "FETCH_HEAD"]).await;
    assert_eq!(clones.read("work", "a.txt"), "lost");
    let nothing = "b".repeat(40);
    let said = clones.try_git("work", &["fetch", "-q", &url, &nothing]).await.unwrap_err();
    assert!(said.contains("not our ref"), "{said}");
}

#[tokio::test]
async fn a_clone_may_be_shallow_or_partial() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    for number in 0..5 {
        repository.commit("main", FakeCommit::new("Change").file("a.txt", format!("{number}")));
    }
    let clones = Clones::new();
    let url = repository.clone_url();
    clones.git("", &["clone", "-q", "--depth", "2", &url, "shallow"]).await;
    assert_eq!(clones.git("shallow", &["rev-list", "--count", "HEAD"]).await, "2");
    clones.git("shallow", &["fetch", "-q", "--deepen", "2"]).await;
    assert_eq!(clones.git("shallow", &["rev-list", "--count", "HEAD"]).await, "4");
    clones.git("shallow", &["fetch", "-q", "--unshallow"]).await;
    assert_eq!(clones.git("shallow", &["rev-list", "--count", "HEAD"]).await, "6");
    clones.git("", &["clone", "-q", "--filter=blob:none", "-n", &url, "partial"]).await;
    let missing = ["rev-list", "--objects", "--missing=print", "HEAD"];
    assert!(clones.git("partial", &missing).await.contains('?'));
    clones.git("partial", &["checkout", "-q", "main"]).await;
    assert_eq!(clones.read("partial", "a.txt"), "4");
}

/// Git compresses a request of more than 1 KiB: one that wants many branches.
#[tokio::test]
async fn a_long_fetch_is_compressed() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    for number in 0..25 {
        repository.push(&format!("topic-{number}"));
    }
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &repository.clone_url(), "work"]).await;
    let cloned = clones.git("work", &["rev-parse", "origin/topic-24"]).await;
    assert_eq!(cloned, repository.head("topic-24").as_str());
    let requests = github.requests();
    let is_compressed = |it: &hookstead_testkit::RecordedRequest| {
        it.headers.get("content-encoding").is_some_and(|it| it == "gzip")
    };
    assert!(requests.iter().any(is_compressed), "{requests:?}");
}

#[tokio::test]
async fn a_repository_of_this_machine_is_copied() {
    if !git::is_there() {
        return;
    }
    let clones = Clones::new();
    clones.git("", &["init", "-q", "-b", "trunk", "mine"]).await;
    let one = clones.commit("mine", "a.txt", "one").await;
    clones.git("mine", &["tag", "-a", "-m", "First", "v1"]).await;
    clones.git("mine", &["checkout", "-q", "-b", "topic"]).await;
    let two = clones.commit("mine", "a.txt", "two").await;
    clones.git("mine", &["checkout", "-q", "trunk"]).await;
    let github = FakeGitHub::start().await;
    let api = Api::new(github.api_url());
    let organization = github.create_organization("octo-org");
    let repository = organization.create_repository("hello").with_git_of(clones.path("mine"));
    assert_eq!(repository.head("trunk").as_str(), one);
    assert_eq!(repository.head("topic").as_str(), two);
    let json = api.get("/repos/octo-org/hello").await.expect(200);
    assert_eq!(json["default_branch"], "trunk");
    assert_eq!(json["clone_url"], repository.clone_url());
    for reference in [one.as_str(), "trunk", "v1", "tags/v1"] {
        let commit = api.get(&format!("/repos/octo-org/hello/commits/{reference}")).await;
        let commit = commit.expect(200);
        assert_eq!(commit["sha"], one, "{reference}");
        assert_eq!(commit["commit"]["author"]["name"], "Mona");
        assert_eq!(commit["commit"]["author"]["email"], "mona@example.com");
        assert!(commit["author"].is_null(), "GitHub knows no such address");
        assert_eq!(commit["commit"]["message"], "Write a.txt");
    }
    // What is copied of is left alone.
    repository.commit("trunk", FakeCommit::new("More").file("b.txt", "b"));
    assert_eq!(clones.head("mine").await, one);
    clones.git("", &["clone", "-q", &repository.clone_url(), "copy"]).await;
    assert_eq!(clones.git("copy", &["rev-parse", "v1^{commit}"]).await, one);
    // A shallow one is what a build has of itself.
    let mine = format!("file://{}", clones.path("copy").display());
    clones.git("", &["clone", "-q", "--depth", "1", &mine, "shallow"]).await;
    let shallow = github.create_repository("octocat/shallow").with_git_of(clones.path("shallow"));
    let head = shallow.commit("trunk", FakeCommit::new("On top").file("c.txt", "c"));
    clones.git("", &["clone", "-q", &shallow.clone_url(), "of-shallow"]).await;
    assert_eq!(clones.head("of-shallow").await, head.as_str());
}

#[tokio::test]
async fn a_private_repository_takes_a_token() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::builder().token("s3cret").start().await;
    let repository = repository(&github);
    let clones = Clones::new();
    let url = repository.clone_url();
    clones.git("", &["clone", "-q", &url, "public"]).await;
    repository.make_private();
    let clone = async |url: &str, to: &str| clones.try_git("", &["clone", "-q", url, to]).await;
    let said = clone(&url, "nobody").await.unwrap_err();
    assert!(said.contains("could not read Username"), "{said}");
    let said = clone(&with_token(&url, "wrong"), "wrong").await.unwrap_err();
    assert!(said.contains("Authentication failed"), "{said}");
    clone(&with_token(&url, "s3cret"), "right").await.unwrap();
    // As a program should do it: neither in the address nor among the arguments.
    let helper = clones.path("helper.sh");
    fs::write(&helper, "echo username=x-access-token\necho password=s3cret\n").unwrap();
    let helper = format!("credential.helper=!sh '{}'", helper.display());
    clones.git("", &["-c", &helper, "clone", "-q", &url, "helped"]).await;
    assert_eq!(clones.head("helped").await, repository.head("main").as_str());
    let header = "http.extraHeader=Authorization: Bearer s3cret";
    clones.git("", &["-c", header, "clone", "-q", &url, "bearer"]).await;
    let json = Api::new(github.api_url()).with("authorization", "Bearer s3cret");
    let json = json.get("/repos/octocat/hello-world").await.expect(200);
    assert_eq!((&json["private"], &json["visibility"]), (&true.into(), &"private".into()));
    let logged =
        format!("{:?}", github.requests().iter().map(|it| &it.headers).collect::<Vec<_>>());
    assert!(!logged.contains("s3cret") && logged.contains("Basic [redacted]"), "{logged}");
}

#[tokio::test]
async fn an_installation_gets_what_it_was_let_into() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let (mine, other) = (repository(&github), github.create_repository("hubot/other").with_git());
    mine.make_private();
    other.make_private();
    let installation = github.app().install_on(&mine);
    let token = support::git::installation_token(&github, installation).await;
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &with_token(&mine.clone_url(), &token), "mine"]).await;
    let url = with_token(&other.clone_url(), &token);
    let said = clones.try_git("", &["clone", "-q", &url, "other"]).await.unwrap_err();
    assert!(said.contains("not found"), "{said}");
    let api = Api::new(github.api_url()).with("authorization", &format!("Bearer {token}"));
    api.get("/repos/octocat/hello-world").await.expect(200);
    api.get("/repos/hubot/other").await.expect(404);
    github.app().revoke_tokens();
    let said = clones.try_git("mine", &["fetch"]).await.unwrap_err();
    assert!(said.contains("Authentication failed"), "{said}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_moved_redirects() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    let without = github.create_repository("octocat/without-git");
    let clones = Clones::new();
    let url = with_token(&without.clone_url(), "t0ken");
    for url in [&url, &url.replace("without-git", "nothing")] {
        let said = clones.try_git("", &["ls-remote", url]).await.unwrap_err();
        assert!(said.contains("not found"), "{said}");
    }
    let old = repository.clone_url();
    repository.rename("hello-earth");
    clones.git("", &["clone", "-q", &old, "renamed"]).await;
    assert_eq!(clones.head("renamed").await, repository.head("main").as_str());
}

#[tokio::test]
async fn git_lies_beside_the_api_of_an_enterprise_server() {
    if !git::is_there() {
        return;
    }
    let builder = FakeGitHub::builder().enterprise_server("github.example.com");
    let github = builder.start().await;
    let repository = repository(&github);
    assert!(!repository.clone_url().contains("/api/v3"));
    let clones = Clones::new();
    clones.git("", &["clone", "-q", &repository.clone_url(), "work"]).await;
}

#[tokio::test]
async fn faults_hit_git_too() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let repository = repository(&github);
    let clones = Clones::new();
    let url = repository.clone_url();
    github.inject(Fault::status(502).on(http::Method::GET, "/info/refs"));
    let said = clones.try_git("", &["clone", "-q", &url, "work"]).await.unwrap_err();
    assert!(said.contains("502"), "{said}");
    github.inject(Fault::html(500).on(http::Method::POST, "/git-upload-pack"));
    clones.try_git("", &["clone", "-q", &url, "work"]).await.unwrap_err();
    clones.git("", &["clone", "-q", &url, "work"]).await;
    assert!(github.pending_faults().is_empty());
    // A push that has happened, though its client does not hear of it.
    let sha = clones.commit("work", "a.txt", "a").await;
    let push = ["push", "-q", &with_token(&url, "t0ken"), "HEAD:main"];
    let lost = Fault::status(502).after_effect();
    github.inject(lost.on(http::Method::POST, "/git-receive-pack"));
    clones.try_git("work", &push).await.unwrap_err();
    assert_eq!(repository.head("main").as_str(), sha);
    let requests = github.requests();
    let pushed = requests.iter().find(|it| it.path.ends_with("/git-receive-pack")).unwrap();
    assert_eq!(pushed.status, Some(http::StatusCode::BAD_GATEWAY));
    assert!(pushed.effect);
}

#[tokio::test]
async fn a_repository_is_not_put_behind_what_has_happened() {
    if !git::is_there() {
        return;
    }
    let github = FakeGitHub::start().await;
    let busy = github.create_repository("octocat/busy");
    busy.open_pull_request(FakePullRequest::new("Add a flag"));
    let nowhere = github.create_repository("octocat/nowhere");
    let git_of = |repository: FakeRepository, path: &'static str| {
        std::thread::spawn(move || repository.with_git_of(path).clone_url()).join()
    };
    assert!(std::thread::spawn(move || busy.with_git().clone_url()).join().is_err());
    assert!(git_of(nowhere.clone(), "/no/such/folder").is_err());
    assert!(git_of(nowhere, "/").is_err());
}

/// Set where this test runs once more in a process of its own, which finds no programs.
const ALONE: &str = "HOOKSTEAD_TEST_WITHOUT_PROGRAMS";

#[tokio::test]
async fn a_repository_without_git_needs_no_program() {
    if std::env::var_os(ALONE).is_some() {
        return without_programs().await;
    }
    let mut alone = tokio::process::Command::new(std::env::current_exe().unwrap());
    alone.args(["--exact", "a_repository_without_git_needs_no_program"]);
    let output = alone.env(ALONE, "1").env("PATH", "/no/such/folder").output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

async fn without_programs() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    repository.merge_pull_request(number);
    assert_eq!(repository.file("main", "README.md"), None);
    let other = github.create_repository("octocat/other");
    let failed = std::thread::spawn(move || other.with_git().clone_url()).join().unwrap_err();
    let message = failed.downcast_ref::<String>().unwrap();
    assert!(message.contains("the program git cannot be started"), "{message}");
}
