//! What somebody answered well and did not take.

use std::collections::BTreeSet;

use hookstead::recovery::Recovery;
use hookstead_testkit::{FakeGitHub, FakePullRequest};
use hookstead_tests::within;
use tokio::sync::oneshot;

use crate::stage::{HOUR, Stage, ids, set};

#[tokio::test]
async fn what_an_old_version_ignored_is_asked_for() {
    let mut stage = Stage::set(FakeGitHub::builder()).await;
    let old = stage.switch_on(stage.server_that_ignores(), None);
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    let before = stage.push(20, hook).await;
    // GitHub's moments may be whole seconds, and so may those of names.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    stage.inbox.start().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let ignored = stage.push(120, hook).await;
    assert!(stage.github.deliveries().iter().all(|it| it.is_ok()));
    old.switch_off().await;

    let server = stage.switch_on(stage.server(), None);
    let mut recovery = stage.hasty(hook);
    let report = recovery.recover_once().await.unwrap();
    assert_eq!(ids(&report.redelivered), ignored, "{report}");
    assert_eq!((report.failed, report.answered), (120, 120), "{report}");
    assert!(report.to_string().contains("never came into the inbox (120)"), "{report}");
    stage.handles(&ignored, hook).await;
    // Nothing of it is asked for twice, and never what came before anybody took it.
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.failed, report.redelivered.len()), (0, 0), "{report}");
    let report = stage.hasty(hook).recover_once().await.unwrap();
    assert_eq!((report.failed, report.redelivered.len()), (0, 0), "{report}");
    assert!(before.is_disjoint(&set(&stage.known(&before).await)));
    server.switch_off().await;
}

#[tokio::test]
async fn what_all_handlers_decline_is_known() {
    let mut stage = Stage::set(FakeGitHub::builder()).await;
    let server = stage.switch_on(stage.server(), None);
    let hook = stage.repository.create_hook(stage.hook().events(["push", "pull_request"]));
    stage.repository.open_pull_request(FakePullRequest::new("Add a flag").from_fork("hubot"));
    stage.silence().await;
    let pushes = stage.push(3, hook).await;
    stage.handles(&pushes, hook).await;
    let report = stage.hasty(hook).recover_once().await.unwrap();
    assert_eq!((report.failed, report.redelivered.len()), (0, 0), "{report}");
    assert!(report.listed >= 5, "{report}");
    // Nor is one of which GitHub heard no answer.
    let mut declined = BTreeSet::new();
    for delivery in stage.github.deliveries() {
        if delivery.name() == "pull_request" {
            declined.insert(delivery.guid.clone());
        }
    }
    assert_eq!(set(&stage.known(&declined).await), declined);
    server.switch_off().await;
}

#[tokio::test]
async fn of_two_processes_one_recovers_at_a_time() {
    let stage = Stage::set(FakeGitHub::builder().began(HOUR)).await;
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    stage.push(5, hook).await;
    stage.github.clock().advance(HOUR);
    let (end, ended) = oneshot::channel::<()>();
    let first = tokio::spawn(stage.recovery(hook).round_interval(HOUR).run_until(ended));
    stage.rounds(1).await;
    let second = || Recovery::of_repository_hook(&stage.repo(), hook, stage.other_inbox());
    let lists = stage.lists();
    for _ in 0..2 {
        let report = second().recover_once().await.unwrap();
        assert!(report.is_elsewhere, "{report}");
        assert!(report.to_string().ends_with("another process recovers it"), "{report}");
    }
    assert_eq!(stage.lists(), lists, "it asked GitHub nothing");
    // In the process that has the turn, others may recover as well.
    let other = stage.repository.create_hook(hookstead_testkit::FakeHook::new(&stage.url()));
    stage.silence().await;
    assert!(!stage.recovery(other).recover_once().await.unwrap().is_elsewhere);

    end.send(()).unwrap();
    within(first).await.unwrap().unwrap();
    let report = second().recover_once().await.unwrap();
    assert!(!report.is_elsewhere, "{report}");
}
