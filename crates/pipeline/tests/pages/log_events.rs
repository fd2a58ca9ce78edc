//! Events: of a log while it is written, of a build, of the journal.

use std::fmt::Write as _;
use std::time::Duration;

use hookstead::{Server, Verifier, WebhookSecret};
use hookstead_pipeline::journal::{BuildHold, Journal};
use hookstead_pipeline::pages::Pages;
use hookstead_pipeline::record::{BuildState, BuildTarget};
use tokio::task::JoinSet;

use crate::sse::{Event, Events, Lines};
use crate::stage::{SECRET, Stage, new_build};

const LIB: &str =
    "[projects.lib]\nrepo = \"octo-org/lib\"\n[projects.lib.jobs.test]\nrun = \"true\"\n";

const EVENTS: &str = "/lib/builds/1/events";

async fn running(stage: &Stage) -> BuildHold {
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    stage.begin(build.number).await
}

/// The lines with these numbers.
fn lines(numbers: std::ops::RangeInclusive<usize>) -> String {
    numbers.fold(String::new(), |mut text, number| {
        writeln!(text, "line {number}").unwrap();
        text
    })
}

fn expected(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("line {number}")).collect()
}

/// Adds to a log, at its end.
async fn write(journal: &Journal, hold: &BuildHold, text: &str) {
    let at = journal.build(hold.number()).await.unwrap().log_bytes;
    journal.append(hold, at, text.to_owned()).await.unwrap();
}

#[tokio::test]
async fn a_log_goes_on_after_a_cut_connection_without_a_missing_or_doubled_line() {
    let stage = Stage::new(LIB).await;
    let hold = running(&stage).await;
    write(&stage.journal, &hold, &lines(1..=3)).await;
    // What the page shows already.
    let page = stage.get("/lib/builds/1").await;
    let to: u64 =
        page.split("data-to=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert_eq!(to, 21);
    let mut events = Events::open(&stage.url, &format!("{EVENTS}?from={to}"), None).await;
    assert_eq!(events.status, 200);
    for header in
        ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"]
    {
        assert!(events.head.contains(header), "{}", events.head);
    }
    let mut shown = Lines { lines: expected(3), rest: None, to };
    write(&stage.journal, &hold, &lines(4..=5)).await;
    write(&stage.journal, &hold, "half a \x1b[31ml").await;
    shown.until(&mut events, 5).await;
    while shown.rest.is_none() {
        shown.add(&events.of("log").await);
    }
    assert_eq!(shown.rest.as_deref(), Some("half a <span class=\"a-red\">l</span>"));
    assert_eq!(shown.to, 35);
    // Cut in the middle of a line; meanwhile more comes.
    drop(events);
    write(&stage.journal, &hold, "ine\x1b[0m\n").await;
    write(&stage.journal, &hold, &lines(7..=2000)).await;
    let mut events = Events::open(&stage.url, &format!("{EVENTS}?from={to}"), Some(shown.to)).await;
    shown.until(&mut events, 2000).await;
    assert_eq!(shown.lines[5], "half a <span class=\"a-red\">line</span>");
    shown.lines[5] = "line 6".to_owned();
    assert_eq!(shown.lines, expected(2000));
    stage.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    assert_eq!(events.of("change").await.data, "passed");
    assert_eq!(events.next().await.unwrap().data, "over");
    assert_eq!(events.next().await, None);

    // Of one that has ended all that is asked for comes, and the end.
    let mut events = Events::open(&stage.url, &format!("{EVENTS}?from=0&seen=running"), None).await;
    let mut whole = Lines::default();
    whole.until(&mut events, 2000).await;
    assert_eq!(events.next().await.unwrap().data, "passed");
    assert_eq!(events.next().await.unwrap().data, "over");
    assert_eq!(events.next().await, None);
    // The same without events.
    let polled: serde_json::Value =
        serde_json::from_str(&stage.get(&format!("{EVENTS}.json?from={to}")).await).unwrap();
    assert_eq!(polled["log"]["line"], 4);
    assert_eq!(polled["log"]["lines"].as_array().unwrap().len(), 1997);
    assert_eq!((&polled["over"], &polled["state"]), (&true.into(), &"passed".into()));
    assert_eq!(polled["to"], stage.journal.build(1).await.unwrap().log_bytes);
    assert_eq!(stage.ask(&format!("{EVENTS}?from=x")).await.0, 400);
    assert_eq!(stage.ask("/other/builds/1/events").await.0, 404);
}

#[tokio::test]
async fn two_hundred_who_watch_see_each_line_once_wherever_they_begin() {
    const LINES: usize = 3000;
    let stage = Stage::new(LIB).await;
    let hold = running(&stage).await;
    write(&stage.journal, &hold, &lines(1..=1000)).await;
    let mut watching = JoinSet::new();
    for watcher in 0..200_usize {
        let url = stage.url.clone();
        watching.spawn(async move {
            // Some have a page that is old.
            let before = watcher % 4 * 250;
            let from = lines(1..=before).len();
            let mut events = Events::open(&url, &format!("{EVENTS}?from={from}"), None).await;
            let mut shown = Lines { lines: expected(before), ..Lines::default() };
            shown.until(&mut events, LINES).await;
            // Some lose their connection on the way.
            if watcher % 3 == 0 {
                events = Events::open(&url, EVENTS, Some(shown.to)).await;
            }
            assert_eq!(events.of("end").await.data, "over");
            shown.lines
        });
    }
    for first in (1001..LINES).step_by(100) {
        write(&stage.journal, &hold, &lines(first..=first + 99)).await;
    }
    stage.journal.finish(&hold, BuildState::Failed, "").await.unwrap();
    for shown in watching.join_all().await {
        assert_eq!(shown, expected(LINES));
    }
}

#[tokio::test]
async fn a_build_elsewhere_is_watched_as_well() {
    let stage = Stage::new(LIB).await;
    let hold = running(&stage).await;
    let mut events = Events::open(&stage.url, &format!("{EVENTS}?from=0"), None).await;
    // As of another server on the same database: nothing is said to this one.
    let place = stage.dir.path().join("pipeline.db");
    let other = Journal::open(place.to_str().unwrap()).await.unwrap();
    write(&other, &hold, &lines(1..=2)).await;
    let mut shown = Lines::default();
    shown.until(&mut events, 2).await;
    write(&other, &hold, "::group::Tests\n::endgroup::\n").await;
    shown.until(&mut events, 4).await;
    assert_eq!(shown.lines[2], "Tests");
    other.finish(&hold, BuildState::Passed, "").await.unwrap();
    assert_eq!(events.of("end").await.data, "over");
}

#[tokio::test]
async fn who_is_too_far_behind_loads_the_page_again() {
    let stage = Stage::new(LIB).await;
    let hold = running(&stage).await;
    let text = lines(1..=150_000);
    assert!(text.len() > 1_500_000);
    write(&stage.journal, &hold, &text).await;
    let mut events = Events::open(&stage.url, &format!("{EVENTS}?from=0"), None).await;
    assert_eq!(events.next().await.unwrap().name, "reset");
    assert_eq!(events.next().await, None);
    let polled = stage.get(&format!("{EVENTS}.json?from=0")).await;
    assert!(polled.contains("\"reset\": true"), "{polled}");
    // Who comes with the page that is loaded then goes on, beside one who reads on alone.
    let length = text.len();
    let mut near = Events::open(&stage.url, &format!("{EVENTS}?from={length}"), None).await;
    let from = lines(1..=100_000).len();
    let mut far = Events::open(&stage.url, &format!("{EVENTS}?from={from}"), None).await;
    write(&stage.journal, &hold, "last\n").await;
    for (events, before) in [(&mut near, 150_000), (&mut far, 100_000)] {
        let mut shown = Lines { lines: expected(before), ..Lines::default() };
        shown.until(events, 150_001).await;
        assert_eq!(shown.lines.pop().as_deref(), Some("last"));
        assert_eq!(shown.lines, expected(150_000));
    }
}

#[tokio::test]
async fn states_and_entries_are_told() {
    let stage = Stage::new(LIB).await;
    let build = stage.submit(new_build("test", BuildTarget::PullRequest(1))).await;
    let mut of_journal = Events::open(&stage.url, "/events", None).await;
    let mut of_project = Events::open(&stage.url, "/lib/events", None).await;
    let mut of_build =
        Events::open(&stage.url, &format!("{EVENTS}?from=0&seen=queued"), None).await;
    let hold = stage.begin(build.number).await;
    assert_eq!(of_build.next().await.unwrap().data, "running");
    assert_eq!(of_journal.next().await.unwrap().name, "change");
    assert_eq!(of_project.next().await.unwrap().name, "change");
    // A page that was made before the build began is told at once.
    let mut late = Events::open(&stage.url, &format!("{EVENTS}?from=0&seen=queued"), None).await;
    assert_eq!(late.next().await.unwrap().data, "running");
    let mut late = Events::open(&stage.url, "/events?seen=1", None).await;
    assert_eq!(late.next().await.unwrap().name, "change");
    stage.journal.finish(&hold, BuildState::Error, "lost").await.unwrap();
    assert_eq!(of_build.next().await.unwrap().data, "error");
    assert_eq!(of_build.next().await.unwrap().data, "over");
    assert_eq!(of_journal.next().await.unwrap().name, "change");
}

#[tokio::test]
async fn so_many_watch_at_most_and_all_are_told_when_the_server_leaves() {
    let stage = Stage::new(LIB).await;
    let hold = running(&stage).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let verifier = Verifier::new(WebhookSecret::new(SECRET).unwrap());
    let server = Server::of("/event_handler", verifier, stage.pipeline.inbox().clone());
    let pages = Pages::new(stage.pipeline.clone()).watchers(2);
    let server = pages.clone().on(server);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        server.serve_until(listener, stopped).await.unwrap();
    });
    let mut one = Events::open(&url, EVENTS, None).await;
    let mut other = Events::open(&url, "/events", None).await;
    let refused = Events::open(&url, EVENTS, None).await;
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after: 15"), "{}", refused.head);
    // A place is free as soon as somebody goes.
    drop(other);
    other = loop {
        let again = Events::open(&url, "/events", None).await;
        if again.status == 200 {
            break again;
        }
        write(&stage.journal, &hold, "x\n").await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    pages.leave();
    let leaving = |event: Event| (event.name, event.data);
    for events in [&mut one, &mut other] {
        assert_eq!(leaving(events.of("end").await), ("end".to_owned(), "leaving".to_owned()));
        assert_eq!(events.next().await, None);
    }
    stop.send(()).unwrap();
    server.await.unwrap();
}
