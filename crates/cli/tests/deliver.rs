//! `hookstead deliver`, and what all commands share: help, settings, the log, completions, the manual.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use hookstead::events::{DecodeError, Event, EventName};
use hookstead::inbox::SqliteStore;
use hookstead::{Attempt, Router, Server, WebhookSecret, handler_fn};
use support::{Ended, run};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const SECRET: &str = "hunter2 hunter2";

/// An event of any name, whatever is in it.
#[derive(Clone)]
struct Any(EventName);

impl Event for Any {
    const NAME: Option<EventName> = None;
    fn decode(name: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self(name.clone()))
    }
}

/// A server that tells of every delivery that it handles, and a folder with its inbox.
struct Stage {
    folder: TempDir,
    listen: String,
    handled: UnboundedReceiver<(String, String, String)>,
}

impl Stage {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sender, handled) = unbounded_channel();
        let router = Router::new().program("ci").on::<Any>(handler_fn(
            move |event: Any, attempt: Attempt| {
                let delivery = attempt.delivery();
                let body = String::from_utf8(delivery.body.to_vec()).unwrap();
                let _ = sender.send((delivery.id.to_string(), event.0.to_string(), body));
                async { Ok(()) }
            },
        ));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        let store = SqliteStore::open(folder.path().join("inbox.db")).unwrap();
        let secret = WebhookSecret::new(SECRET).unwrap();
        let server = Server::new("/event_handler", secret, router).inbox(store);
        tokio::spawn(server.serve_until(listener, std::future::pending()));
        Self { folder, listen, handled }
    }

    async fn deliver(&self, arguments: &[&str]) -> Ended {
        let arguments = [&["deliver"], arguments].concat();
        let environment =
            [("WEBHOOK_SECRET", SECRET), ("LISTEN", self.listen.as_str()), ("INBOX", "inbox.db")];
        let ended = run(&arguments, self.folder.path(), &environment).await;
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
        ended
    }

    async fn handled(&mut self) -> (String, String, String) {
        let handled = self.handled.recv();
        tokio::time::timeout(Duration::from_secs(120), handled).await.unwrap().unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[tokio::test]
async fn samples_by_event_and_action() {
    let mut stage = Stage::set();
    for (arguments, name, action) in [
        (&["pull_request"][..], "pull_request.opened", r#""action":"opened""#),
        (&["pull_request.closed"], "pull_request.closed", r#""action":"closed""#),
        (&["--form", "push"], "push", "refs/heads/"),
    ] {
        let ended = stage.deliver(&[arguments, &["--id", name]].concat()).await;
        assert_eq!(ended.stdout, format!("202 Accepted: accepted {name} {name}\n"), "{ended:?}");
        let (_, _, body) = stage.handled().await;
        assert!(body.contains(action), "{name}: {body}");
    }
    let ended = stage.deliver(&["push.opened"]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert_eq!(ended.stderr, "\"push.opened\": the event push has no actions.\n");
    for arguments in [&["push", "--inbox", "inbox.db"][..], &["--inbox", "inbox.db"], &[]] {
        let ended = stage.deliver(arguments).await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {ended:?}");
    }
    let ended = stage.deliver(&["pul_request"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("\"pul_request\" is no file"), "{ended:?}");
    assert!(ended.stderr.contains("pull_request_review"), "{ended:?}");
}

#[tokio::test]
async fn files_and_folders() {
    let mut stage = Stage::set();
    stage.write("push.json", "{\"n\": 1}");
    stage.write("all/star/created.payload.json", "{\"n\": 2}");
    stage.write("all/issues.opened.json", "{\"n\": 3}");
    stage.write("all/notes.txt", "no payload");
    let ended = stage.deliver(&["push.json"]).await;
    assert!(ended.status.success() && ended.stdout.starts_with("202 Accepted: "), "{ended:?}");
    let (_, event, body) = stage.handled().await;
    assert_eq!((event.as_str(), body.as_str()), ("push", "{\"n\": 1}"));

    let ended = stage.deliver(&["all"]).await;
    assert!(ended.status.success(), "{ended:?}");
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{ended:?}");
    let issues = Path::new("all").join("issues.opened.json").display().to_string();
    assert!(lines[0].starts_with(&format!("{issues}: 202 Accepted: accepted ")), "{ended:?}");
    let mut events = Vec::new();
    for _ in 0..2 {
        events.push(stage.handled().await.1);
    }
    events.sort();
    assert_eq!(events, ["issues", "star"]);

    // Nothing is sent while something is unclear.
    stage.write("all/what.json", "{}");
    let ended = stage.deliver(&["all"]).await;
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("what.json says no event by its name"), "{ended:?}");
    let ended = stage.deliver(&["all", "--event", "fork"]).await;
    assert!(ended.status.success() && ended.stdout.lines().count() == 3, "{ended:?}");
    let ended = stage.deliver(&["all", "--id", "one", "--event", "fork"]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");

    stage.write("push.json", "{");
    let ended = stage.deliver(&["push.json"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stdout.starts_with("400 Bad Request: "), "{ended:?}");
    assert_eq!(ended.stderr, "The delivery was refused.\n");
    stage.write("empty/notes.txt", "");
    let ended = stage.deliver(&["empty"]).await;
    assert_eq!(ended.stderr, "There is no file in \"empty\" whose name ends with .json.\n");
}

#[tokio::test]
async fn again_by_its_id() {
    let mut stage = Stage::set();
    stage.write("push.json", "{\"n\": 7}");
    let ended = stage.deliver(&["push.json", "--id", "seven"]).await;
    assert_eq!(ended.stdout, "202 Accepted: accepted seven push\n", "{ended:?}");
    stage.handled().await;
    loop {
        let ended = stage.deliver(&["--again", "seven"]).await;
        assert!(ended.status.success(), "{ended:?}");
        if ended.stdout == "202 Accepted: accepted again seven push\n" {
            break;
        }
        assert!(ended.stdout.contains("duplicate"), "{ended:?}");
    }
    let (id, _, body) = stage.handled().await;
    assert_eq!((id.as_str(), body.as_str()), ("seven", "{\"n\": 7}"));
    let ended = stage.deliver(&["--again", "eight"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stderr, "There is no task of a delivery eight.\n");
}

#[tokio::test]
async fn secrets_stand_in_a_variable_or_a_file() {
    let stage = Stage::set();
    stage.write("secret", &format!("{SECRET}\n"));
    stage.write("wrong", "another");
    let listen = ("LISTEN", stage.listen.as_str());
    for (environment, code, said) in [
        (&[("WEBHOOK_SECRET_FILE", "secret")][..], 0, ""),
        (&[("WEBHOOK_SECRET_FILE", "wrong")], 1, "The delivery was refused."),
        (&[("WEBHOOK_SECRET_FILE", "secret"), ("WEBHOOK_SECRET", SECRET)], 2, "are both set"),
        (
            &[("WEBHOOK_SECRET_FILE", SECRET)],
            2,
            "the file that WEBHOOK_SECRET_FILE names cannot be read",
        ),
        (&[], 2, "WEBHOOK_SECRET is not set"),
    ] {
        let environment = [environment, &[listen]].concat();
        let ended = run(&["deliver", "ping"], stage.folder.path(), &environment).await;
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        assert!(ended.stderr.contains(said), "{ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}

#[tokio::test]
async fn errors_go_into_the_log_where_a_machine_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["inbox", "--log", "json", "--inbox", "no.db", "depth"];
    let ended = run(&arguments, folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    for line in ended.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["message"], "cannot open the inbox no.db: there is no such file");
    }
    assert_eq!(ended.stderr.lines().count(), 1);
}

#[tokio::test]
async fn an_inbox_is_made_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let ended = run(&["migrate", "--inbox", "ci.db"], folder.path(), &[]).await;
        assert!(ended.status.success(), "{ended:?}");
        assert_eq!(ended.stdout, "The inbox is up to date.\n");
    }
    let ended = run(&["inbox", "--inbox", "ci.db", "depth"], folder.path(), &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    let ended = run(&["migrate"], folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}

#[tokio::test]
async fn help_completions_and_manual() {
    let folder = tempfile::tempdir().unwrap();
    let good = async |arguments: &[&str]| {
        let ended = run(arguments, folder.path(), &[]).await;
        assert!(ended.status.success() && ended.stderr.is_empty(), "{arguments:?}: {ended:?}");
        ended.stdout
    };
    let help = good(&["--help"]).await;
    for text in ["inbox", "deliver", "doctor", "migrate", "WEBHOOK_SECRET_FILE", "Exit codes:"] {
        assert!(help.contains(text), "{text} is not in {help}");
    }
    for command in ["inbox", "deliver", "doctor", "fake", "migrate", "completions", "man"] {
        assert!(good(&[command, "--help"]).await.contains(&format!("Usage: hookstead {command}")));
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = good(&["completions", shell]).await;
        assert!(script.contains("every-handler") && script.contains("hookstead"), "{shell}");
    }
    let page = good(&["man"]).await;
    for text in [".TH hookstead", "HOOKSTEAD INBOX REVIVE", "all\\-dead", "Exit codes"] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    // It is one page, and names no other.
    assert!(!page.contains("(1)") && !page.contains("hookstead\\-inbox"), "{page}");
    for text in
        ["COMMANDS", "\\fBhookstead inbox revive\\fR", "HOOKSTEAD FAKE", "open\\-pull\\-request"]
    {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    let ended = run(&["completions", "tcsh"], folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    let ended = run(&[], folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}
