//! The example `bot`, as an App of the fake GitHub.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_testkit::{FakeGitHub, FakeHook, FakeIssue};
use hookstead_tests::{Program, free_address, within};

#[tokio::test]
async fn a_bot_labels_greets_and_answers() {
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("app.pem");
    let pem = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem();
    std::fs::write(&key, pem).unwrap();
    let (listen, api) = (free_address().to_string(), github.api_url());
    let environment = [
        ("WEBHOOK_SECRET", "secret"),
        ("GITHUB_APP_CLIENT_ID", github.app().client_id()),
        ("GITHUB_APP_PRIVATE_KEY_FILE", key.to_str().unwrap()),
        ("GITHUB_API_URL", api.as_str()),
        ("LISTEN", listen.as_str()),
    ];
    let mut server = Program::start("bot", folder.path(), &environment);
    server.line("Listening at http://127.0.0.1").await;

    let url = format!("http://{listen}/event_handler");
    let hook = FakeHook::new(&url).secret("secret").json().events(["issues", "issue_comment"]);
    github.app().set_hook(hook);
    github.app().install_on(&repository);
    let number = repository.open_issue(FakeIssue::new("It does not work"));
    let greeting =
        repository.wait_for_comment(number, "the greeting", |it| it.body.starts_with("Thank you!"));
    let greeting = within(greeting).await;
    assert_eq!(repository.labels(number), ["triage"]);

    // What is quoted is not meant, and whoever closes an issue says nothing new.
    repository.comment(number, "monalisa", "> /ping\n\nNo.");
    repository.close_issue(number);
    let ping = repository.comment(number, "monalisa", "/ping");
    let answered =
        github.wait_until("the answer to /ping", || repository.reactions_to_comment(ping).pop());
    assert_eq!(within(answered).await.content, "rocket");
    let bodies: Vec<String> = repository.comments(number).into_iter().map(|it| it.body).collect();
    assert_eq!(bodies, [greeting.body.as_str(), "> /ping\n\nNo.", "/ping"]);
    let reactions = |id| repository.reactions_to_comment(id).len();
    let counts: Vec<usize> =
        repository.comments(number).iter().map(|it| reactions(it.id)).collect();
    assert_eq!(counts, [0, 0, 1]);
}
