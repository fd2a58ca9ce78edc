//! Who takes which names.

use std::sync::Arc;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{End, HandlerName};

use super::support::{Program, ci, id, name, revive};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::purge::Purge;
use crate::store::registry::{Claim, Process, RegisteredName};
use crate::store::settlement::Settlement;

async fn registered(store: &Arc<dyn Store>, name: &str) -> Vec<RegisteredName> {
    let mut names = store.registry().await.unwrap();
    names.retain(|it| it.name.as_str() == name);
    names
}

fn formerly(new: &str, old: &str) -> Claim {
    let mut claim = Claim::new(name(new), Some(EventName::Push));
    claim.formerly = vec![name(old)];
    claim
}

pub(super) async fn a_name_keeps_its_numbers(store: &Arc<dyn Store>) {
    let process = Process::start("ci");
    let claims = [
        Claim::new(name("ci.build"), Some(EventName::Push)),
        Claim::new(name("ci.build"), Some(EventName::Release)),
        Claim::new(name("ci.build"), Some("an_event_from_the_future".into())),
        Claim::new(name("ci.any"), None),
    ];
    let numbers = store.register(&process, &claims).await.unwrap();
    let (first, rest) = (numbers[0], &numbers[1..]);
    assert!(rest.iter().all(|it| it.taker != first.taker), "{numbers:?}");
    assert_eq!((numbers[1].handler, numbers[2].handler), (first.handler, first.handler));
    assert_ne!(numbers[3].handler, first.handler);
    // To itself, to another process, in another order.
    assert_eq!(store.register(&process, &claims).await.unwrap(), numbers);
    let mut reversed = claims.to_vec();
    reversed.reverse();
    let mut again = store.register(&Process::start("ci"), &reversed).await.unwrap();
    again.reverse();
    assert_eq!(again, numbers);
    assert!(store.register(&process, &[]).await.unwrap().is_empty());
}

pub(super) async fn the_registry_says_who_takes_what(store: &Arc<dyn Store>) {
    assert!(store.registry().await.unwrap().is_empty());
    let first = Program::start(store, "ci", &["build", "audit"]).await;
    let second = Program::start(store, "ci", &["build"]).await;
    assert_eq!(store.registry().await.unwrap().len(), 2);
    let build = registered(store, "ci.build").await.remove(0);
    assert_eq!((build.program.as_str(), build.event), ("ci", Some(EventName::Push)));
    assert_eq!(build.numbers.taker, first.takers[0]);
    let mut processes = build.processes;
    processes.sort();
    let mut both = vec![first.process.id.clone(), second.process.id.clone()];
    both.sort();
    assert_eq!(processes, both);
    let audit = registered(store, "ci.audit").await.remove(0);
    assert_eq!(audit.processes, [first.process.id.as_str()]);
    assert!(audit.is_alive());
    for moment in [audit.first_seen, audit.last_seen] {
        let off = moment.instant().unwrap().duration_since(Timestamp::now().instant().unwrap());
        assert!(off.abs().as_secs() < 5 * 60, "{off:?}");
    }
}

pub(super) async fn a_name_is_seen_as_often_as_it_is_claimed(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let first = registered(store, "ci.build").await.remove(0);
    loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        ci.beat().await;
        let now = registered(store, "ci.build").await.remove(0);
        assert_eq!(now.first_seen, first.first_seen);
        if now.last_seen.instant() > first.last_seen.instant() {
            break;
        }
    }
}

pub(super) async fn who_has_left_is_not_alive(store: &Arc<dyn Store>) {
    let first = ci(store).await;
    let second = ci(store).await;
    first.leave().await;
    let build = registered(store, "ci.build").await.remove(0);
    assert_eq!(build.processes, [second.process.id.as_str()]);
    second.leave().await;
    second.leave().await;
    let build = registered(store, "ci.build").await.remove(0);
    assert!(!build.is_alive(), "but it is known");
    second.beat().await;
    assert!(registered(store, "ci.build").await.remove(0).is_alive());
}

pub(super) async fn what_a_process_claims_no_more_it_does_not_take(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    store.register(&ci.process, &ci.claims[..1]).await.unwrap();
    assert!(registered(store, "ci.build").await.remove(0).is_alive());
    assert!(!registered(store, "ci.audit").await.remove(0).is_alive());
}

pub(super) async fn a_name_of_another_program_that_is_alive_is_taken(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let other = Process::start("deploy");
    let claims = [
        Claim::new(name("deploy.build"), Some(EventName::Push)),
        Claim::new(name("ci.build"), Some(EventName::Push)),
    ];
    let error = store.register(&other, &claims).await.unwrap_err().to_string();
    assert!(error.contains("ci.build") && error.contains("program ci"), "{error}");
    // Whatever the event: the name is that of the handler.
    let of_another_event = [Claim::new(name("ci.build"), Some(EventName::Release))];
    assert!(store.register(&other, &of_another_event).await.is_err());
    // Who was refused takes nothing.
    let names = store.registry().await.unwrap();
    assert!(names.iter().all(|it| !it.processes.contains(&other.id)), "{names:?}");
    // Another process of the same program may have it, and of another once nobody has it.
    Program::start(store, "ci", &["build"]).await.leave().await;
    assert!(store.register(&other, &claims).await.is_err());
    ci.leave().await;
    store.register(&other, &claims).await.unwrap();
    assert_eq!(registered(store, "ci.build").await.remove(0).program, "deploy");
    assert!(store.register(&ci.process, &ci.claims).await.is_err());
}

pub(super) async fn a_new_name_takes_what_its_former_one_has(store: &Arc<dyn Store>) {
    let old = Program::start(store, "ci", &["old"]).await;
    old.accept("one").await;
    let claims = vec![formerly("ci.new", "ci.old")];
    let new = Program::of_claims(store, Process::start("ci"), claims).await;
    assert_eq!(new.takers, old.takers);
    let handler = |names: &[RegisteredName]| names[0].numbers.handler;
    let old_handler = old.store.register(&old.process, &old.claims).await.unwrap()[0].handler;
    assert_eq!(handler(&registered(store, "ci.new").await), old_handler);
    // What was written for the old one is done by the new one, and the other way round.
    assert_eq!(new.lease_one().await.delivery.id, id("one"));
    new.accept("two").await;
    assert_eq!(old.lease_one().await.delivery.id, id("two"));
    // Neither gets a second task for the other.
    assert!(store.unplaced(&new.takers, 10).await.unwrap().is_empty());
    // The latest name is shown, and found by.
    new.beat().await;
    assert_eq!(new.entry("one").await.name, name("ci.new"));
    assert_eq!(new.entry_of("one", "ci.new").await.name, name("ci.new"));
}

pub(super) async fn a_former_name_is_followed_through_several(store: &Arc<dyn Store>) {
    let first = Program::start(store, "ci", &["a"]).await;
    let second = vec![formerly("ci.b", "ci.a")];
    let second = Program::of_claims(store, Process::start("ci"), second).await;
    let third = vec![formerly("ci.c", "ci.b")];
    let third = Program::of_claims(store, Process::start("ci"), third).await;
    assert_eq!((&first.takers, &second.takers), (&second.takers, &third.takers));
}

pub(super) async fn a_former_name_that_nobody_knows_changes_nothing(store: &Arc<dyn Store>) {
    let claims = vec![formerly("ci.new", "ci.never")];
    let new = Program::of_claims(store, Process::start("ci"), claims).await;
    new.accept("one").await;
    assert_eq!(new.lease_one().await.delivery.id, id("one"));
    let other = ci(store).await;
    assert_ne!(new.takers, other.takers);
}

pub(super) async fn a_name_outlives_its_tasks(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", Settlement::Done).await;
    ci.leave().await;
    store.purge(&Purge::new(Duration::ZERO, Duration::ZERO, 100)).await.unwrap();
    let build = registered(store, "ci.build").await.remove(0);
    assert_eq!(build.numbers.taker, ci.takers[0]);
    ci.beat().await;
    ci.accept_and_end("two", End::Dead).await;
    assert_eq!(ci.change("two", &revive()).await, Changed::Changed);
}

pub(super) async fn odd_names_are_told_apart(store: &Arc<dyn Store>) {
    let longest = "z".repeat(HandlerName::MAX_LENGTH);
    let names = ["ci.a", "ci.a_", "ci.a-", "ci.a/", "ci.a.", "ci_a", "c", &longest];
    let claims = names.map(|it| Claim::new(name(it), Some(EventName::Push)));
    let numbers = store.register(&Process::start("ci"), &claims).await.unwrap();
    let mut handlers: Vec<_> = numbers.iter().map(|it| it.handler).collect();
    handlers.sort();
    handlers.dedup();
    assert_eq!(handlers.len(), names.len());
    for it in names {
        assert_eq!(registered(store, it).await.len(), 1, "{it}");
    }
}
