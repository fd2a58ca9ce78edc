//! What is logged and counted is the same for every store, also for one that was written outside.

use std::sync::Arc;
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{Attempt, Delivery, DeliveryId, Router, handler_fn};
use hookstead_inbox::{Filter, Inbox, MemoryStore, Store, Work, Worker};
use tokio::time::timeout;

use crate::odd_store::OddStore;
use crate::support::{Build, Lines, idle, lease, push, with};

/// Something of everything.
async fn scenario(store: Arc<dyn Store>) {
    let router = with(|numbers| numbers.when(|number| number.0 > 0))
        .on_with::<AnyEvent>(idle(), |any| any.name("audit"))
        .on::<Build>(idle());
    let inbox = Inbox::of_shared(Arc::clone(&store), router);
    inbox.start().await.unwrap();
    inbox.accept(push("one", "1")).await.unwrap();
    inbox.accept(push("one", "1")).await.unwrap();
    inbox.accept(Delivery::new("two".parse().unwrap(), "star".into(), "{}")).await.unwrap();
    let build = Build { sha: "6dcb09b5".to_owned() };
    inbox.submit(Work::new("hookstead.build", "b1", &build).unwrap()).await.unwrap();
    let id: DeliveryId = "one".parse().unwrap();
    let audit = hookstead_inbox::Selection::from(&id).of("ci.audit".parse().unwrap());
    inbox.cancel(audit, "not needed").await.unwrap();
    lease(&*store, &inbox).await;
}

fn logged(store: Arc<dyn Store>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let lines = Lines::collect();
    runtime.block_on(scenario(store));
    // But for the first line, which names the store and the process.
    let text = lines.text();
    let (start, rest) = text.split_once('\n').unwrap();
    assert!(start.contains(r#"handlers="ci.audit, ci.hookstead.build, ci.push""#), "{start}");
    rest.to_owned()
}

#[test]
fn a_store_of_ones_own_is_logged_like_ours() {
    let ours = logged(Arc::new(MemoryStore::new()));
    let odd = logged(Arc::new(OddStore::default()));
    assert_eq!(odd, ours);
    for line in [
        r#"accepted delivery=one event="push" repository="octocat/hello" tasks=2"#,
        r#"duplicate delivery=one event="push" repository="octocat/hello" at_work=2 tasks=2"#,
        r#"accepted delivery=two event="star" tasks=1"#,
        r#"accepted delivery=b1 event="hookstead.build" tasks=2"#,
        r#"handler=ci.audit run=1 change="cancel""#,
    ] {
        assert_eq!(odd.lines().filter(|logged| logged.contains(line)).count(), 1, "{line}\n{odd}");
    }
    // Never a body, never a Rust type.
    assert!(!odd.contains("6dcb09b5") && !odd.contains("::"), "{odd}");
}

#[cfg(feature = "metrics")]
fn counted(store: Arc<dyn Store>) -> Vec<String> {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(scenario(store)));
    let mut series = Vec::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let (_, key) = key.into_parts();
        let labels: Vec<String> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let value = match value {
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Gauge(gauge) => gauge.to_string(),
            DebugValue::Histogram(values) => format!("{} values", values.len()),
        };
        series.push(format!("{} {} {value}", key.name(), labels.join(" ")));
    }
    series.sort();
    series
}

#[cfg(feature = "metrics")]
#[test]
fn a_store_of_ones_own_is_counted_like_ours() {
    let ours = counted(Arc::new(MemoryStore::new()));
    let odd = counted(Arc::new(OddStore::default()));
    assert_eq!(odd, ours);
    for series in [
        "hookstead_accept_seconds  3 values",
        "hookstead_deliveries_accepted_total event=hookstead.build result=new 1",
        "hookstead_deliveries_accepted_total event=push result=duplicate 1",
        "hookstead_deliveries_accepted_total event=push result=new 1",
        "hookstead_deliveries_accepted_total event=star result=new 1",
    ] {
        assert!(odd.iter().any(|known| known == series), "{series}: {odd:#?}");
    }
}

#[tokio::test]
async fn what_nobody_knows_shares_a_label_and_no_text_breaks_a_line() {
    let lines = Lines::collect();
    let inbox = Inbox::new(OddStore::default(), Router::new().program("ci").on::<AnyEvent>(idle()));
    let mut delivery = push("odd", "{}");
    delivery.action = Some("new\nline".to_owned());
    delivery.repository = Some("octo\ncat/\u{1b}[31m".to_owned());
    inbox.accept(delivery).await.unwrap();
    let accepted = lines.saying("accepted");
    assert_eq!(accepted.len(), 1, "{}", lines.text());
    assert!(!lines.text().contains('\u{1b}'), "{}", lines.text());
    assert_eq!(inbox.list(Filter::default()).all().await.unwrap().len(), 1);
}

/// Whatever a handler says is said of its attempt.
#[tokio::test]
async fn what_a_handler_logs_names_its_attempt() {
    let lines = Lines::collect();
    let (said, mut hears) = tokio::sync::mpsc::unbounded_channel();
    let speaking = handler_fn(move |_: AnyEvent, _: Attempt| {
        tracing::info!("from the handler");
        std::future::ready(said.send(()).map_err(Into::into))
    });
    let router = Router::new().program("ci").on_with::<AnyEvent>(speaking, |it| it.name("audit"));
    let inbox = Inbox::new(MemoryStore::new(), router);
    let mut delivery = Delivery::new("one".parse().unwrap(), "from_the_future".into(), "{}");
    delivery.action = Some("opened".to_owned());
    delivery.repository = Some("octocat/hello".to_owned());
    inbox.accept(delivery).await.unwrap();
    // Everything on this thread, whose lines are collected.
    let here = tokio::runtime::Handle::current();
    let heard = async move { hears.recv().await.unwrap() };
    let running = Worker::new(inbox).control_on(here).run(heard);
    timeout(Duration::from_secs(60), running).await.unwrap();
    let span = r#"attempt{delivery=one event="from_the_future.opened" repository="octocat/hello" handler=ci.audit run=1 attempt=1}"#;
    let line = lines.saying("from the handler").pop().unwrap();
    assert!(line.contains(span), "{line}");
}
