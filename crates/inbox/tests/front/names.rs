use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::Router;
use hookstead_inbox::{Accepted, Inbox, MemoryStore, Settlement, Store, TaskState};

use crate::odd_store::OddStore;
use crate::support::{Lines, Number, entries, idle, lease, push, router, tokens, with};

/// Another version of the program: it has a handler for every event besides.
fn newer() -> Router {
    router().on_with::<AnyEvent>(idle(), |any| any.name("audit"))
}

#[tokio::test]
async fn a_name_of_another_program_that_runs_is_refused_at_the_start() {
    let store = Arc::new(MemoryStore::new());
    let theirs = Router::new().program("ci").on::<Number>(idle());
    let first = Inbox::new(Arc::clone(&store), theirs.clone());
    first.start().await.unwrap();
    // Its own second process is welcome.
    Inbox::new(Arc::clone(&store), theirs).start().await.unwrap();

    // Full names of two programs can meet where a name has a dot.
    let dotted = Router::new().program("ci.push").on_with::<Number>(idle(), |it| it.name("a"));
    Inbox::new(Arc::clone(&store), dotted).start().await.unwrap();
    let meets = Router::new().program("ci").on_with::<Number>(idle(), |it| it.name("push.a"));
    let error = Inbox::new(Arc::clone(&store), meets).start().await.unwrap_err();
    assert!(error.needs_a_person());
    let sentence = "the handler name ci.push.a belongs to the program ci.push, which runs";
    assert_eq!(error.to_string(), sentence);
}

#[tokio::test]
async fn starting_again_does_nothing() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    inbox.start().await.unwrap();
    inbox.start().await.unwrap();
    inbox.clone().start().await.unwrap();
    assert_eq!(store.registered(), 1);
}

#[tokio::test]
async fn many_that_need_the_names_at_once_register_once() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    let mut accepting = tokio::task::JoinSet::new();
    for number in 0..50 {
        let inbox = inbox.clone();
        accepting.spawn(async move {
            inbox.accept(push(&format!("d{number}"), "1")).await.unwrap();
        });
    }
    while let Some(accepted) = accepting.join_next().await {
        accepted.unwrap();
    }
    assert_eq!(store.registered(), 1);
}

#[tokio::test]
async fn the_registry_tells_who_takes_what() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), newer());
    inbox.start().await.unwrap();
    let registry = inbox.registry().await.unwrap();
    let names: Vec<&str> = registry.iter().map(|known| known.name.as_str()).collect();
    assert_eq!(names, ["ci.push", "ci.audit"]);
    for known in &registry {
        assert_eq!(known.program, "ci");
        assert_eq!(known.processes, [inbox.process().id.clone()]);
        assert!(known.first_seen.instant() <= known.last_seen.instant());
    }
    inbox.leave().await.unwrap();
    assert!(inbox.registry().await.unwrap().iter().all(|known| !known.is_alive()));
}

#[tokio::test]
async fn an_inbox_that_is_gone_leaves_its_store_alone() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), router());
    inbox.start().await.unwrap();
    inbox.accept(push("one", "1")).await.unwrap();
    let clone = inbox.clone();
    drop(inbox);
    assert!(Arc::strong_count(&store) > 1);
    drop(clone);
    // Whatever runs beside an inbox holds no inbox while it waits.
    while Arc::strong_count(&store) > 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // And it counts as alive for a while: it may only be replaced.
    let registry = store.registry().await.unwrap();
    assert!(registry.iter().all(|known| known.is_alive()));
}

#[tokio::test]
async fn what_nobody_takes_does_not_reach_the_store() {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    inbox.start().await.unwrap();
    let mut delivery = push("star", "{}");
    delivery.event = "star".into();
    assert_eq!(inbox.accept(delivery.clone()).await.unwrap(), Accepted::Declined);
    assert!(!inbox.takes(&delivery.event).await.unwrap());
    assert!(store.accepted.lock().unwrap().is_empty());
    assert_eq!(inbox.known(&[delivery.id]).await.unwrap(), []);
}

#[tokio::test]
async fn an_old_version_accepts_what_only_a_newer_one_takes() {
    let store = Arc::new(MemoryStore::new());
    let old = Inbox::new(Arc::clone(&store), router());
    old.start().await.unwrap();
    let new = Inbox::new(Arc::clone(&store), newer());
    new.start().await.unwrap();
    // The old one has read the registry before; it looks again before it turns something away.
    tokio::time::sleep(Duration::from_millis(1100)).await;

    let mut star = push("star", "{}");
    star.event = "star".into();
    assert_eq!(old.accept(star).await.unwrap(), Accepted::New { tasks: 1 });
    let mut pushed = entries(&old, "star").await;
    assert_eq!(pushed.remove(0).name.as_str(), "ci.audit");
    assert_eq!(old.accept(push("push", "1")).await.unwrap(), Accepted::New { tasks: 2 });
    // The old one leases only its own.
    let leased = lease(&*store, &old).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id.as_str(), "push");
}

#[tokio::test]
async fn another_program_gets_no_task() {
    let store = Arc::new(MemoryStore::new());
    let deploy = Router::new().program("deploy").on::<Number>(idle());
    let deploy = Inbox::new(Arc::clone(&store), deploy);
    deploy.start().await.unwrap();
    let ci = Inbox::new(Arc::clone(&store), router());
    assert_eq!(ci.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 1 });
    assert!(lease(&*store, &deploy).await.is_empty());
    assert_eq!(lease(&*store, &ci).await.len(), 1);
}

#[tokio::test]
async fn the_start_tells_what_no_process_takes() {
    let store = Arc::new(MemoryStore::new());
    let gone = Inbox::new(Arc::clone(&store), newer());
    gone.accept(push("one", "1")).await.unwrap();
    gone.leave().await.unwrap();
    drop(gone);

    let lines = Lines::collect();
    let inbox = Inbox::new(Arc::clone(&store), router());
    inbox.start().await.unwrap();
    let told = lines.saying("tasks wait for a handler that no process has");
    assert_eq!(told.len(), 1, "{}", lines.text());
    assert!(told[0].contains("WARN") && told[0].contains("handler=ci.audit tasks=1"), "{told:?}");

    let depth = inbox.depth().await.unwrap();
    let alive: Vec<_> =
        depth.names.iter().map(|name| (name.name.as_str(), name.is_alive)).collect();
    assert_eq!(alive, [("ci.audit", false), ("ci.push", true)]);
    let health = inbox.probe().await.unwrap();
    let mut oldest: Vec<_> =
        health.oldest.iter().map(|it| (it.name.as_str(), it.is_alive, it.is_own)).collect();
    oldest.sort();
    assert_eq!(oldest, [("ci.audit", false, false), ("ci.push", true, true)]);
}

#[tokio::test]
async fn a_renamed_handler_goes_on_with_what_waits() {
    let store = Arc::new(MemoryStore::new());
    let old = Inbox::new(Arc::clone(&store), with(|it| it.name("build")));
    old.accept(push("one", "1")).await.unwrap();
    drop(old);

    let renamed = with(|it| it.name("test").formerly("build"));
    let lines = Lines::collect();
    let new = Inbox::new(Arc::clone(&store), renamed.clone());
    new.start().await.unwrap();
    assert_eq!(lines.saying("`formerly` can go"), Vec::<String>::new());
    let leased = lease(&*store, &new).await;
    assert_eq!(leased.len(), 1);
    store.settle(&[(tokens(&leased)[0], Settlement::Done)]).await.unwrap();
    let entry = entries(&new, "one").await.remove(0);
    assert_eq!((entry.name.as_str(), entry.state), ("ci.test", TaskState::Done));
    // Redelivered, it is the same work.
    let again = new.accept(push("one", "1")).await.unwrap();
    assert_eq!(again, Accepted::Again { tasks: 1, superseded: 0 });
    assert_eq!(entries(&new, "one").await.len(), 1);
}

#[tokio::test]
async fn the_start_says_when_nothing_of_a_former_name_is_left() {
    let lines = Lines::collect();
    let renamed = with(|it| it.name("test").formerly("build"));
    let inbox = Inbox::new(MemoryStore::new(), renamed);
    inbox.start().await.unwrap();
    let told = lines.saying("nothing of the former name is left, `formerly` can go");
    assert_eq!(told.len(), 1, "{}", lines.text());
    assert!(told[0].contains("handler=ci.test former=ci.build"), "{told:?}");
}

#[tokio::test]
async fn a_name_that_was_renamed_too_late_is_leased_as_well() {
    let store = Arc::new(MemoryStore::new());
    let old = Inbox::new(Arc::clone(&store), with(|it| it.name("build")));
    old.accept(push("one", "1")).await.unwrap();
    // The new name came first without a word about the old one.
    Inbox::new(Arc::clone(&store), with(|it| it.name("test"))).start().await.unwrap();
    let new = Inbox::new(Arc::clone(&store), with(|it| it.name("test").formerly("build")));
    new.start().await.unwrap();
    // The old process is still there: its work is not written twice.
    assert_eq!(new.accept(push("two", "1")).await.unwrap(), Accepted::New { tasks: 1 });
    assert_eq!(entries(&new, "two").await.remove(0).name.as_str(), "ci.test");
}

#[tokio::test]
async fn a_recovery_beside_latest_only_is_told_once() {
    let lines = Lines::collect();
    let router = with(|it| it.lane(|_| "one".to_owned()).latest_only());
    let inbox = Inbox::new(MemoryStore::new(), router);
    let minute = Duration::from_secs(60);
    assert!(inbox.hold("something else", minute).await.unwrap());
    assert!(lines.saying("latest_only").is_empty());
    assert!(inbox.hold("recovery of hook 17", minute).await.unwrap());
    assert!(inbox.hold("recovery of hook 17", minute).await.unwrap());
    let told = lines.saying("latest_only");
    assert_eq!(told.len(), 1, "{}", lines.text());
    assert!(told[0].contains("WARN") && told[0].contains("handler=ci.push"), "{told:?}");
}

#[tokio::test]
async fn it_is_known_since_when_an_event_is_taken() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), router());
    assert!(inbox.taken_since(&"star".into()).await.unwrap().is_none());
    let since = inbox.taken_since(&"push".into()).await.unwrap().unwrap();
    let registry = inbox.registry().await.unwrap();
    assert_eq!(since.instant(), registry[0].first_seen.instant());
}

#[tokio::test(start_paused = true)]
async fn a_process_says_again_and_again_that_it_is_alive() {
    let store = Arc::new(OddStore::default());
    let inbox =
        Inbox::new(Arc::clone(&store), router()).background_on(tokio::runtime::Handle::current());
    inbox.start().await.unwrap();
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        let registry = inbox.registry().await.unwrap();
        assert!(registry.iter().all(|known| known.is_alive()));
    }
    assert!(store.registered() > 30, "{}", store.registered());
    // What is old is forgotten beside that, now and then.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let purges = store.purges.lock().unwrap().len();
    assert!((1..=3).contains(&purges), "{purges}");

    // It ends with the inbox, and the process is dead after ten minutes.
    drop(inbox);
    let registered = store.registered();
    tokio::time::sleep(Duration::from_secs(11 * 60)).await;
    assert_eq!(store.registered(), registered);
    let registry = store.registry().await.unwrap();
    assert!(registry.iter().all(|known| !known.is_alive()));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_fails_is_tried_again() {
    let lines = Lines::collect();
    let store = Arc::new(OddStore::default());
    let inbox =
        Inbox::new(Arc::clone(&store), router()).background_on(tokio::runtime::Handle::current());
    inbox.start().await.unwrap();
    store.panics.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(40)).await;
    store.panics.store(false, Ordering::SeqCst);
    store.hangs.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(60)).await;
    store.hangs.store(false, Ordering::SeqCst);
    let registered = store.registered();
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert!(store.registered() > registered);
    // Once it panicked, and once it did not answer.
    let said = lines.saying("cannot say that this process is alive");
    assert_eq!(said.len(), 2, "{}", lines.text());
    assert!(said[0].contains("panicked") && said[1].contains("took longer"), "{said:?}");
}
