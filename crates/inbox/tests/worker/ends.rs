//! `ended` is called after every end but success, at least once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Attempt, End, Handler, HandlerError, Interruption, Router, async_trait};
use hookstead_inbox::{Changed, TaskState};
use tokio::sync::{Semaphore, mpsc};

use crate::support::{
    AnyStore, Number, Running, accept, delivery, entry, id, inbox, on_all_stores, state, until,
    worker,
};

on_all_stores! {
    nothing_is_said_after_a_success
    it_is_called_after_every_end_without_success
    it_is_called_for_what_was_superseded
    it_is_called_for_what_was_canceled
    a_canceled_handler_that_does_its_work_is_done
    a_canceled_handler_that_fails_is_canceled
    it_is_tried_three_times
    it_has_a_deadline_of_its_own
    it_is_called_again_after_its_process_was_killed
    it_is_given_up_where_it_kills_its_process
    a_new_run_begins_after_it
    it_has_the_steps_of_the_run
}

/// What to do with a number.
type Handle = dyn Fn(u32, &Attempt) -> Does + Send + Sync;

/// A handler that does as it is told, and notes its ends.
#[derive(Clone)]
struct Ending {
    handle: Arc<Handle>,
    ended: Arc<dyn Fn(u32) -> Ends + Send + Sync>,
    begun: mpsc::UnboundedSender<u32>,
    ends: Arc<Mutex<Vec<(String, End)>>>,
    tellings: Arc<AtomicUsize>,
    go_on: Arc<Semaphore>,
}

enum Does {
    Now(Result<(), HandlerError>),
    /// Once it may go on.
    Later(Result<(), HandlerError>),
    Never,
}

enum Ends {
    Now(Result<(), HandlerError>),
    Never,
}

impl Ending {
    fn new(
        handle: impl Fn(u32, &Attempt) -> Does + Send + Sync + 'static,
    ) -> (Self, mpsc::UnboundedReceiver<u32>) {
        let (begun, begins) = mpsc::unbounded_channel();
        let ending = Self {
            handle: Arc::new(handle),
            ended: Arc::new(|_| Ends::Now(Ok(()))),
            begun,
            ends: Arc::default(),
            tellings: Arc::default(),
            go_on: Arc::new(Semaphore::new(0)),
        };
        (ending, begins)
    }

    fn ended(mut self, ended: impl Fn(u32) -> Ends + Send + Sync + 'static) -> Self {
        self.ended = Arc::new(ended);
        self
    }

    fn ends(&self) -> Vec<(String, End)> {
        let mut ends = self.ends.lock().unwrap().clone();
        ends.sort_by(|one, other| one.0.cmp(&other.0));
        ends
    }

    fn router(&self) -> Router {
        Router::new().on::<Number>(self.clone())
    }
}

#[async_trait]
impl Handler<Number> for Ending {
    async fn handle(&self, event: &Number, attempt: &Attempt) -> Result<(), HandlerError> {
        self.begun.send(event.0)?;
        match (self.handle)(event.0, attempt) {
            Does::Now(result) => result,
            Does::Later(result) => {
                self.go_on.acquire().await?.forget();
                result
            }
            Does::Never => std::future::pending().await,
        }
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let telling = self.tellings.fetch_add(1, Ordering::SeqCst) + 1;
        match (self.ended)(u32::try_from(telling).unwrap()) {
            Ends::Now(Ok(())) => {
                let id = attempt.delivery().id.to_string();
                self.ends.lock().unwrap().push((id, end));
                Ok(())
            }
            Ends::Now(error) => error,
            Ends::Never => std::future::pending().await,
        }
    }
}

fn ends(expected: &[(&str, End)]) -> Vec<(String, End)> {
    expected.iter().map(|(id, end)| ((*id).to_owned(), *end)).collect()
}

async fn nothing_is_said_after_a_success(store: AnyStore) {
    let (ending, _begins) = Ending::new(|_, _| Does::Now(Ok(())));
    let inbox = inbox(&store, ending.router());
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
    assert_eq!(ending.tellings.load(Ordering::SeqCst), 0);
}

async fn it_is_called_after_every_end_without_success(store: AnyStore) {
    let (ending, _begins) = Ending::new(|number, _| match number {
        1 => Does::Now(Err(HandlerError::permanent("never"))),
        2 => Does::Now(Err(HandlerError::retry("used up"))),
        3 => Does::Never,
        _ => panic!("as the test wants it"),
    });
    let router = Router::new().on_with::<Number>(ending.clone(), |registration| {
        registration.deadline(Duration::from_millis(50)).lane(|number| match number.0 {
            4 => panic!("the lane of 4 cannot be found"),
            _ => None,
        })
    });
    let inbox = inbox(&store, router);
    // Leased, and handed over.
    accept(&inbox, "permanent", "1").await;
    let running = Running::start(worker(&inbox).max_failures(2));
    accept(&inbox, "used-up", "2").await;
    accept(&inbox, "deadline", "3").await;
    accept(&inbox, "no-lane", "4").await;
    accept(&inbox, "panic", "5").await;
    accept(&inbox, "undecodable", "{}").await;
    until(&inbox, |count| count.dead == 6 && count.open() == 0).await;
    running.stop().await;
    let expected = ["deadline", "no-lane", "panic", "permanent", "undecodable", "used-up"]
        .map(|id| (id, End::Dead));
    assert_eq!(ending.ends(), ends(&expected));
}

async fn it_is_called_for_what_was_superseded(store: AnyStore) {
    let (ending, mut begins) = Ending::new(|number, _| match number {
        3 => Does::Now(Ok(())),
        _ => Does::Never,
    });
    let router = Router::new().on_with::<Number>(ending.clone(), |registration| {
        registration.lane(|_| "all".to_owned()).latest_only()
    });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "runs", "1").await;
    assert_eq!(begins.recv().await, Some(1));
    accept(&inbox, "waits", "2").await;
    accept(&inbox, "latest", "3").await;
    until(&inbox, |count| count.done == 1 && count.superseded == 2 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(ending.ends(), ends(&[("runs", End::Superseded), ("waits", End::Superseded)]));
    assert_eq!(begins.recv().await, Some(3), "what was superseded before it began does not begin");
    assert_eq!(entry(&inbox, "runs").await.superseded_by, Some(id("waits")));
}

async fn it_is_called_for_what_was_canceled(store: AnyStore) {
    let seen: Arc<Mutex<Vec<Attempt>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let (ending, mut begins) = Ending::new(move |_, attempt| {
        noted.lock().unwrap().push(attempt.clone());
        Does::Never
    });
    let inbox = inbox(&store, ending.router());
    accept(&inbox, "waits", "1").await;
    let canceled = inbox.cancel(id("waits"), "not wanted").await.unwrap();
    assert_eq!(canceled[0].changed, Changed::Changed);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "runs", "2").await;
    assert_eq!(begins.recv().await, Some(2));
    let canceled = inbox.cancel(id("runs"), "not wanted either").await.unwrap();
    assert_eq!(canceled[0].changed, Changed::Marked);
    until(&inbox, |count| count.canceled == 2 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(ending.ends(), ends(&[("runs", End::Canceled), ("waits", End::Canceled)]));
    assert_eq!(entry(&inbox, "runs").await.text.as_deref(), Some("not wanted either"));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].interruption(), Some(Interruption::Canceled));
}

/// The mark comes, and nothing tells of it before the handler ends by itself.
async fn canceled_unheard(store: &AnyStore, result: Result<(), &'static str>) -> TaskState {
    let (ending, mut begins) =
        Ending::new(move |_, _| Does::Later(result.map_err(HandlerError::retry)));
    let inbox = inbox(store, ending.router());
    let hour = Duration::from_secs(60 * 60);
    let running = Running::start(worker(&inbox).renew_interval(hour).lease(hour));
    accept(&inbox, "one", "1").await;
    begins.recv().await.unwrap();
    inbox.cancel(id("one"), "not wanted").await.unwrap();
    ending.go_on.add_permits(1);
    until(&inbox, |count| count.open() == 0).await;
    running.stop().await;
    let expected = if result.is_ok() { vec![] } else { ends(&[("one", End::Canceled)]) };
    assert_eq!(ending.ends(), expected);
    state(&inbox, "one").await
}

async fn a_canceled_handler_that_does_its_work_is_done(store: AnyStore) {
    assert_eq!(canceled_unheard(&store, Ok(())).await, TaskState::Done);
}

async fn a_canceled_handler_that_fails_is_canceled(store: AnyStore) {
    assert_eq!(canceled_unheard(&store, Err("too late")).await, TaskState::Canceled);
}

fn fails() -> Does {
    Does::Now(Err(HandlerError::permanent("never")))
}

async fn it_is_tried_three_times(store: AnyStore) {
    for (failing, told) in [(2, true), (3, false), (99, false)] {
        let (ending, _begins) = Ending::new(|_, _| fails());
        let ending = ending.ended(move |telling| match telling {
            // A panic is an error like others.
            1 if failing > 0 => panic!("as the test wants it"),
            telling if telling <= failing => Ends::Now(Err(HandlerError::retry("not now"))),
            _ => Ends::Now(Ok(())),
        });
        let inbox = inbox(&store, ending.router());
        let running = Running::start(worker(&inbox));
        let name = format!("failing-{failing}");
        accept(&inbox, &name, "1").await;
        until(&inbox, |count| count.open() == 0).await;
        running.stop().await;
        assert_eq!(ending.tellings.load(Ordering::SeqCst), 3, "{failing}");
        assert_eq!(ending.ends().len(), usize::from(told), "{failing}");
        let known = entry(&inbox, &name).await;
        assert_eq!((known.state, known.is_ending), (TaskState::Dead, false), "{failing}");
    }
}

async fn it_has_a_deadline_of_its_own(store: AnyStore) {
    let (ending, _begins) = Ending::new(|_, _| fails());
    let ending = ending.ended(|telling| match telling {
        1 => Ends::Never,
        _ => Ends::Now(Ok(())),
    });
    let inbox = inbox(&store, ending.router());
    let deadline = Duration::from_millis(30);
    let running = Running::start(worker(&inbox).ended_deadline(deadline));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(ending.tellings.load(Ordering::SeqCst), 2);
    assert_eq!(ending.ends(), ends(&[("one", End::Dead)]));
}

const SHORT_LEASE: Duration = Duration::from_millis(150);

async fn it_is_called_again_after_its_process_was_killed(store: AnyStore) {
    let (ending, _begins) = Ending::new(|_, _| fails());
    let ending = ending.ended(|telling| match telling {
        1 => Ends::Never,
        _ => Ends::Now(Ok(())),
    });
    let first = inbox(&store, ending.router());
    let killed = Running::start(worker(&first).lease(SHORT_LEASE));
    accept(&first, "one", "1").await;
    while ending.tellings.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    killed.abort().await;
    let known = entry(&first, "one").await;
    assert!(known.is_ending, "it is not over before the handler knows");

    let second = inbox(&store, ending.router());
    let running = Running::start(worker(&second).lease(SHORT_LEASE));
    until(&second, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(ending.ends(), ends(&[("one", End::Dead)]));
}

async fn it_is_given_up_where_it_kills_its_process(store: AnyStore) {
    let (ending, mut begins) = Ending::new(|_, _| fails());
    let ending = ending.ended(|_| Ends::Never);
    let inbox = inbox(&store, ending.router());
    accept(&inbox, "one", "1").await;
    for killed in 1..=3 {
        let process = crate::support::inbox(&store, ending.router());
        let running = Running::start(worker(&process).lease(SHORT_LEASE));
        while ending.tellings.load(Ordering::SeqCst) < killed {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        running.abort().await;
    }
    let running = Running::start(worker(&inbox).lease(SHORT_LEASE));
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(ending.tellings.load(Ordering::SeqCst), 3);
    assert_eq!(begins.recv().await, Some(1));
    assert!(begins.try_recv().is_err(), "the handler itself began once");
}

async fn a_new_run_begins_after_it(store: AnyStore) {
    let (ending, mut begins) = Ending::new(|_, attempt| match attempt.run() {
        1 => fails(),
        _ => Does::Now(Ok(())),
    });
    let may_end = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let ends_now = Arc::clone(&may_end);
    let ending = ending.ended(move |_| match ends_now.load(Ordering::SeqCst) {
        true => Ends::Now(Ok(())),
        false => Ends::Never,
    });
    let inbox = inbox(&store, ending.router());
    let deadline = Duration::from_millis(50);
    let running = Running::start(worker(&inbox).ended_deadline(deadline));
    accept(&inbox, "one", "1").await;
    begins.recv().await.unwrap();
    while ending.tellings.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let refused = inbox.rerun(id("one")).await.unwrap();
    assert_eq!(refused[0].changed, Changed::Refused);
    // Nor does a redelivery.
    inbox.accept(delivery("one", "1")).await.unwrap();
    may_end.store(true, Ordering::SeqCst);
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    assert!(begins.try_recv().is_err());
    assert!(inbox.rerun(id("one")).await.unwrap()[0].is_changed());
    until(&inbox, |count| count.done == 1).await;
    running.stop().await;
}

/// A handler that has noted something may need it to clean up.
struct Noting {
    seen: Arc<Mutex<Option<u32>>>,
}

#[async_trait]
impl Handler<Number> for Noting {
    async fn handle(&self, _: &Number, attempt: &Attempt) -> Result<(), HandlerError> {
        attempt.step("made", async || Ok::<u32, HandlerError>(17)).await?;
        Err(HandlerError::permanent("never"))
    }

    async fn ended(&self, attempt: &Attempt, _: End) -> Result<(), HandlerError> {
        assert_eq!(attempt.delivery().body, "1");
        assert_eq!(attempt.interruption(), None);
        let made = attempt.step("made", async || Ok::<u32, HandlerError>(0)).await?;
        *self.seen.lock().unwrap() = Some(made);
        Ok(())
    }
}

async fn it_has_the_steps_of_the_run(store: AnyStore) {
    let seen = Arc::default();
    let router = Router::new().on::<Number>(Noting { seen: Arc::clone(&seen) });
    let inbox = inbox(&store, router);
    let running = Running::start(worker(&inbox));
    accept(&inbox, "one", "1").await;
    until(&inbox, |count| count.dead == 1 && count.open() == 0).await;
    running.stop().await;
    assert_eq!(*seen.lock().unwrap(), Some(17));
}
