//! `hookstead inbox` as operators and their scripts use it, on an inbox with something in every
//! state.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::handler::{End, HookTarget, KeptStep};
use hookstead::inbox::{
    Because, LeaseRequest, Leased, Settlement, SqliteStore, Store, TakerShare, Work,
};
use hookstead::{Attempt, Delivery, Inbox, Router, handler_fn};
use serde_json::{Value, json};
use support::Ended;
use tempfile::TempDir;

const DEAD: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/// What a stranger may put into an error and an action: it sets the window's title, clears the
/// screen in two ways, and turns the rest around.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}2J\u{202e}";

/// A delivery's payload, whatever it is.
#[derive(Clone)]
struct Payload(Value);

macro_rules! event {
    ($name:ident, $event:ident) => {
        #[derive(Clone)]
        #[allow(dead_code, reason = "some only have to decode")]
        struct $name(Value);
        impl Event for $name {
            const NAME: Option<EventName> = Some(EventName::$event);
            fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                decode_json(name, payload).map(Self)
            }
        }
    };
}

event!(Push, Push);
event!(Pull, PullRequest);
event!(Issue, Issues);

impl Event for Payload {
    const NAME: Option<EventName> = None;
    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

fn lane(payload: &Value) -> Option<String> {
    payload["lane"].as_str().map(str::to_owned)
}

fn router() -> Router {
    Router::new()
        .program("ci")
        .on_with::<Push>(handler_fn(async |_: Push, _: Attempt| Ok(())), |it| {
            it.lane(|event| lane(&event.0))
        })
        .on_with::<Pull>(handler_fn(async |_: Pull, _: Attempt| Ok(())), |it| {
            it.name("build").lane(|event| lane(&event.0)).latest_only()
        })
        .on::<Issue>(handler_fn(async |_: Issue, _: Attempt| Ok(())))
        .on_with::<Payload>(handler_fn(async |_: Payload, _: Attempt| Ok(())), |it| {
            it.name("audit").when(|event| event.0["audit"] == true)
        })
}

/// An inbox in a file, and what a worker does with it.
struct Bench {
    store: Arc<SqliteStore>,
    inbox: Inbox,
}

impl Bench {
    fn open(folder: &TempDir, router: Router) -> Self {
        let store = Arc::new(SqliteStore::open(folder.path().join("inbox.db")).unwrap());
        let inbox = Inbox::new(Arc::clone(&store), router);
        Self { store, inbox }
    }

    async fn accept(&self, delivery: Delivery) {
        self.inbox.accept(delivery).await.unwrap();
    }

    async fn lease(&self) -> Leased {
        let names = self.store.registry().await.unwrap();
        let takers = names.iter().map(|name| TakerShare::new(name.numbers.taker)).collect();
        let request = LeaseRequest::new(takers, 1, Duration::from_secs(3600));
        self.store.lease(&request).await.unwrap().leased.pop().unwrap()
    }

    async fn settle(&self, leased: &Leased, settlements: &[Settlement]) {
        for settlement in settlements {
            let settled = self.store.settle(&[(leased.token, settlement.clone())]).await;
            settled.unwrap();
        }
    }

    /// Accepts a delivery for one handler, and ends its attempt so.
    async fn handle(&self, delivery: Delivery, settlements: &[Settlement]) {
        self.accept(delivery).await;
        let leased = self.lease().await;
        self.settle(&leased, settlements).await;
    }
}

fn dead(text: &str) -> [Settlement; 2] {
    [Settlement::End { end: End::Dead, text: text.to_owned() }, Settlement::Ended]
}

fn delivery(id: &str, event: &str) -> Delivery {
    delivery_with(id, event, json!({}))
}

fn delivery_with(id: &str, event: &str, payload: Value) -> Delivery {
    Delivery::new(id.parse().unwrap(), event.into(), payload.to_string())
}

fn in_lane(id: &str, event: &str, lane: &str) -> Delivery {
    delivery_with(id, event, json!({ "lane": lane }))
}

/// A folder with an inbox that has a task in each state, and three dead ones.
async fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::open(&folder, router());

    bench.handle(delivery("done", "push"), &[Settlement::Done]).await;
    bench.accept(in_lane("superseded", "pull_request", "build 7")).await;
    bench.accept(in_lane("newer", "pull_request", "build 7")).await;
    for _ in 0..2 {
        let leased = bench.lease().await;
        let settlement = if leased.end.is_some() { Settlement::Ended } else { Settlement::Done };
        bench.settle(&leased, &[settlement]).await;
    }

    let body = r#"{"z": 1, "a": [12345678901234567890123]}"#;
    let mut it = Delivery::new(DEAD.parse().unwrap(), "pull_request".into(), body);
    it.action = Some("opened".to_owned());
    it.repository = Some("octocat/hello-world".to_owned());
    it.hook = Some(292_430_182);
    it.installation = Some(77);
    it.target = Some(HookTarget { kind: "repository".to_owned(), id: 79_929_171 });
    bench.accept(it).await;
    let leased = bench.lease().await;
    let step =
        KeptStep { name: "build".to_owned(), of_type: "bool".to_owned(), json: "true".into() };
    assert!(bench.store.keep_step(leased.token, &step).await.unwrap());
    let error = format!("the build failed{HOSTILE}\n{}", "very long ".repeat(100));
    bench.settle(&leased, &dead(&error)).await;
    let mut hostile = delivery_with("hostile", "push", json!({ "text": HOSTILE }));
    hostile.action = Some(HOSTILE.to_owned());
    bench.handle(hostile, &dead("no such branch")).await;
    bench.handle(delivery("third", "push"), &dead("no such branch")).await;

    // Not a whole number of minutes, so that it is the same one for a while.
    let after = Duration::from_secs(119 * 60 + 50);
    let again = |because, text: &str| [Settlement::Again { after, because, text: text.into() }];
    bench.handle(delivery("delayed", "push"), &again(Because::Failure, "GitHub is tired")).await;
    bench.handle(delivery("waits", "push"), &again(Because::Wait, "an approval")).await;
    bench.accept(in_lane("leased", "push", "one at a time")).await;
    assert_eq!(bench.lease().await.delivery.id.as_str(), "leased");
    bench.accept(in_lane("blocked", "push", "one at a time")).await;
    // Two handlers have a task of it.
    bench.accept(delivery_with("ready", "issues", json!({ "audit": true }))).await;

    // Nobody has the handler of this one any more.
    let gone =
        Router::new().program("old").on::<Push>(handler_fn(async |_: Push, _: Attempt| Ok(())));
    let gone = Bench::open(&folder, gone);
    gone.accept(delivery("forgotten", "push")).await;
    gone.inbox.leave().await.unwrap();
    folder
}

async fn run(folder: &TempDir, arguments: &[&str]) -> Ended {
    let arguments = [&["inbox"], arguments].concat();
    let ended = support::run(&arguments, folder.path(), &[("INBOX", "inbox.db")]).await;
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
    let cells: Vec<Vec<&str>> =
        text.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        &["HANDLER", "READY", "BLOCKED", "LEASED", "DELAYED", "OLDEST", "READY"][..],
        &["ci.push", "0", "1", "1", "2"],
        &["SETTLED", "TASKS"],
        &["done", "2"],
        &["superseded", "1"],
        &["canceled", "0"],
        &["dead", "3"],
    ] {
        assert!(cells.iter().any(|it| it == row), "{row:?} is not in {text}");
    }
    for handler in ["ci.issues", "ci.audit", "old.push"] {
        let row = cells.iter().find(|it| it.first() == Some(&handler)).unwrap();
        assert_eq!(row[1..5], ["1", "0", "0", "0"], "{text}");
        assert_eq!(row.last(), Some(&"s"), "{text}");
    }
    assert!(text.ends_with("\nNo process has the handler old.push.\n"), "{text}");

    let depth = good_json(&folder, &["depth"]).await;
    assert_eq!(
        (&depth["done"], &depth["superseded"], &depth["canceled"], &depth["dead"]),
        (&json!(2), &json!(1), &json!(0), &json!(3))
    );
    let handlers = depth["handlers"].as_array().unwrap();
    let of = |name: &str| handlers.iter().find(|it| it["handler"] == name).unwrap();
    let push = of("ci.push");
    assert_eq!(
        (&push["blocked"], &push["leased"], &push["delayed"]),
        (&json!(1), &json!(1), &json!(2))
    );
    assert_eq!(push["is_alive"], true);
    assert_eq!(of("old.push")["is_alive"], false);
    assert!(of("ci.audit")["oldest_ready_seconds"].as_f64().is_some());
}

#[tokio::test]
async fn list_as_a_table() {
    let folder = folder().await;
    let all = good(&folder, &["list"]).await;
    let lines: Vec<_> = all.lines().collect();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(lines[0]), ["STATE", "EVENT", "HANDLER", "TRIES", "RECEIVED", "ID"], "{all}");
    assert_eq!(words(lines[1])[..3], ["ready", "push", "old.push"], "{all}");
    assert!(lines[1].contains(" s ago  ") && lines[1].ends_with("  forgotten"), "{all}");
    assert!(lines.contains(&"    by newer"), "{all}");
    assert!(all.contains("\n    next attempt in 119 min: GitHub is tired\n"), "{all}");
    assert!(all.contains("\n    next attempt in 119 min: waits for an approval\n"), "{all}");
    assert!(all.contains("\n    lease ends in "), "{all}");

    let dead = good(&folder, &["list", "--dead", "--event", "pull_request"]).await;
    let [_, row, error] = dead.lines().collect::<Vec<_>>()[..] else { panic!("{dead}") };
    assert!(row.starts_with("dead   pull_request.opened  ci.build      1  "), "{dead}");
    assert!(row.ends_with(DEAD), "{dead}");
    assert!(error.starts_with(r"    the build failed\u{1b}]0;owned\u{7}\u{1b}[2J"), "{dead}");
    assert_eq!((error.chars().count(), error.ends_with("...")), (80, true), "{dead}");

    let audit = good(&folder, &["list", "--handler", "ci.audit"]).await;
    assert_eq!(audit.lines().count(), 2, "{audit}");
    let ended = run(&folder, &["list", "--dead", "--limit", "2"]).await;
    assert!(ended.stdout.contains("third") && !ended.stdout.contains(DEAD), "{ended:?}");
    assert!(ended.stderr.contains("more than these 2"), "{ended:?}");
    let error = bad(&folder, &["list", "--event", "star"], 1).await;
    assert_eq!(error, "There are no such tasks.\n");
}

#[tokio::test]
async fn list_as_json() {
    let folder = folder().await;
    for (state, ids) in [
        ("ready", vec!["forgotten", "ready", "ready"]),
        ("blocked", vec!["blocked"]),
        ("leased", vec!["leased"]),
        ("delayed", vec!["waits", "delayed"]),
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

/// A list is read and written page by page.
#[tokio::test]
async fn a_long_list_has_everything_once() {
    const NUMBER: usize = 1_203;
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::open(&folder, router());
    for number in 0..NUMBER {
        bench.accept(delivery(&number.to_string(), "push")).await;
    }
    let list = good_json(&folder, &["list", "--limit", "1000000"]).await;
    let ids: Vec<usize> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(ids, (0..NUMBER).rev().collect::<Vec<_>>());
    let table = good(&folder, &["list", "--limit", "1000000"]).await;
    assert_eq!(table.lines().count(), NUMBER + 1);
}

#[tokio::test]
async fn show() {
    let folder = folder().await;
    let text = good(&folder, &["show", DEAD]).await;
    for line in [
        &format!("id               {DEAD}"),
        "event            pull_request.opened",
        "repository       octocat/hello-world",
        "handler          ci.build",
        "state            dead",
        "run              1",
        "attempts         1",
        "steps kept       build",
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
    assert!(text.contains("\nlane             build 7\n"), "{text}");
    let text = good(&folder, &["show", "waits"]).await;
    assert!(text.contains("\nwaits for        an approval\n"), "{text}");

    let list = good_json(&folder, &["show", DEAD]).await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    let dead = &list[0];
    assert!(dead["last_error"].as_str().unwrap().contains(HOSTILE));
    assert_eq!(dead["target"], json!({"kind": "repository", "id": 79_929_171}));
    assert_eq!((&dead["handler"], &dead["steps"]), (&json!("ci.build"), &json!(["build"])));
    assert_eq!(dead["body"]["z"], 1);
    let raw = good(&folder, &["--json", "show", DEAD]).await;
    assert!(raw.contains(r#"{"z": 1, "a": [12345678901234567890123]}"#), "byte for byte: {raw}");
    let hostile = good_json(&folder, &["show", "hostile"]).await;
    assert_eq!(hostile[0]["body"]["text"], HOSTILE);

    let both = good_json(&folder, &["show", "ready"]).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    let one = good_json(&folder, &["show", "ready", "--handler", "ci.audit"]).await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    let error = bad(&folder, &["show", "nobody"], 1).await;
    assert_eq!(error, "There is no task of a delivery nobody.\n");
}

#[tokio::test]
async fn revive() {
    let folder = folder().await;
    let revived = good(&folder, &["revive", DEAD, "--forget", "build"]).await;
    assert_eq!(revived, format!("{DEAD} ci.build: changed (it was dead)\n"));
    let shown = good_json(&folder, &["show", DEAD]).await;
    assert_eq!((&shown[0]["state"], &shown[0]["steps"]), (&json!("ready"), &json!([])));

    let ended = run(&folder, &["--json", "revive", "third", "done"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let changed: Value = serde_json::from_str(&ended.stdout).unwrap();
    let results: Vec<_> = changed.as_array().unwrap().iter().map(|it| &it["result"]).collect();
    assert_eq!(results, ["changed", "refused"]);
    let error = bad(&folder, &["revive", "nobody"], 1).await;
    assert_eq!(error, "There is no task of a delivery nobody.\n");

    assert_eq!(good_json(&folder, &["depth"]).await["dead"], 1);
    let revived = good_json(&folder, &["revive", "--all-dead"]).await;
    assert_eq!(revived, json!({"revived": 1, "superseded": 0, "without_body": 0, "others": 0}));
    assert_eq!(bad(&folder, &["revive", "--all-dead"], 1).await, "There are no dead tasks.\n");
}

#[tokio::test]
async fn all_dead_ones_go_on_after_their_number_was_told() {
    let folder = folder().await;
    let some = good(&folder, &["revive", "--all-dead", "--handler", "ci.build"]).await;
    assert_eq!(some, "1 dead tasks, which go on over 2 s\n1 revived\n");
    let rest = good(&folder, &["revive", "--all-dead"]).await;
    assert_eq!(rest, "2 dead tasks, which go on over 2 s\n2 revived\n");
    assert_eq!(good_json(&folder, &["depth"]).await["dead"], 0);
}

#[tokio::test]
async fn rerun_cancel_and_wake() {
    let folder = folder().await;
    let state = async |id: &str| good_json(&folder, &["show", id]).await[0]["state"].clone();
    let rerun = good(&folder, &["rerun", "done"]).await;
    assert_eq!(rerun, "done ci.push: changed (it was done)\n");
    assert_eq!(good_json(&folder, &["show", "done"]).await[0]["run"], 2);
    let woken = good(&folder, &["wake", "waits"]).await;
    assert_eq!(woken, "waits ci.push: changed (it was delayed)\n");
    assert_eq!(state("waits").await, "ready");

    let canceled = good(&folder, &["cancel", "delayed", "--reason", "nobody wants it"]).await;
    assert_eq!(canceled, "delayed ci.push: changed (it was delayed)\n");
    let shown = good_json(&folder, &["show", "delayed"]).await;
    assert_eq!(shown[0]["state"], "canceled");
    assert_eq!(shown[0]["last_error"], "nobody wants it");
    let told = good_json(&folder, &["cancel", "leased"]).await;
    assert_eq!(told[0]["result"], "told");

    // Which one, where there are several.
    let error = bad(&folder, &["cancel", "ready"], 1).await;
    assert!(error.contains("ci.audit") && error.contains("ci.issues"), "{error}");
    good(&folder, &["cancel", "ready", "--handler", "ci.audit"]).await;
    let all = run(&folder, &["--json", "cancel", "ready", "--every-handler"]).await;
    let all: Value = serde_json::from_str(&all.stdout).unwrap();
    let mut results: Vec<_> =
        all.as_array().unwrap().iter().map(|it| it["result"].as_str().unwrap()).collect();
    results.sort_unstable();
    assert_eq!(results, ["changed", "refused"]);
    let ended = run(&folder, &["rerun", "blocked"]).await;
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "blocked ci.push: refused, it is blocked\n");
}

#[tokio::test]
async fn purge() {
    let folder = folder().await;
    let text = good(&folder, &["purge"]).await;
    assert_eq!(text, "0 tasks purged that were settled more than 35 days ago\n");
    let purged = good_json(&folder, &["purge", "--older-than", "1h"]).await;
    assert_eq!(purged, json!({"bodies": 0, "tasks": 0, "deliveries": 0, "untaken": 0}));
    let purged = good_json(&folder, &["purge", "--older-than", "0s"]).await;
    assert_eq!(purged["tasks"], 6);
    assert_eq!(good_json(&folder, &["depth"]).await["dead"], 0);
}

/// Work of a program's own is shown like what came from outside.
#[tokio::test]
async fn work_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let router = Router::new()
        .program("ci")
        .on_with::<Payload>(handler_fn(async |_: Payload, _: Attempt| Ok(())), |it| {
            it.name("nightly")
        });
    let bench = Bench::open(&folder, router);
    let work = Work::new("hookstead.nightly", "nightly-1", "all").unwrap().repository("o/r");
    bench.inbox.submit(work).await.unwrap();
    let list = good_json(&folder, &["list"]).await;
    assert_eq!(
        (&list[0]["event"], &list[0]["handler"], &list[0]["repository"]),
        (&json!("hookstead.nightly"), &json!("ci.nightly"), &json!("o/r"))
    );
}

#[tokio::test]
async fn a_wrong_usage_is_named() {
    let folder = folder().await;
    for (arguments, problem) in [
        (&[][..], "Usage: hookstead inbox"),
        (&["lst"], "unrecognized subcommand 'lst'"),
        (&["list", "--zombie"], "unexpected argument '--zombie'"),
        (&["list", "--dead", "--done"], "'--dead' cannot be used with"),
        (&["list", "--limit", "no"], "it is no number above 0"),
        (&["list", "--limit"], "a value is required for '--limit <N>'"),
        (&["list", "--handler", "Rust::Path"], "'Rust::Path' for '--handler <NAME>'"),
        (&["list", "--dead", "id"], "unexpected argument 'id'"),
        (&["show"], "<GUID>"),
        (&["show", "a b"], "'a b' for '<GUID>': it is no delivery's id"),
        (&["show", "done", "--dead"], "unexpected argument '--dead'"),
        (&["revive"], "<GUID>"),
        (&["revive", DEAD, "--all-dead"], "'[GUID]...' cannot be used with '--all-dead'"),
        (&["revive", DEAD, "--event", "push"], "cannot be used with"),
        (&["revive", "--event", "push"], "--all-dead"),
        (&["revive", "--dead"], "unexpected argument '--dead'"),
        (&["rerun"], "<GUID>"),
        (&["rerun", "done", "--forget", "build"], "unexpected argument '--forget'"),
        (&["wake", "waits", "--reason", "x"], "unexpected argument '--reason'"),
        (
            &["cancel", "ready", "--handler", "ci.audit", "--every-handler"],
            "'--handler <NAME>' cannot be used with '--every-handler'",
        ),
        (&["purge", "--older-than", "a day"], "it is no time such as 90s"),
        (&["depth", "--older-than", "1d"], "unexpected argument '--older-than'"),
    ] {
        let ended = run(&folder, arguments).await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(problem), "{arguments:?}: {ended:?}");
        assert!(ended.stdout.is_empty(), "{arguments:?}: {ended:?}");
    }
    let help = good(&folder, &["list", "--help"]).await;
    assert!(help.contains("Usage: hookstead inbox list"), "{help}");
}

#[tokio::test]
async fn an_inbox_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        bad(&folder, &["depth"], 1).await,
        "cannot open the inbox inbox.db: there is no such file\n"
    );
    let error = bad(&folder, &["depth", "--inbox", "other.db"], 1).await;
    assert_eq!(error, "cannot open the inbox other.db: there is no such file\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    std::fs::write(folder.path().join("inbox.db"), "no database, but a letter to a friend")
        .unwrap();
    let error = bad(&folder, &["depth"], 1).await;
    assert!(error.starts_with("cannot open the inbox inbox.db: "), "{error}");
    assert_eq!(error.matches("Error code 26").count(), 1, "{error}");

    let ended = support::run(&["inbox", "depth"], folder.path(), &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stderr.starts_with("Which inbox?"), "{ended:?}");

    for (arguments, environment) in [
        (&["inbox", "depth", "--inbox", "mysql://ci:hunter2@db/ci"][..], &[][..]),
        (&["inbox", "depth"], &[("INBOX", "mysql://ci:hunter2@db/ci")]),
        (&["migrate"], &[("INBOX", "mysql://ci:hunter2@db/ci")]),
    ] {
        let ended = support::run(arguments, folder.path(), environment).await;
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        assert!(ended.stderr.contains("begins with postgres://"), "{ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}
