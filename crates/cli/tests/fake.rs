//! `hookstead fake`: a GitHub of one's own that runs by itself, and its page.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use hookstead::events::PullRequestEvent;
use hookstead::{Attempt, Router, Server, WebhookSecret, handler_fn};
use serde_json::{Value, json};
use support::fake::{Fake, LONG, REPOSITORY};
use support::git;
use support::http::send;
use support::run;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

#[tokio::test]
async fn hooks_are_signed_with_the_secret_of_the_settings() {
    let (sender, mut handled) = unbounded_channel();
    let router = Router::new().on::<PullRequestEvent>(handler_fn(
        move |event: PullRequestEvent, _: Attempt| {
            let _ = sender.send(event.pull_request.title);
            async { Ok(()) }
        },
    ));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/event_handler", listener.local_addr().unwrap());
    let server = Server::new("/event_handler", WebhookSecret::new("hunter2").unwrap(), router);
    tokio::spawn(server.serve_until(listener, std::future::pending()));

    let arguments =
        ["--repository", "octocat/hello-world", "--hook", &url, "--events", "pull_request,push"];
    let fake = Fake::start_with(&arguments, &[("WEBHOOK_SECRET", "hunter2")]).await;
    fake.act("open-pull-request", json!({ "title": "Signed" })).await.expect(200);
    assert_eq!(timeout(LONG, handled.recv()).await.unwrap().unwrap(), "Signed");
    let wanted = json!({ "event": "pull_request", "action": "opened" });
    let delivery = fake.post("/deliveries/wait-for", wanted).await.expect(200);
    assert_eq!(delivery["status_code"], 202);
    assert!(delivery["request"]["headers"]["x-hub-signature-256"].is_string());
    assert_eq!(delivery["request"]["payload"]["pull_request"]["title"], "Signed");

    // Again, under the same GUID.
    let id = &delivery["id"];
    fake.post(&format!("/deliveries/{id}/redeliver"), json!({})).await.expect(200);
    fake.post("/deliveries/wait-until-idle", json!({})).await.expect(200);
    let all = fake.get("/deliveries").await.expect(200);
    let again: Vec<_> =
        all.as_array().unwrap().iter().filter(|it| it["guid"] == delivery["guid"]).collect();
    let redeliveries: Vec<_> = again.iter().map(|it| it["redelivery"].clone()).collect();
    assert_eq!(redeliveries, [json!(false), json!(true)]);
    let shown = send(&format!("{}/deliveries/{id}", fake.page), "GET", &[], "").await;
    assert!(shown.status == 200 && shown.body.contains("x-hub-signature-256"), "{shown:?}");
    for text in
        [shown.body, fake.get("/state").await.body, send(&fake.page, "GET", &[], "").await.body]
    {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn the_page_shows_all_and_believes_nothing() {
    const EVIL: &str = "</td><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";
    let fake = Fake::start().await;
    let body = json!({ "title": EVIL, "body": EVIL, "labels": [EVIL], "author": EVIL });
    fake.act("open-pull-request", body.clone()).await.expect(200);
    fake.act("open-issue", body).await.expect(200);
    fake.act("comment", json!({ "number": 1, "body": EVIL, "login": EVIL })).await.expect(200);
    fake.act("create-status", json!({ "commit": "main", "context": EVIL, "state": "error" }))
        .await
        .expect(200);
    fake.act("create-deployment", json!({ "ref": "main", "environment": EVIL, "task": EVIL }))
        .await
        .expect(200);
    let url = format!("{}/nowhere?%3Cb%3E", fake.api);
    fake.act("create-hook", json!({ "url": url, "events": ["push"] })).await.expect(200);
    fake.post("/faults/inject", json!({ "kind": "redirect", "location": EVIL, "path": "/zen" }))
        .await
        .expect(200);
    fake.call("POST", "/repos/octocat/hello-world/issues/1/comments", json!({ "body": EVIL }))
        .await
        .expect(201);
    fake.post("/deliveries/wait-until-idle", json!({})).await.expect(200);

    let page = send(&fake.page, "GET", &[], "").await;
    assert_eq!(page.status, 200);
    let policy = "content-security-policy: default-src 'none'; style-src 'self';";
    assert!(page.head.contains(policy), "{}", page.head);
    let html = &page.body;
    for tag in ["<script", "<img", "onerror=alert(1)>\"", "style=", "javascript:"] {
        assert!(!html.contains(tag), "{tag} in {html}");
    }
    for shown in [
        "octocat/hello-world",
        "Pull requests",
        "Issues",
        "Comments",
        "Statuses",
        "Deployments",
        "Hooks",
        "Deliveries",
        "Faults to come",
        "Calls",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ] {
        assert!(html.contains(shown), "{shown} is not in {html}");
    }
    // Each opened once, closed once: nothing of it broke the markup.
    for tag in ["article", "section", "table", "tr", "td", "a", "span", "dl"] {
        let opened =
            html.matches(&format!("<{tag} ")).count() + html.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let style = send(&format!("{}/style.css", fake.page), "GET", &[], "").await;
    assert!(style.status == 200 && style.head.contains("content-type: text/css"), "{style:?}");
    let renewing = send(&format!("{}?renew", fake.page), "GET", &[], "").await;
    assert!(renewing.body.contains("http-equiv=\"refresh\"") && !html.contains("http-equiv"));
    assert_eq!(send(&format!("{}/deliveries/1", fake.page), "GET", &[], "").await.status, 404);
    assert_eq!(send(&format!("{}/<b>", fake.page), "GET", &[], "").await.status, 400);
    assert_eq!(send(&format!("{}/nothing", fake.page), "GET", &[], "").await.status, 404);
    assert_eq!(send(&fake.page, "HEAD", &[], "").await.body, "");
}

#[tokio::test]
async fn the_list_for_machines_and_the_help_name_every_call() {
    let fake = Fake::start().await;
    let index = fake.get("").await.expect(200);
    assert_eq!(index["page"], fake.page.as_str());
    let folder = tempfile::tempdir().unwrap();
    let help = run(&["fake", "--help"], folder.path(), &[]).await.stdout;
    let calls = index["calls"].as_array().unwrap();
    assert!(calls.len() > 50, "{}", calls.len());
    for call in calls {
        let path = call["path"].as_str().unwrap().strip_prefix("/_fake").unwrap();
        let line = format!("  {:4} {path}\n", call["method"].as_str().unwrap());
        assert!(help.contains(&line), "{line}");
        assert!(call["about"].as_str().unwrap().len() > 10, "{call}");
        for field in call["fields"].as_array().unwrap() {
            assert!(field["takes"].is_string() && field["about"].is_string(), "{field}");
        }
    }
    // The short help does not.
    let help = run(&["fake", "-h"], folder.path(), &[]).await.stdout;
    assert!(help.contains("--listen") && !help.contains("/create-repository"), "{help}");
}

#[tokio::test]
async fn real_git_is_behind_a_repository_that_wants_it() {
    if !git::is_there() {
        return;
    }
    let fake = Fake::start_with(&["--repository", "octocat/hello-world", "--git"], &[]).await;
    let files = json!({ "a/b.txt": "text\n", "run.sh": "#!/bin/sh\n", "README.md": null });
    let body =
        json!({ "branch": "feature", "message": "Add", "files": files, "executables": ["run.sh"] });
    let made = fake.act("commit", body).await.expect(200);
    let (message, place) = fake
        .act("commit", json!({ "branch": "a", "message": "b", "files": {}, "executables": ["c"] }))
        .await
        .refused(400);
    assert!(place == "body.executables" && message.contains("\"c\""), "{message} {place}");
    let outside = json!({ "branch": "a", "message": "b", "files": { "../a": "b" } });
    assert!(fake.act("commit", outside).await.refused(422).0.contains("no path `../a`"));
    let branch = json!({ "branch": "..", "message": "b", "files": { "a": "b" } });
    assert!(fake.act("commit", branch).await.refused(422).0.contains("no branch `..`"));

    let url = fake.get(REPOSITORY).await.expect(200)["clone_url"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let git = async |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(folder.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        let output = timeout(LONG, git.env("HOME", folder.path()).output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["clone", "--quiet", "--branch", "feature", &url, "here"]).await;
    assert_eq!(git(&["-C", "here", "rev-parse", "HEAD"]).await, made["sha"].as_str().unwrap());
    assert_eq!(git(&["-C", "here", "ls-files"]).await, "a/b.txt\nrun.sh");
    let to = json!({ "branch": "feature", "to": "main" });
    let main = fake.act("force-push", to).await.expect(200);
    fake.act("push-tag", json!({ "tag": "v1", "to": "main" })).await.expect(200);
    let refs = git(&["ls-remote", &url, "refs/heads/feature", "refs/tags/v1"]).await;
    let sha = main["sha"].as_str().unwrap();
    assert_eq!(refs, format!("{sha}\trefs/heads/feature\n{sha}\trefs/tags/v1"));
    fake.act("fork", json!({ "owner": "monalisa" })).await.expect(200);
    assert_eq!(fake.get("/repositories").await.expect(200).as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn arguments_and_settings_are_checked_before_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let hook = "http://127.0.0.1:1/";
    for (arguments, environment, code, said) in [
        (&["--repository", "octocat"][..], &[][..], 2, "octocat"),
        (&["--listen", "here"], &[], 2, "--listen"),
        (&["--hook", "https://a.example/"], &[], 2, "begins with http://"),
        (&["--hook", hook, "--events", "push,pul"], &[], 2, "\"pul\" is no event"),
        (&["--events", "push"], &[], 2, "--hook"),
        (&["--git"], &[], 2, "--repository"),
        (&["--known-as", "https://a.example/b"], &[], 2, "an origin is"),
        (&["--known-as", "a.example"], &[], 2, "an origin is"),
        (&["--hook", hook], &[("WEBHOOK_SECRET", "hunter2 ")], 2, "WEBHOOK_SECRET"),
        (&["--check-token"], &[], 2, "MY_PERSONAL_TOKEN"),
        (
            &["--repository", "a/b", "--repository", "A/B"],
            &[],
            2,
            "--repository A/B: there is a repository",
        ),
    ] {
        let arguments = [&["fake", "--listen", "127.0.0.1:0"], arguments].concat();
        let ended = run(&arguments, folder.path(), environment).await;
        assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(code), ""), "{ended:?}");
        assert!(ended.stderr.contains(said) && !ended.stderr.contains("hunter2"), "{ended:?}");
    }
    let ended = run(&["fake", "--listen", &taken, "--log", "json"], folder.path(), &[]).await;
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    let line: Value = serde_json::from_str(ended.stderr.trim()).unwrap();
    assert!(
        line["message"].as_str().unwrap().contains(&format!("cannot listen at {taken}")),
        "{line}"
    );
}

#[tokio::test]
async fn only_the_token_of_the_settings_is_accepted_where_that_is_wanted() {
    let token = [("MY_PERSONAL_TOKEN", "ghp_expected")];
    let arguments = [
        "--check-token",
        "--enterprise-server",
        "github.example.com",
        "--known-as",
        "http://github:4568",
    ];
    let arguments = [&arguments[..], &["--repository", "octocat/hello-world"]].concat();
    let fake = Fake::start_with(&arguments, &token).await;
    assert!(fake.api.ends_with("/api/v3"), "{}", fake.api);
    assert!(fake.page.ends_with("/_fake/page") && !fake.page.contains("/api/v3"), "{}", fake.page);
    assert_eq!(fake.call("GET", "/repos/octocat/hello-world", Value::Null).await.status, 401);
    let headers = ["user-agent: a-test", "authorization: token ghp_expected"];
    let shown = send(&format!("{}/repos/octocat/hello-world", fake.api), "GET", &headers, "")
        .await
        .expect(200);
    assert_eq!(shown["url"], "http://github:4568/api/v3/repos/octocat/hello-world");
    assert!(!fake.get("/state").await.body.contains("ghp_expected"));
}

/// A receiver that takes a delivery and does not answer, until the test says so.
#[cfg(unix)]
#[tokio::test]
async fn the_first_signal_waits_for_deliveries_and_the_second_does_not() {
    for (second, code) in [(None, 0), (Some("-INT"), 130), (Some("-TERM"), 143)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let mut fake = Fake::start_with(&["--repository", "a/b", "--hook", &url], &[]).await;
        // The ping has come.
        let (mut stream, _) = timeout(LONG, listener.accept()).await.unwrap().unwrap();
        let mut piece = [0; 100];
        assert_ne!(stream.read(&mut piece).await.unwrap(), 0);
        let page = fake.page.clone();
        fake.signal(if second.is_some() { "-TERM" } else { "-INT" });
        match second {
            Some(second) => {
                // A second signal of the same sort, before the first is seen, would be no other.
                let mut said = String::new();
                let mut stderr = BufReader::new(fake.child.stderr.take().unwrap());
                timeout(LONG, stderr.read_line(&mut said)).await.unwrap().unwrap();
                assert!(said.contains("1 delivery is under way"), "{said}");
                fake.signal(second);
            }
            None => {
                // It still answers, and ends by itself once the delivery is finished.
                assert_eq!(send(&page, "GET", &[], "").await.status, 200);
                drop(stream);
            }
        }
        let (ended, said) = fake.ended().await;
        assert_eq!(ended, Some(code), "{said}");
    }
}
