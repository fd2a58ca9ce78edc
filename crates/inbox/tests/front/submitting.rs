use std::collections::BTreeMap;
use std::sync::Arc;

use hookstead_handler::{Delivery, DeliveryId, Router};
use hookstead_inbox::{
    Inbox, MemoryStore, Settlement, Store, Submitted, TaskState, Work, WorkError,
};

use crate::odd_store::OddStore;
use crate::support::{Build, Lines, Number, entries, entry, idle, lease, tokens};

fn builds() -> Router {
    Router::new().program("ci").on::<Build>(idle())
}

fn build(id: &str, sha: &str) -> Work {
    Work::new("hookstead.build", id, &Build { sha: sha.to_owned() }).unwrap()
}

#[tokio::test]
async fn work_is_done_by_the_handler_of_its_event() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), builds());
    let work = build("b1", "abc").repository("octocat/hello");
    assert_eq!(inbox.submit(work).await.unwrap(), Submitted::New { tasks: 1 });
    let entry = entry(&inbox, "b1").await;
    assert_eq!(entry.name.as_str(), "ci.hookstead.build");
    assert_eq!(entry.delivery.event.as_str(), "hookstead.build");
    assert_eq!(entry.delivery.repository.as_deref(), Some("octocat/hello"));
    assert_eq!(lease(&*store, &inbox).await.len(), 1);
}

#[tokio::test]
async fn the_same_id_is_never_done_twice() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), builds());
    let submit = async || inbox.submit(build("b1", "abc")).await.unwrap();
    assert_eq!(submit().await, Submitted::New { tasks: 1 });
    assert_eq!(submit().await, Submitted::Duplicate { at_work: 1, tasks: 1 });

    let leased = lease(&*store, &inbox).await;
    assert_eq!(submit().await, Submitted::Duplicate { at_work: 1, tasks: 1 });
    store.settle(&[(tokens(&leased)[0], Settlement::Done)]).await.unwrap();
    for _ in 0..2 {
        assert_eq!(submit().await, Submitted::Duplicate { at_work: 0, tasks: 1 });
        assert!(lease(&*store, &inbox).await.is_empty());
    }
    assert_eq!(entry(&inbox, "b1").await.state, TaskState::Done);

    // A new run is asked for.
    let id: DeliveryId = "b1".parse().unwrap();
    assert!(inbox.rerun(&id).await.unwrap()[0].is_changed());
    assert_eq!(lease(&*store, &inbox).await[0].run, 2);
}

#[tokio::test]
async fn a_canceled_one_is_not_done_again_either() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), builds());
    inbox.submit(build("b1", "abc")).await.unwrap();
    inbox.cancel(&"b1".parse().unwrap(), "no").await.unwrap();
    let leased = lease(&*store, &inbox).await;
    store.settle(&[(tokens(&leased)[0], Settlement::Ended)]).await.unwrap();
    let again = inbox.submit(build("b1", "abc")).await.unwrap();
    assert_eq!(again, Submitted::Duplicate { at_work: 0, tasks: 1 });
    assert_eq!(entry(&inbox, "b1").await.state, TaskState::Canceled);
}

#[tokio::test]
async fn other_work_under_a_known_id_is_an_error() {
    let inbox = Inbox::new(
        MemoryStore::new(),
        Router::new()
            .program("ci")
            .on::<Build>(idle())
            .on_with::<hookstead_events::AnyEvent>(idle(), |it| it.name("all")),
    );
    inbox.submit(build("b1", "abc")).await.unwrap();
    let sentence = "other work was submitted under the id b1";
    let error = inbox.submit(build("b1", "abd")).await.unwrap_err();
    assert_eq!(error.to_string(), sentence);
    let other = Work::new("hookstead.test", "b1", &Build { sha: "abc".to_owned() }).unwrap();
    assert_eq!(inbox.submit(other).await.unwrap_err().to_string(), sentence);
    assert_eq!(entries(&inbox, "b1").await.len(), 2);
}

#[tokio::test]
async fn work_that_nobody_takes_is_an_error() {
    let store = Arc::new(OddStore::default());
    let ci = Router::new().program("ci").on::<Number>(idle());
    let inbox = Inbox::new(Arc::clone(&store), ci);
    let error = inbox.submit(build("b1", "abc")).await.unwrap_err();
    assert_eq!(error.to_string(), "no process of the program ci takes hookstead.build");
    let error = inbox.submit(build("b1", "abc").to("deploy")).await.unwrap_err();
    assert_eq!(error.to_string(), "no process of the program deploy takes hookstead.build");
    assert!(store.accepted.lock().unwrap().is_empty());
}

#[tokio::test]
async fn work_is_for_the_program_that_is_named() {
    let store = Arc::new(MemoryStore::new());
    let builder = Inbox::new(Arc::clone(&store), builds());
    builder.start().await.unwrap();
    // The one that submits has no handlers at all.
    let chat = Inbox::new(Arc::clone(&store), Router::new().program("chat"));
    let work = || build("b1", "abc").to("ci");
    assert_eq!(chat.submit(work()).await.unwrap(), Submitted::New { tasks: 1 });
    assert_eq!(chat.submit(work()).await.unwrap(), Submitted::Duplicate { at_work: 1, tasks: 1 });
    assert_eq!(entry(&chat, "b1").await.name.as_str(), "ci.hookstead.build");
    // Its own program is named as well as left out.
    let mine = builder.submit(build("b2", "abc").to("ci")).await.unwrap();
    assert_eq!(mine, Submitted::New { tasks: 1 });
}

#[tokio::test]
async fn such_events_never_come_from_outside() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), builds());
    for event in ["hookstead.build", "hookstead.", "hookstead.x\ny"] {
        let forged = Delivery::new("f".parse().unwrap(), event.into(), r#"{"sha":"abc"}"#);
        let error = inbox.accept(forged).await.unwrap_err();
        assert!(error.is_reserved_event() && !error.to_string().contains('\n'), "{error}");
    }
    assert_eq!(store.registered(), 0);
    // Others of a similar name are GitHub's business.
    let similar = Delivery::new("f".parse().unwrap(), "hookstead".into(), "{}");
    assert!(inbox.accept(similar).await.is_ok());
}

#[test]
fn what_is_no_work_is_refused_in_words() {
    for (event, id) in [
        ("push", "a"),
        ("", "a"),
        ("hookstead.", "a"),
        ("Hookstead.build", "a"),
        ("hookstead.Build", "a"),
        ("hookstead.a b", "a"),
        (&format!("hookstead.{}", "x".repeat(100)), "a"),
        ("hookstead.build", ""),
        ("hookstead.build", "a b"),
        ("hookstead.build", &"x".repeat(200)),
    ] {
        let error: WorkError = Work::new(event, id, &1).unwrap_err();
        assert!(!error.to_string().is_empty());
    }
    let keys = BTreeMap::from([((1, 2), "a key that JSON does not have")]);
    let error = Work::new("hookstead.build", "a", &keys).unwrap_err();
    assert_eq!(error.to_string(), "the work's payload does not become JSON");
    assert!(std::error::Error::source(&error).is_some());
    let work = Work::new("hookstead.build", 17, "private").unwrap();
    assert!(!format!("{work:?}").contains("private"));
}

#[tokio::test]
async fn what_is_prepared_is_written_by_somebody_else() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), builds());
    let new = inbox.prepare(build("b1", "abc")).await.unwrap();
    assert!(store.accepted.lock().unwrap().is_empty());
    assert!(new.is_submitted && new.tasks.len() == 1 && new.tasks[0].lease.is_none());
    assert_eq!(new.program, "ci");
    assert!(new.delivery.body.is_empty());
    let lines = Lines::collect();
    let answer = store.accept(new.clone()).await.unwrap();
    assert_eq!(inbox.committed(&new, &answer.accepted), Submitted::New { tasks: 1 });
    assert_eq!(lines.saying("accepted delivery=b1").len(), 1, "{}", lines.text());
    assert_eq!(entry(&inbox, "b1").await.state, TaskState::Ready);
}
