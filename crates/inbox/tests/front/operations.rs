use std::sync::Arc;
use std::time::Duration;

use hookstead_events::AnyEvent;
use hookstead_handler::{DeliveryId, End};
use hookstead_inbox::{
    Because, Changed, ChangedTask, Filter, Inbox, LeaseToken, MemoryStore, Selection, Settlement,
    Store, TaskId, TaskState,
};

use crate::support::{Lines, counted, entries, entry, idle, lease, push, router, tokens, with};

fn new() -> (Arc<MemoryStore>, Inbox) {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), router());
    (store, inbox)
}

fn id(text: &str) -> DeliveryId {
    text.parse().unwrap()
}

async fn settle(store: &MemoryStore, token: LeaseToken, settlement: Settlement) {
    store.settle(&[(token, settlement)]).await.unwrap();
}

/// A task that is dead, and of which the handler knows.
async fn die(store: &MemoryStore, inbox: &Inbox, name: &str) {
    inbox.accept(push(name, "1")).await.unwrap();
    let leased = lease(store, inbox).await;
    for token in tokens(&leased) {
        let end = Settlement::End { end: End::Dead, text: "broken".to_owned() };
        settle(store, token, end).await;
        settle(store, token, Settlement::Ended).await;
    }
}

fn words(changed: &[ChangedTask]) -> Vec<String> {
    changed.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_rerun_begins_anew_and_is_refused_while_it_is_at_work() {
    let (store, inbox) = new();
    inbox.accept(push("one", "1")).await.unwrap();
    let refused = inbox.rerun(&id("one")).await.unwrap();
    assert_eq!(words(&refused), ["one ci.push: refused, it is ready"]);
    let leased = lease(&*store, &inbox).await;
    let refused = inbox.rerun(&id("one")).await.unwrap();
    assert_eq!(words(&refused), ["one ci.push: refused, it is leased"]);
    settle(&store, tokens(&leased)[0], Settlement::Done).await;
    let changed = inbox.rerun(&id("one")).await.unwrap();
    assert_eq!(words(&changed), ["one ci.push: changed (it was done)"]);
    let leased = lease(&*store, &inbox).await;
    assert_eq!((leased[0].run, leased[0].number), (2, 1));
}

#[tokio::test]
async fn only_what_is_dead_is_revived() {
    let (store, inbox) = new();
    die(&store, &inbox, "one").await;
    let changed = inbox.revive(&id("one")).await.unwrap();
    assert_eq!(words(&changed), ["one ci.push: changed (it was dead)"]);
    assert!(!inbox.revive(&id("one")).await.unwrap()[0].is_changed());
    // It goes on in the same run.
    assert_eq!(lease(&*store, &inbox).await[0].run, 1);
}

#[tokio::test]
async fn a_step_can_be_forgotten() {
    let (store, inbox) = new();
    inbox.accept(push("one", "1")).await.unwrap();
    let token = tokens(&lease(&*store, &inbox).await)[0];
    for name in ["build", "test"] {
        let step = hookstead_handler::KeptStep {
            name: name.to_owned(),
            of_type: "bool".to_owned(),
            json: "true".into(),
        };
        assert!(store.keep_step(token, &step).await.unwrap());
    }
    settle(&store, token, Settlement::End { end: End::Dead, text: "x".to_owned() }).await;
    settle(&store, token, Settlement::Ended).await;
    inbox.revive_forgetting(&id("one"), "test").await.unwrap();
    let leased = lease(&*store, &inbox).await;
    let steps: Vec<&str> = leased[0].steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(steps, ["build"]);
}

#[tokio::test]
async fn what_runs_is_marked_and_what_waits_is_canceled() {
    let (store, inbox) = new();
    inbox.accept(push("runs", "1")).await.unwrap();
    lease(&*store, &inbox).await;
    inbox.accept(push("waits", "1")).await.unwrap();
    let changed = inbox.cancel(&id("runs"), "no").await.unwrap();
    assert_eq!(changed[0].changed, Changed::Marked);
    assert_eq!(words(&changed), ["runs ci.push: it runs, and will be told (it was leased)"]);
    assert!(inbox.cancel(&id("waits"), "no").await.unwrap()[0].is_changed());
    assert_eq!(entry(&inbox, "waits").await.state, TaskState::Canceled);
}

#[tokio::test]
async fn what_waits_is_woken() {
    let (store, inbox) = new();
    inbox.accept(push("one", "1")).await.unwrap();
    let token = tokens(&lease(&*store, &inbox).await)[0];
    let after = Duration::from_secs(3600);
    let text = "an approval".to_owned();
    settle(&store, token, Settlement::Again { after, because: Because::Wait, text }).await;
    assert!(lease(&*store, &inbox).await.is_empty());
    assert!(inbox.wake(&id("one")).await.unwrap()[0].is_changed());
    assert_eq!(lease(&*store, &inbox).await.len(), 1);
}

#[tokio::test]
async fn where_several_handlers_have_a_task_one_is_named() {
    let store = Arc::new(MemoryStore::new());
    let router = router().on_with::<AnyEvent>(idle(), |any| any.name("audit"));
    let inbox = Inbox::new(Arc::clone(&store), router);
    inbox.accept(push("one", "1")).await.unwrap();
    let error = inbox.cancel(&id("one"), "no").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "several handlers have a task of the delivery one, name one: ci.audit, ci.push"
    );
    let audit = Selection::from(id("one")).of("ci.audit".parse().unwrap());
    let changed = inbox.cancel(audit, "no").await.unwrap();
    assert_eq!(words(&changed), ["one ci.audit: changed (it was ready)"]);
    let state = |name: &str| {
        let name = name.to_owned();
        let inbox = &inbox;
        async move {
            let entries = entries(inbox, "one").await;
            entries.into_iter().find(|entry| entry.name.as_str() == name).unwrap().state
        }
    };
    assert_eq!(state("ci.push").await, TaskState::Ready);
    let every = Selection::from(id("one")).of_every_handler();
    assert_eq!(inbox.cancel(every, "no").await.unwrap().len(), 2);
    assert_eq!(state("ci.push").await, TaskState::Canceled);
}

#[tokio::test]
async fn two_hooks_deliver_one_id_and_both_tasks_are_meant() {
    let (_store, inbox) = new();
    for hook in [1, 2] {
        let mut delivery = push("one", "1");
        delivery.hook = Some(hook);
        inbox.accept(delivery).await.unwrap();
    }
    assert_eq!(inbox.cancel(&id("one"), "no").await.unwrap().len(), 2);
}

#[tokio::test]
async fn one_task_is_named_by_its_number() {
    let (_store, inbox) = new();
    for name in ["one", "two", "three"] {
        inbox.accept(push(name, "1")).await.unwrap();
    }
    let two = entry(&inbox, "two").await.task;
    assert_eq!(inbox.cancel(two, "no").await.unwrap()[0].delivery.as_str(), "two");
    assert!(inbox.cancel(TaskId(i64::MAX), "no").await.unwrap().is_empty());
    assert!(inbox.cancel(TaskId(i64::MIN), "no").await.unwrap().is_empty());
    assert!(inbox.wake(&id("unknown")).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_has_no_body_is_refused_and_says_what_helps() {
    let (store, inbox) = new();
    die(&store, &inbox, "one").await;
    let mut purge = inbox.usual_purge();
    (purge.bodies_after, purge.dead_bodies_after) = (Duration::ZERO, Duration::ZERO);
    assert_eq!(inbox.purge(purge).await.unwrap().bodies, 1);
    let changed = inbox.revive(&id("one")).await.unwrap();
    assert_eq!(changed[0].changed, Changed::NoBody);
    assert!(changed[0].to_string().contains("only a redelivery"), "{}", changed[0]);
    let revived = inbox.revive_all(Filter::default()).await.unwrap().run().await.unwrap();
    assert_eq!((revived.revived, revived.without_body), (0, 1));
}

#[tokio::test]
async fn an_older_one_of_a_lane_says_who_superseded_it() {
    let store = Arc::new(MemoryStore::new());
    let router = with(|it| it.lane(|_| "lane".to_owned()).latest_only());
    let inbox = Inbox::new(Arc::clone(&store), router);
    die(&store, &inbox, "old").await;
    inbox.accept(push("new", "2")).await.unwrap();
    let changed = inbox.revive(&id("old")).await.unwrap();
    assert_eq!(words(&changed), ["old ci.push: superseded by new, which is newer (it was dead)"]);
}

#[tokio::test]
async fn many_are_counted_first_and_then_spread() {
    let (store, inbox) = new();
    for number in 0..64 {
        die(&store, &inbox, &format!("d{number}")).await;
    }
    inbox.accept(push("alive", "1")).await.unwrap();
    let all = || Filter::default().at_most(usize::MAX);
    let revival = inbox.revive_all(all()).await.unwrap();
    assert_eq!(revival.count(), 64);
    assert_eq!(revival.by_handler().into_values().collect::<Vec<_>>(), [64]);
    // 64 tasks of 2 s each, in 32 slots.
    assert_eq!(revival.spread(), Duration::from_secs(4));
    assert_eq!(revival.each_takes(Duration::from_secs(30)).spread(), Duration::from_secs(60));
    // Nothing has changed by that.
    assert_eq!(inbox.depth().await.unwrap().dead, 64);

    let some = inbox.revive_all(Filter::default().at_most(3)).await.unwrap();
    assert_eq!(some.count(), 3);

    let hour = Duration::from_secs(3600);
    let revival = inbox.revive_all(all()).await.unwrap().over(hour);
    assert_eq!(revival.spread(), hour);
    let revived = revival.run().await.unwrap();
    assert_eq!((revived.revived, revived.others), (64, 0));
    // The first is due now; the others one after the other, the first accepted first.
    let mut delayed: Vec<_> = inbox
        .list(all().in_state(TaskState::Delayed))
        .all()
        .await
        .unwrap()
        .into_iter()
        .map(|entry| (entry.due_at.unwrap().instant().unwrap(), entry.task))
        .collect();
    assert_eq!(delayed.len(), 63);
    let by_acceptance = |one: &(_, TaskId), other: &(_, TaskId)| one.1.cmp(&other.1);
    delayed.sort_by(by_acceptance);
    assert!(delayed.is_sorted_by_key(|(due, _)| *due));
    let gaps: Vec<i64> =
        delayed.windows(2).map(|pair| pair[1].0.duration_since(pair[0].0).as_secs()).collect();
    // 3,600 s / 64, give or take what reviving them took.
    assert!(gaps.iter().all(|gap| (55..=57).contains(gap)), "{:?}", counted(gaps.clone()));
}

#[tokio::test]
async fn a_revival_tells_what_others_did_meanwhile() {
    let (store, inbox) = new();
    die(&store, &inbox, "one").await;
    let revival = inbox.revive_all(Filter::default()).await.unwrap();
    inbox.revive(&id("one")).await.unwrap();
    let revived = revival.run().await.unwrap();
    assert_eq!((revived.revived, revived.others), (0, 1));
}

#[tokio::test]
async fn each_change_is_logged() {
    let (_store, inbox) = new();
    let lines = Lines::collect();
    inbox.accept(push("one", "1")).await.unwrap();
    inbox.wake(&id("one")).await.unwrap();
    inbox.cancel(&id("one"), "no").await.unwrap();
    for change in ["wake", "cancel"] {
        let said = lines.saying(&format!("change=\"{change}\""));
        assert_eq!(said.len(), 1, "{}", lines.text());
        for part in ["delivery=one", r#"repository="octocat/hello""#, "handler=ci.push"] {
            assert!(said[0].contains(part), "{said:?}");
        }
    }
}
