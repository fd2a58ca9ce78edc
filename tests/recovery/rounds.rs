//! What a single round does.

use std::time::Duration;

use hookstead::handler::Delivery;
use hookstead_testkit::{FakeGitHub, FakePullRequest};

use crate::stage::{DAY, HOUR, Stage, ids, set};

#[tokio::test]
async fn only_what_is_within_the_window_is_asked_for() {
    // An Enterprise Server that keeps deliveries longer than the recovery looks back.
    let builder = FakeGitHub::builder().enterprise_server("github.example.com").began(4 * DAY);
    let stage = Stage::set(builder).await;
    let hook = stage.repository.create_hook(stage.hook().events(["push"]));
    stage.silence().await;
    let old = stage.push(120, hook).await;
    stage.github.clock().advance(4 * DAY - HOUR);
    let new = stage.push(30, hook).await;
    stage.github.clock().advance(HOUR);

    let mut recovery = stage.recovery(hook);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((ids(&report.expired), ids(&report.redelivered)), (old.clone(), new.clone()));
    assert_eq!((report.listed, report.pages, report.ignored), (151, 2, 1), "{report}");
    assert_eq!(set(&stage.asked()), new);
    // It is told once. The others have failed again, and are left alone for a while.
    stage.silence().await;
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.expired.len(), report.redelivered.len(), report.waiting), (0, 0, 30));

    let mut longer = stage.hasty(hook).look_back(7 * DAY);
    let report = longer.recover_once().await.unwrap();
    assert_eq!(ids(&report.redelivered), old.union(&new).cloned().collect());
    assert!(
        report.redelivered.is_sorted_by_key(|event| event.delivered_at.clone().unwrap().instant())
    );
}

#[tokio::test]
async fn what_github_refuses_to_redeliver_is_told() {
    let builder = FakeGitHub::builder().began(4 * DAY);
    let stage = Stage::set(builder).await;
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    let old = stage.push(3, hook).await;
    stage.github.clock().advance(4 * DAY - HOUR);
    let new = stage.push(3, hook).await;
    stage.github.clock().advance(HOUR);
    let mut recovery = stage.recovery(hook).look_back(7 * DAY);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((ids(&report.refused), ids(&report.redelivered)), (old, new));
    let text = report.to_string();
    assert!(text.ends_with(
        "octo-org/hello-world: 7 deliveries on 1 page; of 7 events that failed: 3 asked for again, \
         1 without a handler, 3 refused by GitHub"
    ), "{text}");
}

#[tokio::test]
async fn what_the_server_refuses_each_time_is_given_up() {
    let stage = Stage::set(FakeGitHub::builder()).await;
    // Large enough for a push, too small for what comes.
    let server = stage.server().limits(Stage::limits().payload(100 * 1024));
    let server = stage.switch_on(server, None);
    let hook = stage.repository.create_hook(stage.hook().events(["pull_request"]));
    let long = "x".repeat(110 * 1024);
    stage.repository.open_pull_request(FakePullRequest::new("Too much").body(&long));
    stage.silence().await;

    let mut recovery = stage.hasty(hook).max_redeliveries(3);
    for redelivery in 1..=3 {
        let report = recovery.recover_once().await.unwrap();
        assert_eq!(report.redelivered.len(), 1, "{report}");
        stage.silence().await;
        assert_eq!(stage.github.deliveries().len(), 2 + redelivery);
    }
    let report = recovery.recover_once().await.unwrap();
    let [given_up] = &*report.given_up else { panic!("{report}") };
    assert_eq!((&*given_up.event, given_up.redeliveries), ("pull_request.opened", 3));
    assert!(given_up.status.contains("413"), "{given_up}");
    // It is told once, and a restart changes nothing.
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.failed, report.given_up.len()), (0, 0), "{report}");
    let report = stage.hasty(hook).max_redeliveries(3).recover_once().await.unwrap();
    assert_eq!((report.failed, report.given_up.len()), (1, 1), "{report}");
    assert_eq!(stage.asked().len(), 3);
    server.switch_off().await;
}

#[tokio::test]
async fn what_arrived_is_not_asked_for_whatever_github_believes() {
    let stage = Stage::set(FakeGitHub::builder().began(HOUR)).await;
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    let events = stage.push(120, hook).await;
    stage.github.clock().advance(HOUR);
    // GitHub hung up on most while the server stored them. Another hook brought all of them.
    let arrived = events.iter().take(110).map(|id| (id, hook));
    let others = events.iter().map(|id| (id, hook + 1));
    for (id, from) in arrived.chain(others) {
        let mut delivery = Delivery::new(id.parse().unwrap(), "push".into(), "{}");
        delivery.hook = Some(from);
        stage.inbox.accept(delivery).await.unwrap();
    }
    let mut recovery = stage.recovery(hook);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.known, report.redelivered.len()), (110, 10), "{report}");
    assert_eq!(set(&stage.asked()), events.iter().skip(110).cloned().collect());
}

#[tokio::test]
async fn what_failed_a_moment_ago_is_left_for_the_next_round() {
    let stage = Stage::set(FakeGitHub::builder()).await;
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    stage.push(2, hook).await;
    let mut recovery = stage.recovery(hook).margin(HOUR);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.failed, report.ignored), (3, 1), "the ping: {report}");
    assert_eq!((report.waiting, report.redelivered.len()), (2, 0), "{report}");
    // What was asked for is left alone as well, whether GitHub lists it already or not.
    let mut recovery = stage.recovery(hook).margin(Duration::ZERO).longest_delay(HOUR);
    assert_eq!(recovery.recover_once().await.unwrap().redelivered.len(), 2);
    let mut recovery = recovery.margin(HOUR);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.waiting, report.redelivered.len()), (2, 0), "{report}");
}

#[tokio::test]
async fn a_quiet_round_is_one_call() {
    let stage = Stage::set(FakeGitHub::builder().began(DAY)).await;
    let server = stage.switch_on(stage.server(), None);
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    stage.push(60, hook).await;
    stage.github.clock().advance(DAY / 2);
    stage.push(190, hook).await;
    stage.github.clock().advance(DAY / 2);
    stage.push(10, hook).await;
    let mut recovery = stage.recovery(hook);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.pages, report.listed), (3, 261), "{report}");
    assert_eq!(
        report.to_string(),
        format!("hook {hook} of octo-org/hello-world: 261 deliveries on 3 pages; nothing failed")
    );
    // The second page is the first that is too old as a whole.
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.pages, report.listed), (2, 200), "{report}");
    server.switch_off().await;
}
