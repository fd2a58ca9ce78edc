//! The program `inbox` as operators and their scripts use it, on an inbox with something in every
//! state.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use hookstead::Delivery;
use hookstead::handler::{HookTarget, Lane};
use hookstead::inbox::{Inbox, LeaseRequest, Leased, Settlement, SqliteInbox};
use hookstead_tests::{Ended, Program};
use serde_json::{Value, json};
use tempfile::TempDir;

const DEAD: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/// What a stranger may put into an error and an action: it sets the window's title, clears the
/// screen in two ways, and turns the rest around.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}2J\u{202e}";

fn delivery(id: &str, event: &str) -> Delivery {
    Delivery::new(id.parse().unwrap(), event.into(), r#"{"z": 1, "a": [12345678901234567890123]}"#)
}

async fn lease(inbox: &SqliteInbox) -> Leased {
    let mut leased =
        inbox.lease(LeaseRequest::new(1, Duration::from_secs(3600), 12)).await.unwrap();
    leased.pop().unwrap()
}

async fn settle(inbox: &SqliteInbox, delivery: Delivery, settlement: Settlement) {
    inbox.accept(delivery).await.unwrap();
    let leased = lease(inbox).await;
    assert!(inbox.settle(leased.token, settlement).await.unwrap());
}

/// A folder with an inbox that has one delivery in each state, and three dead ones.
async fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let inbox = SqliteInbox::open(folder.path().join("inbox.db")).unwrap();

    settle(&inbox, delivery("done", "push"), Settlement::Done).await;
    let mut old = delivery("superseded", "pull_request");
    old.lane = Some(Lane::new("build 7").latest_only(1));
    inbox.accept(old).await.unwrap();
    let mut new = delivery("newer", "pull_request");
    new.lane = Some(Lane::new("build 7").latest_only(2));
    inbox.accept(new).await.unwrap();
    for _ in 0..2 {
        let leased = lease(&inbox).await;
        let settlement = match leased.delivery.id.as_str() {
            "superseded" => Settlement::Superseded,
            _ => Settlement::Done,
        };
        assert!(inbox.settle(leased.token, settlement).await.unwrap());
    }

    let mut dead = delivery(DEAD, "pull_request");
    dead.action = Some("opened".to_owned());
    dead.hook = Some(292_430_182);
    dead.installation = Some(77);
    dead.target = Some(HookTarget { kind: "repository".to_owned(), id: 79_929_171 });
    let error = format!("the build failed{HOSTILE}\n{}", "very long ".repeat(100));
    settle(&inbox, dead, Settlement::Dead { error }).await;
    let error = || Settlement::Dead { error: "no such branch".to_owned() };
    let mut hostile = delivery("hostile", "repository_dispatch");
    hostile.action = Some(HOSTILE.to_owned());
    hostile.body = serde_json::to_vec(&json!({ "text": HOSTILE })).unwrap().into();
    settle(&inbox, hostile, error()).await;
    settle(&inbox, delivery("third", "push"), error()).await;

    // Not a whole number of minutes, so that it is the same one for a while.
    let after = Duration::from_secs(119 * 60 + 50);
    let retry = Settlement::Retry { after, error: "GitHub is tired".to_owned() };
    settle(&inbox, delivery("delayed", "push"), retry).await;
    for id in ["leased", "blocked"] {
        let mut delivery = delivery(id, "push");
        delivery.lane = Some(Lane::new("one at a time"));
        inbox.accept(delivery).await.unwrap();
    }
    assert_eq!(lease(&inbox).await.delivery.id.as_str(), "leased");
    inbox.accept(delivery("ready", "issues")).await.unwrap();
    folder
}

async fn run(folder: &TempDir, arguments: &[&str]) -> Ended {
    let ended = Program::run("inbox", arguments, folder.path(), &[("INBOX", "inbox.db")]).await;
    let harmful = |it: char| it.is_control() && it != '\n' || it == '\u{202e}';
    assert!(!ended.stdout.contains(harmful), "{:?}", ended.stdout);
    assert!(!ended.stderr.contains(harmful), "{:?}", ended.stderr);
    ended
}

/// What it prints when it succeeds.
async fn good(folder: &TempDir, arguments: &[&str]) -> String {
    let ended = run(folder, arguments).await;
    assert!(ended.status.success(), "{arguments:?}: {ended:?}");
    ended.stdout
}

async fn good_json(folder: &TempDir, arguments: &[&str]) -> Value {
    serde_json::from_str(&good(folder, &[&["--json"], arguments].concat()).await).unwrap()
}

/// What it complains of, and its exit code.
async fn bad(folder: &TempDir, arguments: &[&str], code: i32) -> String {
    let ended = run(folder, arguments).await;
    assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    ended.stderr
}

#[tokio::test]
async fn depth() {
    let folder = folder().await;
    let text = good(&folder, &["depth"]).await;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[..8],
        [
            "STATE       DELIVERIES",
            "ready                1",
            "blocked              1",
            "leased               1",
            "delayed              1",
            "done                 2",
            "superseded           1",
            "dead                 3",
        ]
    );
    assert!(lines[8].starts_with("The oldest ready one has been ready for "), "{text}");

    let mut depth = good_json(&folder, &["depth"]).await;
    assert!(depth["oldest_ready_seconds"].take().as_f64().is_some());
    assert_eq!(
        depth,
        json!({"ready": 1, "blocked": 1, "leased": 1, "delayed": 1, "done": 2, "superseded": 1,
               "dead": 3, "oldest_ready_seconds": null})
    );
}

#[tokio::test]
async fn list_as_a_table() {
    let folder = folder().await;
    let all = good(&folder, &["list"]).await;
    let lines: Vec<_> = all.lines().collect();
    assert!(lines[0].starts_with("STATE       EVENT "), "{all}");
    assert!(lines[0].ends_with("  ID"), "{all}");
    assert!(lines[1].starts_with("ready       issues "), "{all}");
    assert!(lines[1].contains(" s ago  ") && lines[1].ends_with("  ready"), "{all}");
    assert!(lines.contains(&"    by newer"), "{all}");
    assert!(all.contains("\n    next attempt in 119 min: GitHub is tired\n"), "{all}");
    assert!(all.contains("\n    lease ends in "), "{all}");

    let dead = good(&folder, &["list", "--dead", "--event", "pull_request"]).await;
    let [header, row, error] = dead.lines().collect::<Vec<_>>()[..] else { panic!("{dead}") };
    assert!(header.starts_with("STATE  EVENT                TRIES  RECEIVED"), "{dead}");
    assert!(row.starts_with("dead   pull_request.opened      1  "), "{dead}");
    assert!(row.ends_with(DEAD), "{dead}");
    assert!(error.starts_with(r"    the build failed\u{1b}]0;owned\u{7}\u{1b}[2J"), "{dead}");
    assert_eq!((error.chars().count(), error.ends_with("...")), (80, true), "{dead}");

    let ended = run(&folder, &["list", "--dead", "--limit", "2"]).await;
    assert!(ended.stdout.contains("third") && !ended.stdout.contains(DEAD), "{ended:?}");
    assert!(ended.stderr.contains("more than these 2"), "{ended:?}");
    let error = bad(&folder, &["list", "--event", "star"], 1).await;
    assert_eq!(error, "There are no such deliveries.\n");
}

#[tokio::test]
async fn list_as_json() {
    let folder = folder().await;
    for (state, ids) in [
        ("ready", vec!["ready"]),
        ("blocked", vec!["blocked"]),
        ("leased", vec!["leased"]),
        ("delayed", vec!["delayed"]),
        ("done", vec!["newer", "done"]),
        ("superseded", vec!["superseded"]),
        ("dead", vec!["third", "hostile", DEAD]),
    ] {
        let list = good_json(&folder, &["list", &format!("--{state}")]).await;
        let list = list.as_array().unwrap();
        let found: Vec<_> = list.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids);
        for entry in list {
            assert_eq!(entry["state"], state);
            assert_eq!(entry.get("body"), None, "{entry}");
        }
    }
    let ended = run(&folder, &["--json", "list", "--event", "star"]).await;
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), "[]\n"));
}

#[tokio::test]
async fn show() {
    let folder = folder().await;
    let text = good(&folder, &["show", DEAD]).await;
    for line in [
        &format!("id               {DEAD}"),
        "event            pull_request.opened",
        "state            dead",
        "attempts         1",
        "hook             292430182",
        "target           repository 79929171",
        "installation     77",
        r"last error       the build failed\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}2J\u{202e}",
        "  \"z\": 1",
    ] {
        assert!(text.lines().any(|it| it == line), "{line:?} is not in {text}");
    }
    let text = good(&folder, &["show", "hostile"]).await;
    assert!(text.contains(r#""text": "\u001b]0;owned\u0007\u001b[2J\u009b2J\u202e""#), "{text}");
    let text = good(&folder, &["show", "superseded"]).await;
    assert!(text.contains("\nsuperseded by    newer\n"), "{text}");
    assert!(text.contains("\nlane             build 7 (only the latest, this is 1)\n"), "{text}");
    assert!(text.contains("\nThe body was dropped when the delivery was settled.\n"), "{text}");

    let list = good_json(&folder, &["show", DEAD]).await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    let dead = &list[0];
    assert!(dead["last_error"].as_str().unwrap().contains(HOSTILE));
    assert_eq!(dead["target"], json!({"kind": "repository", "id": 79_929_171}));
    assert_eq!(dead["body"]["z"], 1);
    let raw = good(&folder, &["--json", "show", DEAD]).await;
    assert!(raw.contains(r#"{"z": 1, "a": [12345678901234567890123]}"#), "byte for byte: {raw}");
    let hostile = good_json(&folder, &["show", "hostile"]).await;
    assert_eq!(hostile[0]["body"]["text"], HOSTILE);
    assert_eq!(good_json(&folder, &["show", "done"]).await[0]["body"], Value::Null);

    assert_eq!(bad(&folder, &["show", "nobody"], 1).await, "There is no delivery nobody.\n");
}

#[tokio::test]
async fn revive() {
    let folder = folder().await;
    assert_eq!(good(&folder, &["revive", DEAD]).await, "1 revived\n");
    let error = bad(&folder, &["revive", "third", "done", "nobody"], 1).await;
    assert_eq!(error, "There is no dead letter done, nor nobody.\n");
    assert_eq!(good_json(&folder, &["depth"]).await["dead"], 1);
    let revived = good_json(&folder, &["revive", "--all-dead"]).await;
    assert_eq!(revived, json!({"revived": 1, "not_dead": []}));
    assert_eq!(good_json(&folder, &["depth"]).await["ready"], 4);
    assert_eq!(bad(&folder, &["revive", "--all-dead"], 1).await, "There are no dead letters.\n");
}

#[tokio::test]
async fn purge() {
    let folder = folder().await;
    let text = good(&folder, &["purge"]).await;
    assert_eq!(text, "0 purged that were settled more than 35 days ago\n");
    assert_eq!(good_json(&folder, &["purge", "--older-than", "1h"]).await, json!({"purged": 0}));
    let purged = good_json(&folder, &["purge", "--older-than", "0s"]).await;
    assert_eq!(purged, json!({"purged": 6}));
    assert_eq!(good_json(&folder, &["depth"]).await["dead"], 0);
}

#[tokio::test]
async fn a_wrong_usage_is_one_sentence() {
    let folder = folder().await;
    for (arguments, problem) in [
        (&[][..], "a command is missing"),
        (&["lst"], "there is no command \"lst\""),
        (&["list", "--zombie"], "invalid option '--zombie'"),
        (&["list", "--dead", "--done"], "list takes one state"),
        (&["list", "--limit", "no"], "--limit takes a number above 0"),
        (&["list", "--limit"], "missing argument"),
        (&["list", "--dead", "id"], "list does not take these arguments"),
        (&["show"], "show does not take these arguments"),
        (&["show", "a b"], "\"a b\" is no delivery's id"),
        (&["show", "done", "--dead"], "show does not take these arguments"),
        (&["revive"], "revive does not take these arguments"),
        (&["revive", DEAD, "--all-dead"], "revive does not take these arguments"),
        (&["revive", "--dead"], "revive does not take these arguments"),
        (&["purge", "--older-than", "a day"], "\"a day\" is no time such as 90s"),
        (&["depth", "--older-than", "1d"], "depth does not take these arguments"),
    ] {
        let error = bad(&folder, arguments, 2).await;
        assert!(error.starts_with(problem), "{error}");
        assert!(error.ends_with("; see inbox --help\n"), "{error}");
    }
    let help = good(&folder, &["list", "--help"]).await;
    assert!(help.contains("usage: inbox"), "{help}");
}

#[tokio::test]
async fn an_inbox_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(bad(&folder, &["depth"], 1).await, "There is no inbox \"inbox.db\".\n");
    let error = bad(&folder, &["depth", "--inbox", "other.db"], 1).await;
    assert_eq!(error, "There is no inbox \"other.db\".\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    std::fs::write(folder.path().join("inbox.db"), "no database, but a letter to a friend")
        .unwrap();
    let error = bad(&folder, &["depth"], 1).await;
    assert!(error.starts_with("cannot open the inbox inbox.db: "), "{error}");
    assert_eq!(error.matches("Error code 26").count(), 1, "{error}");

    let ended = Program::run("inbox", &["depth"], folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stderr.starts_with("Which inbox?"), "{ended:?}");
}
