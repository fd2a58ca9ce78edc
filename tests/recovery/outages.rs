//! The server is off, and on again: each event is handled, and handled once.

use std::collections::BTreeSet;
use std::time::Duration;

use hookstead::client::HookConfigUpdate;
use hookstead::recovery::Recovery;
use hookstead_testkit::{FakeGitHub, FakeGitHubBuilder, FakeHook, Fault};
use http::Method;

use crate::stage::{HOUR, SECRET, Stage, set};

const ROUND: Duration = Duration::from_secs(1);

/// Off for an hour, with so many pushes in it; some before and some after.
async fn an_hour_off(
    builder: FakeGitHubBuilder,
    pushes: usize,
    hook: impl FnOnce(&Stage) -> u64,
    recovery: impl FnOnce(&Stage, u64) -> Recovery,
) -> Stage {
    let mut stage = Stage::set(builder.began(HOUR)).await;
    let server = stage.switch_on(stage.server(), None);
    let hook = hook(&stage);
    stage.silence().await;
    let before = stage.push(20, hook).await;
    stage.handles(&before, hook).await;
    server.switch_off().await;

    let missed = stage.push(pushes, hook).await;
    assert_eq!(missed.len(), pushes);
    stage.github.clock().advance(HOUR);

    let recovery = recovery(&stage, hook).round_interval(ROUND);
    let server = stage.switch_on(stage.server(), Some(recovery));
    // Those that come while the recovery is at work.
    let mut all = stage.push(30, hook).await;
    all.extend(missed.iter().cloned());
    stage.handles(&all, hook).await;
    // What is there by now is not asked for again.
    let (rounds, _) = stage.lists();
    stage.rounds(rounds + 2).await;
    stage.handles(&BTreeSet::new(), hook).await;
    let asked = stage.asked();
    assert_eq!((asked.len(), set(&asked)), (missed.len(), missed));
    server.switch_off().await;
    stage
}

#[tokio::test]
async fn nothing_is_lost_in_an_hour() {
    let by_url = |stage: &Stage, _| stage.recovery(stage.url());
    let hook = |stage: &Stage| stage.repository.create_hook(stage.hook());
    let stage = an_hour_off(FakeGitHub::builder(), 250, hook, by_url).await;
    let (_, pages) = stage.lists();
    assert!(pages >= 2, "{pages} further pages for 270 deliveries");
}

#[tokio::test]
async fn the_order_of_the_list_does_not_matter() {
    let builder = FakeGitHub::builder().deliveries_oldest_first();
    let hook = |stage: &Stage| stage.repository.create_hook(stage.hook());
    an_hour_off(builder, 120, hook, |stage, hook| stage.recovery(hook)).await;
}

#[tokio::test]
async fn an_organization_s_hook() {
    let hook = |stage: &Stage| stage.github.organization("octo-org").create_hook(stage.hook());
    an_hour_off(FakeGitHub::builder(), 120, hook, |stage, hook| {
        Recovery::of_organization_hook(&stage.client(), "octo-org", hook, stage.inbox.clone())
    })
    .await;
}

#[tokio::test]
async fn an_app_s_hook() {
    let hook = |stage: &Stage| {
        stage.github.app().install_on(&stage.repository);
        stage.github.app().set_hook(stage.hook())
    };
    an_hour_off(FakeGitHub::builder(), 120, hook, |stage, _| {
        Recovery::of_app(&stage.app_client(), stage.inbox.clone())
    })
    .await;
}

#[tokio::test]
async fn limits_and_failures_only_delay() {
    let faults = [
        // The hour's limit is reached in the middle of the redeliveries, and of the list.
        Fault::retry_after(1).on(Method::POST, "/attempts").skip(50),
        Fault::rate_limit(ROUND).on(Method::GET, "/deliveries").skip(1),
        // A permission is missing, and is given meanwhile.
        Fault::forbidden().on(Method::GET, "/deliveries"),
        Fault::forbidden().on(Method::POST, "/attempts").times(2),
        // GitHub is down.
        Fault::html(502).on(Method::GET, "/deliveries").skip(1),
        Fault::dropped_connection().on(Method::GET, "/deliveries").times(2),
    ];
    // They spend their time on pauses, so they take no longer together than each alone.
    let stages = faults.map(|fault| {
        let hook = |stage: &Stage| {
            stage.github.inject(fault);
            stage.repository.create_hook(stage.hook())
        };
        let builder = FakeGitHub::builder();
        tokio::spawn(an_hour_off(builder, 120, hook, |stage, hook| stage.recovery(hook)))
    });
    for stage in stages {
        let faults = stage.await.unwrap().github.pending_faults();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[tokio::test]
async fn two_hooks_hear_of_the_same_event() {
    let mut stage = Stage::set(FakeGitHub::builder().began(HOUR)).await;
    let server = stage.switch_on(stage.server(), None);
    let good = stage.repository.create_hook(stage.hook());
    // The same server; GitHub wants another address where the events are the same.
    let second = FakeHook::new(&format!("{}?second", stage.url())).events(["push"]);
    let dead = stage.repository.create_hook(second.secret("wrong"));
    stage.silence().await;
    let events = stage.push(120, dead).await;
    stage.handles(&events, good).await;
    let right = HookConfigUpdate::new().secret(SECRET);
    stage.repo().hooks().update_config(dead, &right).await.unwrap();
    stage.github.clock().advance(HOUR);

    let report = stage.recovery(good).recover_once().await.unwrap();
    assert_eq!((report.failed, report.listed), (0, 121), "{report}");
    let report = stage.recovery(dead).recover_once().await.unwrap();
    // The ping is the last of them; nobody handles it.
    assert_eq!((report.redelivered.len(), report.ignored), (120, 1), "{report}");
    assert_eq!(report.known, 0, "{report}");
    stage.handles(&events, dead).await;
    let report = stage.recovery(dead).recover_once().await.unwrap();
    assert_eq!((report.failed, report.ignored, report.listed), (1, 1, 241), "{report}");
    server.switch_off().await;
}

#[tokio::test]
async fn an_app_s_event_that_a_repository_s_hook_brought() {
    let mut stage = Stage::set(FakeGitHub::builder().began(HOUR)).await;
    let server = stage.switch_on(stage.server(), None);
    let brought = stage.repository.create_hook(stage.hook());
    stage.github.app().install_on(&stage.repository);
    let app = stage.github.app().set_hook(stage.hook().secret("another"));
    stage.silence().await;
    let events = stage.push(3, app).await;
    stage.handles(&events, brought).await;
    stage.github.clock().advance(HOUR);

    let recovery = || Recovery::of_app(&stage.app_client(), stage.inbox.clone());
    // The ping is the fourth; the secret is still wrong.
    let report = recovery().recover_once().await.unwrap();
    assert_eq!((report.redelivered.len(), report.ignored), (3, 1), "{report}");
    assert_eq!(report.known, 0, "{report}");
    server.switch_off().await;
}
