//! Outages of the other side, through a paused clock: days pass in moments.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{HandlerError, Router};
use hookstead_inbox::{MemoryStore, TaskState, Worker};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::support::{AnyStore, Running, accept, count, entry, inbox, router};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A worker all of which is under the clock of the test. It looks seldom, or the days would be long; what is
/// due it knows to the moment.
async fn run_until_settled(router: Router, tasks: usize) -> (hookstead_inbox::Inbox, Duration) {
    let store: AnyStore = Arc::new(MemoryStore::new());
    let inbox = inbox(&store, router);
    let begun_at = Instant::now();
    for number in 0..tasks {
        accept(&inbox, &number.to_string(), "1").await;
    }
    let worker = Worker::new(inbox.clone()).control_on(Handle::current());
    let seldom = worker.poll_interval(10 * MINUTE).lease(100 * MINUTE).renew_interval(10 * MINUTE);
    let running = Running::start(seldom);
    while count(&inbox).await.open() > 0 {
        tokio::time::sleep(5 * MINUTE).await;
    }
    running.stop().await;
    (inbox, begun_at.elapsed())
}

/// Fails for so long from now on.
fn down_for(outage: Duration, error: fn() -> HandlerError) -> Router {
    let begun_at = Instant::now();
    router(move |_, _| {
        std::future::ready(if begun_at.elapsed() < outage { Err(error()) } else { Ok(()) })
    })
}

#[tokio::test(start_paused = true)]
async fn an_hours_outage_makes_nothing_dead() {
    const TASKS: usize = 50;
    let (inbox, taken) =
        run_until_settled(down_for(HOUR, || HandlerError::outage("down")), TASKS).await;
    let counted = count(&inbox).await;
    assert_eq!((counted.dead, counted.done as usize), (0, TASKS));
    assert!(taken >= HOUR, "{taken:?}");
    // The longest pause, and the time until all had their turn.
    assert!(taken <= HOUR + 20 * MINUTE, "{taken:?}");
    for number in 0..TASKS {
        let known = entry(&inbox, &number.to_string()).await;
        assert_eq!(known.failures, 0);
        assert!((2..100).contains(&known.number), "{} attempts", known.number);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_more_than_a_day_is_given_up() {
    let (inbox, taken) =
        run_until_settled(down_for(3 * DAY, || HandlerError::outage("down")), 3).await;
    assert_eq!(count(&inbox).await.dead, 3);
    // Where probes take turns, a task may wait a little longer than its own pause.
    assert!((DAY..DAY + HOUR).contains(&taken), "{taken:?}");
    let text = entry(&inbox, "1").await.text.unwrap();
    assert_eq!(text, "gave up: it has failed for more than 24 h: down");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ones_own_is_given_up_sooner() {
    let (inbox, taken) =
        run_until_settled(down_for(3 * DAY, || HandlerError::retry("broken")), 3).await;
    assert_eq!(count(&inbox).await.dead, 3);
    assert!(taken < 2 * HOUR, "{taken:?}");
    assert_eq!(entry(&inbox, "1").await.failures, 11);
}

/// A limit says when it ends. It is no failure, however often it is met.
#[tokio::test(start_paused = true)]
async fn a_limit_is_waited_for_as_long_as_it_says() {
    let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&moments);
    let router = router(move |_, attempt| {
        noted.lock().unwrap().push(Instant::now());
        std::future::ready(match attempt.number() {
            1..=15 => Err(hookstead_types::RetryAfter(HOUR).into()),
            _ => Ok(()),
        })
    });
    let (inbox, _) = run_until_settled(router, 1).await;
    let known = entry(&inbox, "0").await;
    assert_eq!((known.state, known.failures, known.number), (TaskState::Done, 0, 16));
    let moments = moments.lock().unwrap();
    let pauses: Vec<Duration> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let late = Duration::from_secs(2);
    assert!(pauses.iter().all(|it| (HOUR..HOUR + HOUR / 5 + late).contains(it)), "{pauses:?}");
    assert!(pauses.windows(2).any(|pair| pair[0].abs_diff(pair[1]) > MINUTE), "{pauses:?}");
}
