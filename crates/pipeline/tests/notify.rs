//! Notifiers, told by the crate's public door.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it, and plays what is broken"
)]

use std::fs;
use std::time::Duration;

use hookstead_pipeline::notify::{
    CommandNotifier, IncomingWebhook, Notice, Notifier, Notifiers, NotifyError, async_trait,
};
use hookstead_testkit::FakeGitHub;

#[derive(Debug)]
struct Broken;

#[async_trait]
impl Notifier for Broken {
    async fn notify(&self, _: &Notice) -> Result<(), NotifyError> {
        panic!("it is broken")
    }
}

#[tokio::test]
async fn one_that_fails_hangs_or_panics_keeps_no_other_from_telling() {
    let dir = tempfile::tempdir().unwrap();
    let told = dir.path().join("told");
    let line = format!(
        "cat > {0}; printf '%s|%s|%s' \"$HOOKSTEAD_TEXT\" \"$HOOKSTEAD_BAD\" \"$CARGO\" >> {0}",
        told.display()
    );
    let notifiers = Notifiers::new()
        .with("broken", Broken)
        .with("failing", CommandNotifier::shell("exit 3"))
        .with("missing", CommandNotifier::new("/nowhere/pager", [""; 0]))
        .with("hanging", CommandNotifier::shell("sleep 600 & sleep 600"))
        .with("file", CommandNotifier::shell(line))
        .deadline(Duration::from_secs(2));
    let notice = Notice::new("the disk is full\nreally", true);
    let names = ["broken", "failing", "missing", "hanging", "unknown", "file"];
    notifiers.report(names, &notice).await;
    let told = fs::read_to_string(told).unwrap();
    assert_eq!(told, "the disk is full really\nthe disk is full really|true|");
}

#[tokio::test]
async fn a_command_says_why_nobody_was_told() {
    let notice = Notice::new("x", false);
    let error = CommandNotifier::shell("exit 3").notify(&notice).await.unwrap_err();
    assert_eq!(error.to_string(), "it ended with exit status: 3");
}

#[tokio::test]
async fn a_chat_gets_one_line_and_its_url_is_not_shown() {
    // Any server does; this one tells what it was asked.
    let chat = FakeGitHub::start().await;
    let url = format!("{}/services/SECRET", chat.api_url());
    let hook = IncomingWebhook::new(&url).unwrap();
    let error = hook.notify(&Notice::new("hello", false)).await.unwrap_err();
    assert!(!error.to_string().contains("SECRET"), "{error}");
    assert!(error.to_string().contains("the status 4"), "{error}");
    let requests = chat.requests();
    let request = requests.first().unwrap();
    assert_eq!(request.path, "/services/SECRET");
    assert_eq!(request.body, Some(serde_json::json!({ "text": "hello" })));

    let closed = IncomingWebhook::new("http://127.0.0.1:1/services/SECRET").unwrap();
    let error = closed.notify(&Notice::new("hello", false)).await.unwrap_err();
    assert!(!error.to_string().contains("SECRET"), "{error}");
}
