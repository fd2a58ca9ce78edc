//! A round that fails, and the next.

use std::time::Duration;

use hookstead::recovery::Recovery;
use hookstead_testkit::{FakeGitHub, FakeHook, Fault};
use hookstead_tests::within;
use http::Method;

use crate::stage::{DAY, HOUR, Stage, ids, set};

/// A stage with so many pushes that failed an hour ago.
async fn failed(pushes: usize) -> (Stage, u64) {
    let stage = Stage::set(FakeGitHub::builder().began(HOUR)).await;
    let hook = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    stage.push(pushes, hook).await;
    stage.github.clock().advance(HOUR);
    (stage, hook)
}

#[tokio::test]
async fn a_list_that_breaks_off_is_read_anew() {
    let (stage, hook) = failed(250).await;
    stage.github.inject(Fault::status(502).on(Method::GET, "/deliveries").skip(2));
    let mut recovery = stage.recovery(hook);
    let error = recovery.recover_once().await.unwrap_err();
    assert_eq!((error.report().pages, error.report().is_complete), (2, false), "{error}");
    assert!(stage.asked().is_empty());
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.listed, report.redelivered.len()), (251, 250), "{report}");
}

#[tokio::test]
async fn a_list_that_a_limit_breaks_off_goes_on() {
    let (stage, hook) = failed(250).await;
    stage.github.inject(Fault::retry_after(1).on(Method::GET, "/deliveries").skip(2));
    let mut recovery = stage.recovery(hook);
    let error = recovery.recover_once().await.unwrap_err();
    assert_eq!((error.report().pages, error.report().is_complete), (2, false), "{error}");
    tokio::time::sleep(error.retry_after().unwrap()).await;
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.pages, report.redelivered.len()), (3, 250), "{report}");
    assert_eq!(stage.lists(), (1, 3), "the third page twice");
}

#[tokio::test]
async fn the_end_interrupts_everything() {
    let (stage, hook) = failed(1).await;
    stage.github.inject(Fault::latency(HOUR).on(Method::GET, "/deliveries"));
    let recovery = stage.recovery(hook);
    let (end, ended) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(recovery.run_until(ended));
    stage
        .github
        .wait_until("the list to be asked for", || {
            stage.github.pending_faults().is_empty().then_some(())
        })
        .await;
    end.send("the end").unwrap();
    assert_eq!(within(running).await.unwrap(), Ok("the end"));
    assert!(stage.github.requests().is_empty(), "the client gave up by itself");
}

#[tokio::test]
async fn redeliveries_that_break_off_go_on() {
    let (stage, hook) = failed(120).await;
    // The eleventh is refused by a limit; of the thirty-first nobody knows whether it took effect.
    stage.github.inject(Fault::retry_after(1).on(Method::POST, "/attempts").skip(10));
    let lost = Fault::dropped_connection().after_effect().on(Method::POST, "/attempts").skip(30);
    stage.github.inject(lost);
    let mut recovery = stage.recovery(hook);
    let first = recovery.recover_once().await.unwrap_err();
    assert!(first.retry_after().is_some() && first.report().is_complete, "{first}");
    assert_eq!(first.report().redelivered.len(), 10);
    tokio::time::sleep(first.retry_after().unwrap()).await;
    let second = recovery.recover_once().await.unwrap_err();
    assert!(second.github().unwrap().status().is_none(), "{second}");
    // The eleventh counts for both faults.
    assert_eq!(second.report().redelivered.len(), 20, "{second}");
    let third = recovery.recover_once().await.unwrap();
    // All were asked for once; they failed again, and are left alone for a while.
    let asked = stage.asked();
    assert_eq!((asked.len(), set(&asked).len()), (120, 120), "{third}");
    assert_eq!((third.redelivered.len(), third.waiting), (89, 31), "{third}");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (stage, hook) = failed(20).await;
    let mut recovery = stage.recovery(hook);
    stage.github.inject(Fault::forbidden().on(Method::GET, "/deliveries"));
    let error = recovery.recover_once().await.unwrap_err();
    assert!(error.to_string().contains("cannot list the deliveries of hook"), "{error}");
    assert!(error.to_string().contains("the permission *Webhooks* read"), "{error}");
    // Where GitHub hides what a token may not do, every redelivery is *not found*. It is not tried for
    // ever, and nothing is taken for lost.
    let hidden = Fault::status(404).on(Method::POST, "/attempts").times(usize::MAX);
    stage.github.inject(hidden);
    let error = recovery.recover_once().await.unwrap_err();
    assert!(error.to_string().contains("write to redeliver"), "{error}");
    let refused = ids(&error.report().refused);
    assert_eq!(refused.len(), 10);
    stage.github.clear_faults();
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.redelivered.len(), report.waiting), (10, 10), "{report}");
    let report = stage.recovery(hook).max_redeliveries(9).recover_once().await.unwrap();
    assert!(ids(&report.redelivered).is_superset(&refused), "{report}");
}

/// A single sign-on in between says 200 to everything, or sends everybody to its page.
#[tokio::test]
async fn a_login_page_redelivers_nothing() {
    let (stage, hook) = failed(3).await;
    let mut recovery = stage.recovery(hook);
    let elsewhere = || Fault::redirect(302, "http://127.0.0.1:9/sso");
    let faults: [fn() -> Fault; 3] = [Fault::sign_in_page, Fault::sign_in_redirect, elsewhere];
    for fault in faults {
        stage.github.inject(fault().on(Method::POST, "/attempts"));
        let error = recovery.recover_once().await.unwrap_err();
        assert!(error.github().unwrap().is_not_github(), "{error}");
        assert!(error.report().redelivered.is_empty(), "{error}");
        stage.github.inject(fault().on(Method::GET, "/deliveries"));
        let error = recovery.recover_once().await.unwrap_err();
        assert!(error.github().unwrap().is_not_github(), "{error}");
        assert_eq!((error.report().listed, error.report().is_complete), (0, false), "{error}");
    }
    // Nothing of it counts as asked for: all are, at once.
    let report = recovery.recover_once().await.unwrap();
    assert_eq!((report.redelivered.len(), report.waiting), (3, 0), "{report}");
    assert_eq!(stage.asked().len(), 3);
}

#[tokio::test]
async fn a_hook_is_found_by_its_address() {
    let (stage, hook) = failed(1).await;
    let mut recovery = stage.recovery(format!("{}/", stage.url()));
    assert_eq!(recovery.recover_once().await.unwrap().redelivered.len(), 1);

    // It is deleted and made anew.
    let hooks = stage.repo().hooks();
    hooks.delete(hook).await.unwrap();
    let error = recovery.recover_once().await.unwrap_err();
    assert!(error.github().unwrap().is_not_found(), "{error}");
    let error = recovery.recover_once().await.unwrap_err();
    assert_eq!(error.to_string(), "no hook of octo-org/hello-world delivers to the given address");
    let anew = stage.repository.create_hook(stage.hook());
    stage.silence().await;
    let report = recovery.recover_once().await.unwrap();
    assert_eq!(report.hook, format!("hook {anew} of octo-org/hello-world"));
    assert_eq!((report.failed, report.ignored), (1, 1), "its ping: {report}");

    let other = stage.repository.create_hook(FakeHook::new(&stage.url()).events(["status"]));
    let error = stage.recovery(stage.url()).recover_once().await.unwrap_err();
    assert!(
        error.to_string().ends_with(&format!("[{anew}, {other}]: name them by number")),
        "{error}"
    );
    // The address may hold a secret.
    let shown = format!("{recovery:?} {error:?}");
    assert!(!shown.contains("event_handler"), "{shown}");
}

#[tokio::test]
async fn the_times_are_read_by_github_s_clock() {
    // This machine is five days ahead, or behind: by its own clock all would be lost, or still to come.
    for (behind, ahead) in [(DAY * 5, Duration::ZERO), (Duration::ZERO, DAY * 5)] {
        let stage = Stage::set(FakeGitHub::builder().began(behind)).await;
        stage.github.clock().advance(ahead);
        let hook = stage.repository.create_hook(stage.hook());
        stage.silence().await;
        stage.push(3, hook).await;
        stage.github.clock().advance(HOUR);
        let report = stage.recovery(hook).recover_once().await.unwrap();
        assert_eq!((report.redelivered.len(), report.expired.len()), (3, 0), "{report}");
        // And what is too old by GitHub's clock is too old.
        stage.github.clock().advance(DAY * 4);
        let report = stage.recovery(hook).recover_once().await.unwrap();
        assert_eq!((report.redelivered.len(), report.expired.len()), (0, 3), "{report}");
    }
}

#[tokio::test]
async fn a_list_in_circles_is_recovered_as_far_as_it_goes() {
    let (stage, hook) = failed(120).await;
    stage.github.inject(Fault::circular_pages().times(usize::MAX).on(Method::GET, "/deliveries"));
    let report = stage.recovery(hook).recover_once().await.unwrap();
    assert_eq!((report.pages, report.is_complete), (2, false), "{report}");
    assert_eq!(report.redelivered.len(), 120);
}

#[tokio::test]
async fn an_address_that_ends_with_a_line_break_is_told() {
    let (stage, _hook) = failed(1).await;
    let error = stage.recovery(format!("{}\n", stage.url())).recover_once().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the given address of the hook of octo-org/hello-world ends with a line break (U+000A)"
    );
}

#[tokio::test]
async fn an_app_needs_its_own_key() {
    let (stage, _) = failed(1).await;
    stage.github.app().set_hook(stage.hook());
    let mut recovery = Recovery::of_app(&stage.client(), stage.inbox.clone());
    let error = recovery.recover_once().await.unwrap_err();
    assert!(error.to_string().contains("the App's own key"), "{error}");
}

/// Whoever cannot be asked what it knows is not asked for anything again.
#[tokio::test]
async fn an_inbox_that_is_unwell_ends_the_round_only() {
    let (stage, hook) = failed(3).await;
    let mut recovery = stage.recovery(hook);
    let file = stage.file();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = recovery.recover_once().await.unwrap_err();
    assert!(error.github().is_none(), "{error}");
    assert!(error.to_string().starts_with("the inbox "), "{error}");
    assert!(stage.asked().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(recovery.recover_once().await.unwrap().redelivered.len(), 3);
}
