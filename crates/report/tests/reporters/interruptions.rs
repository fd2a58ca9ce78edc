//! Every way in which work is ended by others.

use std::future::pending;
use std::sync::Arc;

use hookstead_handler::{Attempt, End, Interruption};
use hookstead_report::{AfterInterruption, Reporters};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::stage::{CONTEXT, LONG, Outcome, Stage, WAYS, Way, good, never};

/// Begins work that never ends, and drops it after saying why.
async fn interrupted(stage: &Stage, way: Way, attempt: &Attempt, why: Option<Interruption>) {
    let begun = Notify::new();
    let work = async || {
        begun.notify_one();
        pending::<Outcome>().await
    };
    let mut running = Box::pin(stage.run(way, attempt, work));
    tokio::select! {
        _ = running.as_mut() => panic!("it never ends"),
        () = begun.notified() => {}
    }
    if let Some(why) = why {
        attempt.interrupt(why);
    }
}

#[tokio::test]
async fn the_reason_is_known_from_the_attempt() {
    for (why, words, conclusion) in [
        (None, "Interrupted before the end", "failure"),
        (Some(Interruption::Superseded), "superseded by a newer one", "cancelled"),
        (Some(Interruption::Canceled), "canceled", "cancelled"),
        (Some(Interruption::Deadline), "took longer than its deadline", "timed_out"),
        (Some(Interruption::Shutdown), "stopped by a shutdown, to be started again", "cancelled"),
    ] {
        for way in WAYS {
            let stage = Stage::set().await;
            interrupted(&stage, way, &stage.attempt(), why).await;
            let state = if way == Way::Check { conclusion } else { "error" };
            let expected = ["pending: running".to_owned(), format!("{state}: {words}")];
            assert_eq!(stage.told_in_the_end(way).await, expected);
        }
    }
}

/// Who is told that the end is reported lets nobody report it again, and may be killed at once. So it is reported by
/// then, also where the interrupted attempt is only about to.
#[tokio::test]
async fn once_the_end_is_told_nothing_is_on_its_way() {
    for (why, end) in
        [(Interruption::Superseded, End::Superseded), (Interruption::Canceled, End::Canceled)]
    {
        for way in WAYS {
            let stage = Stage::set().await;
            let attempt = stage.attempt();
            interrupted(&stage, way, &attempt, Some(why)).await;
            stage.ended(way, &attempt.next_for_test(), end).await.unwrap();
            let told = stage.told(way);
            assert_eq!(told.len(), 2, "{told:?}");
            assert!(!told[1].starts_with("pending"), "{told:?}");
            assert_eq!(stage.told_in_the_end(way).await, told, "and only once");
        }
    }
}

/// Somebody else is at it by then.
#[tokio::test]
async fn who_has_lost_its_lease_says_nothing() {
    for way in WAYS {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        interrupted(&stage, way, &attempt, Some(Interruption::LeaseLost)).await;
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running"]);
        stage.run(way, &attempt.next_for_test(), good).await.unwrap();
        assert_eq!(stage.told_in_the_end(way).await, ["pending: running", "success: good"]);
    }
}

#[tokio::test]
async fn what_was_queued_and_dropped_is_an_error() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    reporter.queued("queued").await.unwrap();
    // A future that is never polled is dropped as well.
    drop(reporter.run(never));
    let expected = ["pending: queued", "error: Interrupted before the end"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn what_never_began_leaves_nothing() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    drop(stage.report(&attempt).status(&stage.head, CONTEXT));
    drop(stage.report(&attempt).deployment(stage.deployment).run(never));
    assert!(Reporters::finish(LONG).await);
    assert!(stage.github.requests().is_empty());
}

#[tokio::test]
async fn by_a_setting_what_is_started_again_stays_pending() {
    for (why, expected) in [
        (Interruption::Shutdown, None),
        (Interruption::Deadline, Some("error: took longer than its deadline")),
        (Interruption::Superseded, Some("error: superseded by a newer one")),
    ] {
        let stage = Stage::set().await;
        let attempt = stage.attempt();
        let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
        let reporter = reporter.on_interruption(AfterInterruption::Pending);
        reporter.queued("queued").await.unwrap();
        attempt.interrupt(why);
        drop(reporter);
        let expected: Vec<_> = ["pending: queued"].into_iter().chain(expected).collect();
        assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
    }
}

/// Runs work that never ends on a runtime of its own, and then ends that runtime, after waiting or
/// without.
async fn end_a_runtime(stage: &Arc<Stage>, waits: bool) {
    let stage = stage.clone();
    let program = move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            interrupted(&stage, Way::Status, &stage.attempt(), None).await;
            if waits {
                assert!(Reporters::finish(LONG).await);
            }
        });
        // Whatever still runs is dropped with it.
        drop(runtime);
    };
    tokio::task::spawn_blocking(program).await.unwrap();
}

#[tokio::test]
async fn a_program_that_waits_at_its_end_loses_nothing() {
    let stage = Arc::new(Stage::set().await);
    end_a_runtime(&stage, true).await;
    let expected = ["pending: running", "error: Interrupted before the end"];
    assert_eq!(stage.told(Way::Status), expected);
}

#[tokio::test]
async fn a_runtime_that_ends_at_once_neither_hangs_nor_panics() {
    let stage = Arc::new(Stage::set().await);
    end_a_runtime(&stage, false).await;
    // Another task puts it right.
    stage.run(Way::Status, &stage.attempt(), good).await.unwrap();
    let told = stage.told_in_the_end(Way::Status).await;
    assert_eq!(told.last().unwrap(), "success: good");
}

#[tokio::test]
async fn an_attempt_outside_of_a_worker_that_loses_its_lease_is_silent() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    reporter.queued("queued").await.unwrap();
    attempt.interrupt(Interruption::LeaseLost);
    drop(reporter);
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: queued"]);
}
