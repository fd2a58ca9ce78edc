use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_report::{AfterInterruption, StatusReporter, Verdict};
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, mpsc};

use crate::common::{LONG, Outcome, created, posted, posted_in_the_end, reporter, server};
use crate::support::Server;

const INTERRUPTED: &str = "error: Interrupted before the end";

#[tokio::test]
async fn work_that_is_aborted_from_outside_is_an_error() {
    let server = server(2).await;
    let reporter = reporter(&server);
    let (begun, mut has_begun) = mpsc::unbounded_channel();
    let task = tokio::spawn(reporter.run("running", async move {
        begun.send(()).unwrap();
        pending::<Outcome>().await
    }));
    has_begun.recv().await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    server.wait_for_requests(2).await;
    assert_eq!(posted(&server), ["pending: running", INTERRUPTED]);
}

#[tokio::test]
async fn what_was_queued_and_dropped_is_an_error() {
    let server = server(2).await;
    let reporter = reporter(&server);
    reporter.queued("queued").await.unwrap();
    // A future that is never polled is dropped as well.
    drop(reporter.run("running", pending::<Outcome>()));
    assert_eq!(posted_in_the_end(&server).await, ["pending: queued", INTERRUPTED]);
}

#[tokio::test]
async fn the_reason_that_is_known_in_the_end_is_said() {
    let server = server(2).await;
    let why = Arc::new(Mutex::new(None));
    let known = why.clone();
    let reporter = reporter(&server).interrupted_because(move || known.lock().unwrap().clone());
    reporter.queued("queued").await.unwrap();
    // Nobody knew it before.
    *why.lock().unwrap() = Some("superseded by a newer delivery".to_owned());
    drop(reporter.run("running", pending::<Outcome>()));
    let expected = ["pending: queued", "error: superseded by a newer delivery"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn without_a_known_reason_the_usual_words_stand() {
    let nobody_knows = || None;
    let panics = || panic!("the reason cannot be found");
    let server = server(4).await;
    for reporter in [
        reporter(&server).interrupted_because(nobody_knows),
        reporter(&server).interrupted_because(panics),
    ] {
        reporter.queued("queued").await.unwrap();
        drop(reporter);
        posted_in_the_end(&server).await;
    }
    let expected = ["pending: queued", INTERRUPTED];
    assert_eq!(posted(&server), [expected, expected].concat());
}

#[tokio::test]
async fn work_that_ends_has_no_reason_to_give() {
    let server = server(2).await;
    let reporter = reporter(&server).interrupted_because(|| Some("not this".to_owned()));
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter.run("running", work).await.unwrap();
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn what_never_began_leaves_nothing() {
    let server = server(0).await;
    drop(reporter(&server));
    drop(reporter(&server).run("running", pending::<Outcome>()));
    assert!(posted_in_the_end(&server).await.is_empty());
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn by_a_setting_what_is_interrupted_stays_pending() {
    let server = server(1).await;
    let reporter = reporter(&server).on_interruption(AfterInterruption::Pending);
    reporter.queued("queued").await.unwrap();
    drop(reporter);
    assert_eq!(posted_in_the_end(&server).await, ["pending: queued"]);
}

#[tokio::test]
async fn even_so_errors_and_deadlines_are_errors() {
    let server = server(2).await;
    let reporter =
        reporter(&server).on_interruption(AfterInterruption::Pending).deadline(Duration::ZERO);
    reporter.run("running", pending::<Outcome>()).await.unwrap_err();
    assert_eq!(posted(&server), ["pending: running", "error: The work took longer than 0 s"]);
}

#[tokio::test]
async fn the_next_attempt_takes_the_place_of_the_interrupted_one() {
    let server = server(4).await;
    let first = reporter(&server);
    first.queued("first").await.unwrap();
    drop(first);
    server.wait_for_requests(2).await;
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter(&server).run("second", work).await.unwrap();
    let expected = ["pending: first", INTERRUPTED, "pending: second", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn a_quick_next_attempt_spares_the_error() {
    let server = server(3).await;
    let first = reporter(&server);
    first.queued("first").await.unwrap();
    drop(first);
    // On this runtime of one thread, nothing was polled since.
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter(&server).run("second", work).await.unwrap();
    let expected = ["pending: first", "pending: second", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

/// A server that reads nothing until it is let, and tells when somebody connects.
async fn gated(statuses: u64) -> (Server, Arc<Semaphore>, mpsc::UnboundedReceiver<()>) {
    let gate = Arc::new(Semaphore::new(0));
    let (connected, has_connected) = mpsc::unbounded_channel();
    let let_in = gate.clone();
    let server = Server::start_behind((1..=statuses).map(created), move |stream| {
        connected.send(()).unwrap();
        let gate = let_in.clone();
        async move {
            drop(gate.acquire().await.unwrap());
            Some(stream)
        }
    });
    (server.await, gate, has_connected)
}

#[tokio::test]
async fn an_interruption_does_not_overtake_the_status_on_its_way() {
    let (server, gate, mut connected) = gated(2).await;
    let task = tokio::spawn(reporter(&server).run("running", pending::<Outcome>()));
    connected.recv().await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(!StatusReporter::finish(Duration::ZERO).await, "two statuses are on their way");
    gate.add_permits(1);
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", INTERRUPTED]);
}

#[tokio::test]
async fn a_verdict_on_its_way_arrives_although_nobody_waits() {
    let server = server(2).await;
    let (done, mut is_done) = mpsc::unbounded_channel();
    let task = tokio::spawn(reporter(&server).run("running", async move {
        done.send(()).unwrap();
        Outcome::Ok(Verdict::success("good"))
    }));
    is_done.recv().await.unwrap();
    // Its last status is being posted, and no answer was read: this runtime has one thread.
    assert!(!task.is_finished());
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn a_newer_build_does_not_overtake_the_status_of_an_older_one_on_its_way() {
    let (server, gate, mut connected) = gated(3).await;
    let older = reporter(&server);
    let older = tokio::spawn(async move {
        older.queued("older").await.unwrap();
        older
    });
    connected.recv().await.unwrap();
    let newer = reporter(&server);
    let newer = tokio::spawn(newer.run("newer", async { Outcome::Ok(Verdict::success("good")) }));
    // It has had its turn to run, and waits.
    tokio::task::yield_now().await;
    gate.add_permits(1);
    newer.await.unwrap().unwrap();
    drop(older.await.unwrap());
    let expected = ["pending: older", "pending: newer", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

/// Runs work that never ends on a runtime of its own, and then ends that runtime, after waiting or
/// without.
async fn end_a_runtime(server: &Server, waits: bool) {
    let reporter = reporter(server);
    let program = move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (begun, mut has_begun) = mpsc::unbounded_channel();
            let task = tokio::spawn(reporter.run("running", async move {
                begun.send(()).unwrap();
                pending::<Outcome>().await
            }));
            has_begun.recv().await.unwrap();
            if waits {
                task.abort();
                assert!(task.await.unwrap_err().is_cancelled());
                assert!(StatusReporter::finish(LONG).await);
            }
        });
        // Whatever still runs is dropped with it.
        drop(runtime);
    };
    tokio::task::spawn_blocking(program).await.unwrap();
}

#[tokio::test]
async fn a_program_that_waits_at_its_end_loses_nothing() {
    let server = server(2).await;
    end_a_runtime(&server, true).await;
    assert_eq!(posted(&server), ["pending: running", INTERRUPTED]);
}

#[tokio::test]
async fn a_runtime_that_ends_at_once_neither_hangs_nor_panics() {
    let server = server(3).await;
    end_a_runtime(&server, false).await;
    let expected = ["pending: running", "pending: again", "success: good"];
    // The next attempt, after the start, puts it right.
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter(&server).run("again", work).await.unwrap();
    assert_eq!(posted_in_the_end(&server).await, expected);
}
