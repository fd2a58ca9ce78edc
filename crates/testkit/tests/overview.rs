//! What a fake holds, listed, and what is mounted beside its API.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::net::TcpListener;

use bytes::Bytes;
use hookstead_testkit::{FakeGitHub, FakeHook, FakeIssue, FakePullRequest, Fault};
use hookstead_types::StatusState;
use http::{Method, Response, StatusCode};
use support::Api;

#[tokio::test]
async fn what_there_is_is_listed() {
    let github = FakeGitHub::start().await;
    assert!(github.repositories().is_empty() && github.organizations().is_empty());
    let first = github.create_repository("octocat/hello-world");
    let organization = github.create_organization("octo-org");
    let second = organization.create_repository("second");
    let names: Vec<String> = github.repositories().iter().map(|it| it.name().to_string()).collect();
    assert_eq!(names, ["octocat/hello-world", "octo-org/second"]);
    assert_eq!(github.organizations()[0].login(), "octo-org");

    let number = first.open_pull_request(FakePullRequest::new("Add a flag"));
    let issue = first.open_issue(FakeIssue::new("A typo"));
    let head = first.pull_request(number).head_sha;
    first.create_status(&first.head("main"), "ci/one", StatusState::Pending);
    first.create_status(&head, "ci/two", StatusState::Success);
    assert_eq!(first.pull_requests()[0].number, number);
    assert_eq!(first.issues()[0].number, issue);
    let contexts: Vec<String> = first.all_statuses().into_iter().map(|it| it.context).collect();
    assert_eq!(contexts, ["ci/one", "ci/two"]);
    assert!(first.all_check_runs().is_empty());
    let branches = [("feature".to_owned(), head), ("main".to_owned(), first.head("main"))];
    assert_eq!(first.branches(), branches);
    assert_eq!(first.default_branch(), "main");
    assert!(!first.has_git() && !first.is_private());
    first.make_private();
    assert!(first.is_private());
    assert!(second.pull_requests().is_empty() && second.hooks().is_empty());
}

#[tokio::test]
async fn hooks_are_listed_without_their_secret() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let organization = github.create_organization("octo-org");
    // Nobody listens there.
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/hook", listener.local_addr().unwrap())
    };
    let hook = FakeHook::new(&url).secret("s3cret").json().events(["push", "status"]);
    let id = repository.create_hook(hook.clone());
    let of_organization = organization.create_hook(FakeHook::new(&url));
    assert!(github.app().hook().is_none());
    let of_app = github.app().set_hook(hook);
    github.wait_until("the pings", || (github.deliveries().len() == 3).then_some(())).await;

    let listed = repository.hooks().pop().unwrap();
    assert_eq!((listed.id, listed.url.as_str()), (id, url.as_str()));
    assert_eq!(listed.events, ["push", "status"]);
    assert!(listed.active && listed.signed && !listed.form);
    assert!(listed.last_status.as_ref().is_some_and(|status| status != "OK"));
    assert!(!format!("{listed:?}").contains("s3cret"));
    let listed = organization.hooks().pop().unwrap();
    assert_eq!(listed.id, of_organization);
    assert!(listed.form && !listed.signed);
    assert_eq!(github.app().hook().unwrap().id, of_app);
}

#[tokio::test]
async fn a_mount_is_no_part_of_github() {
    let github = FakeGitHub::builder().enterprise_server("github.example.com").start().await;
    let handle = github.clone();
    github.mount("/_own", move |request| {
        let count = handle.requests().len();
        let said = format!("{} {} {count} ", request.method(), request.uri());
        async move {
            let mut response =
                Response::new(Bytes::from([said.as_bytes(), request.body()].concat()));
            *response.status_mut() = StatusCode::ACCEPTED;
            response
        }
    });
    github.inject(Fault::status(502).times(usize::MAX));
    let origin = github.api_url().replace("/api/v3", "");
    let stranger = Api::new(origin).without("authorization").without("user-agent");
    let reply = stranger.send(Method::PUT, "/_own/a?b=c", "text").await;
    assert_eq!((reply.status, reply.text.as_str()), (202, "PUT /_own/a?b=c 0 text"));
    assert_eq!(github.requests().len(), 0);
    // What is not below it is GitHub's.
    assert_eq!(stranger.get("/_owner").await.status, 502);
    assert_eq!(github.requests().len(), 1);
    github.clear_requests();
    assert!(github.requests().is_empty());
}

#[tokio::test]
async fn a_fake_listens_where_one_says() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let github = FakeGitHub::builder().start_on(listener).unwrap();
    assert_eq!(github.api_url(), format!("http://127.0.0.1:{port}"));
    github.create_repository("octocat/hello-world");
    let repository = Api::new(github.api_url()).get("/repos/octocat/hello-world").await.expect(200);
    let url = format!("http://127.0.0.1:{port}/repos/octocat/hello-world");
    assert_eq!(repository["url"], url.as_str());
}
