//! The README's way through the examples, as a new user goes it.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::path::Path;

use hookstead_testkit::FakeGitHub;
use hookstead_tests::{Program, free_address};
use tempfile::TempDir;

const SECRET: (&str, &str) = ("WEBHOOK_SECRET", "secret");

async fn deliver(folder: &Path, listen: &str, arguments: &[&str]) -> (bool, String) {
    let arguments = [&["deliver"], arguments].concat();
    let environment = [SECRET, ("LISTEN", listen)];
    let ended = Program::run("hookstead", &arguments, folder, &environment).await;
    (ended.status.success(), ended.stdout + &ended.stderr)
}

async fn listening(listen: &str) {
    while tokio::net::TcpStream::connect(listen).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_pull_request_is_delivered_to_the_ci_server() {
    let github = FakeGitHub::builder().with_samples().start().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let listen = free_address().to_string();
    let token = ("MY_PERSONAL_TOKEN", "token");
    let api = github.api_url();
    let environment = [SECRET, token, ("GITHUB_API_URL", api.as_str()), ("LISTEN", &listen)];
    let mut server = Program::start("ci_server", folder, &environment);
    server.line("Listening at http://127.0.0.1").await;
    listening(&listen).await;
    assert!(folder.join("ci_server.db").exists());

    for form in ["--json", "--form"] {
        let id = form.trim_start_matches('-');
        let (ok, said) = deliver(folder, &listen, &[form, "--id", id, "pull_request"]).await;
        assert!(ok, "{said}");
        assert_eq!(said, format!("202 Accepted: accepted {id} pull_request.opened\n"));
        server.line("Processing pull request...").await;
        server.line("Pull request processed!").await;
    }
    let (ok, said) = deliver(folder, &listen, &["ping"]).await;
    assert!(ok && said == "200 OK: pong\n", "{said}");
    let (ok, said) = deliver(folder, &listen, &["push"]).await;
    assert!(ok && said == "200 OK: ignored push: no handler\n", "{said}");

    // Delivered once more, as with GitHub's button.
    let again = |id| {
        let listen = &listen;
        async move { deliver(folder, listen, &["--id", id, "pull_request"]).await.1 }
    };
    let mut said = again("form").await;
    while said.contains("duplicate") {
        said = again("form").await;
    }
    assert_eq!(said, "202 Accepted: accepted again form pull_request.opened\n");
    server.line("Pull request processed!").await;

    let file = folder.join("star.created.json");
    std::fs::write(&file, r#"{"action": "created"}"#).unwrap();
    let (ok, said) = deliver(folder, &listen, &[file.to_str().unwrap()]).await;
    assert!(ok && said == "200 OK: ignored star.created: no handler\n", "{said}");
    std::fs::write(&file, "{").unwrap();
    let (ok, said) = deliver(folder, &listen, &[file.to_str().unwrap()]).await;
    assert!(!ok && said.starts_with("400 Bad Request: the payload is no JSON object"), "{said}");
}

#[tokio::test]
async fn hello_answers_and_prints_the_title() {
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address().to_string();
    let mut server = Program::start("hello", folder.path(), &[SECRET, ("LISTEN", &listen)]);
    listening(&listen).await;
    let (ok, said) = deliver(folder.path(), &listen, &["pull_request"]).await;
    assert!(ok && said == "202 Accepted: Well, it worked!\n", "{said}");
    assert_eq!(server.line("It's").await, "It's Add a flag\n");
}

#[tokio::test]
async fn the_demo_plays() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let ended = Program::run("demo", &[], folder.path(), &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    for text in [
        "pull_request.opened",
        "pull_request.synchronize",
        "status success",
        "deployment status success",
        "Everything that was expected was reported",
    ] {
        assert!(ended.stdout.contains(text), "{text:?} is not in {}", ended.stdout);
    }
    let ended = Program::run("demo", &["--faster"], folder.path(), &[]).await;
    assert!(ended.status.code() == Some(2) && ended.stderr.contains("--keep-running"), "{ended:?}");
    for example in ["hello", "ci_server", "deploy_server", "bot", "demo"] {
        let ended = Program::run(example, &["--help"], folder.path(), &[]).await;
        assert!(ended.status.success() && ended.stdout.contains("WEBHOOK_SECRET"), "{ended:?}");
    }
}

#[tokio::test]
async fn a_missing_or_malformed_setting_is_named_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let good = [
        SECRET,
        ("MY_PERSONAL_TOKEN", "token"),
        ("GITHUB_API_URL", "http://127.0.0.1:1"),
        ("LISTEN", "127.0.0.1:0"),
        ("INBOX", "x.db"),
    ];
    let broken = [
        ("WEBHOOK_SECRET", None),
        ("WEBHOOK_SECRET", Some("")),
        ("MY_PERSONAL_TOKEN", None),
        ("MY_PERSONAL_TOKEN", Some("")),
        ("MY_PERSONAL_TOKEN", Some("two\nlines")),
        ("GITHUB_API_URL", Some("")),
        ("GITHUB_API_URL", Some("api.github.com")),
        ("GITHUB_API_URL", Some("http://example.com")),
        ("GITHUB_API_URL", Some("ftp://example.com")),
        ("LISTEN", Some("")),
        ("LISTEN", Some("4567")),
        ("LISTEN", Some("127.0.0.1:99999")),
        ("INBOX", Some("")),
        ("INBOX", Some("no/such/folder/x.db")),
        ("INBOX", Some("mysql://ci:secret@db/ci")),
    ];
    for (name, value) in broken {
        let mut environment: Vec<_> = good.iter().copied().filter(|(it, _)| *it != name).collect();
        environment.extend(value.map(|value| (name, value)));
        for example in ["ci_server", "deploy_server"] {
            let ended = Program::run(example, &[], folder.path(), &environment).await;
            assert_eq!(ended.status.code(), Some(2), "{name}={value:?}: {ended:?}");
            assert!(ended.stderr.contains(name), "{name}={value:?}: {ended:?}");
            assert_eq!(ended.stderr.trim_end().lines().count(), 1, "{name}={value:?}: {ended:?}");
        }
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let ended = Program::run("hello", &[], folder.path(), &[SECRET, ("LISTEN", &listen)]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains(&format!("cannot listen at {listen}")), "{ended:?}");
}
