use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_events::{Event, EventName};
use tokio::time::timeout;

use crate::{Delivery, Failure, FailureCause, Handler, Interruption, Lane, Outcome, Registration};

/// Which handlers there are for which events.
///
/// Several handlers may take the same event; each runs on its own, and one that fails or panics
/// keeps no other from its work. The delivery is done when all of them are, and the next attempt
/// runs all of them again.
///
/// Only events that somebody registered for are decoded. Cloning is cheap.
///
/// ```
/// use hookstead_events::{AnyEvent, PushEvent};
/// use hookstead_handler::{Delivery, Router, handler_fn};
///
/// let router = Router::new()
///     .on::<PushEvent>(handler_fn(async |push: PushEvent, _: Delivery| {
///         println!("{} commits", push.commits.len());
///         Ok(())
///     }))
///     .on::<AnyEvent>(handler_fn(async |event: AnyEvent, delivery: Delivery| {
///         println!("{}: {}", delivery.id, event.name());
///         Ok(())
///     }));
/// ```
#[derive(Clone, Default)]
pub struct Router {
    routes: Vec<Arc<dyn Route>>,
}

impl Router {
    /// A router without handlers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a handler for the events of type `E`.
    #[must_use]
    pub fn on<E: Event>(self, handler: impl Handler<E>) -> Self {
        self.on_with(handler, |registration| registration)
    }

    /// Registers a handler for the events of type `E` with a lane or a deadline: see
    /// [`Registration`].
    #[must_use]
    pub fn on_with<E: Event>(
        mut self,
        handler: impl Handler<E>,
        change: impl FnOnce(Registration<E>) -> Registration<E>,
    ) -> Self {
        let registration = change(Registration::new());
        self.routes.push(Arc::new(Registered { handler, registration }));
        self
    }

    /// Whether there is a handler for this event.
    #[must_use]
    pub fn takes(&self, event: &EventName) -> bool {
        self.routes.iter().any(|route| route.takes(event))
    }

    /// The lane of this delivery, from the first of its handlers that has one for it. For this the
    /// payload is decoded.
    #[must_use]
    pub fn lane(&self, delivery: &Delivery) -> Option<Lane> {
        let routes = self.routes.iter().filter(|route| route.takes(&delivery.event));
        routes.into_iter().find_map(|route| route.lane(delivery))
    }

    /// Gives a delivery to every handler of its event, all at the same time, and waits for the last.
    ///
    /// A panic is caught and counts as that handler's failure. (It cannot be caught in a program
    /// that is built to abort on panic.)
    ///
    /// When the delivery is [superseded](Delivery::interrupt), handlers for which only the latest
    /// counts are ended. If it is already, they are not called, but to
    /// [clean up](Handler::superseded).
    pub async fn dispatch(&self, delivery: &Delivery) -> Outcome {
        let routes = self.routes.iter().filter(|route| route.takes(&delivery.event));
        Outcome::new(join_all(routes.map(|route| route.run(delivery))).await)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.routes.iter().map(|route| (route.event_name(), route.handler_name()));
        formatter.debug_list().entries(routes).finish()
    }
}

/// A registered handler, whatever its event type.
#[async_trait]
trait Route: Send + Sync {
    fn event_name(&self) -> Option<EventName>;
    fn handler_name(&self) -> &'static str;
    fn lane(&self, delivery: &Delivery) -> Option<Lane>;
    async fn run(&self, delivery: &Delivery) -> End;

    fn takes(&self, event: &EventName) -> bool {
        self.event_name().is_none_or(|name| name == *event)
    }
}

/// How one handler's attempt ended.
pub(crate) enum End {
    Done,
    Failed(Failure),
    Superseded,
}

struct Registered<E, H> {
    handler: H,
    registration: Registration<E>,
}

#[async_trait]
impl<E: Event, H: Handler<E>> Route for Registered<E, H> {
    fn event_name(&self) -> Option<EventName> {
        E::NAME
    }

    fn handler_name(&self) -> &'static str {
        std::any::type_name::<H>()
    }

    fn lane(&self, delivery: &Delivery) -> Option<Lane> {
        self.registration.lane_of(delivery)
    }

    async fn run(&self, delivery: &Delivery) -> End {
        let wants_only_the_latest = self.registration.is_latest_only() && delivery.lane.is_some();
        if !wants_only_the_latest {
            return self.attempt(delivery, Call::Handle).await;
        }
        if delivery.interruption() != Some(Interruption::Superseded) {
            return unless_superseded(delivery, self.attempt(delivery, Call::Handle)).await;
        }
        // The first attempt has none before it that could have left anything.
        if delivery.attempt > 1
            && let failed @ End::Failed(_) = self.attempt(delivery, Call::Superseded).await
        {
            return failed;
        }
        End::Superseded
    }
}

/// Which of a handler's functions is called.
#[derive(Clone, Copy)]
enum Call {
    Handle,
    Superseded,
}

impl<E: Event, H: Handler<E>> Registered<E, H> {
    /// Calls the handler.
    async fn attempt(&self, delivery: &Delivery, call: Call) -> End {
        let given = delivery.for_handler();
        let attempt = async {
            let event = E::decode(&given.event, &given.body).map_err(FailureCause::Decode)?;
            let called = match call {
                Call::Handle => self.handler.handle(&event, &given),
                Call::Superseded => self.handler.superseded(&event, &given),
            };
            called.await.map_err(FailureCause::Error)
        };
        match within(self.registration.deadline, &given, catching(attempt)).await {
            Ok(()) => End::Done,
            Err(cause) => End::Failed(Failure { handler: self.handler_name(), cause }),
        }
    }
}

/// Runs a handler until its deadline, if it has one.
async fn within(
    deadline: Option<Duration>,
    delivery: &Delivery,
    attempt: impl Future<Output = Result<(), FailureCause>>,
) -> Result<(), FailureCause> {
    let Some(deadline) = deadline else { return attempt.await };
    let mut attempt = pin!(attempt);
    match timeout(deadline, attempt.as_mut()).await {
        Ok(ended) => ended,
        Err(_) => {
            // Said before the handler is dropped, which may want to know.
            delivery.interrupt(Interruption::Deadline);
            Err(FailureCause::Deadline(deadline))
        }
    }
}

/// Runs a handler unless a newer delivery takes its place meanwhile.
async fn unless_superseded(delivery: &Delivery, attempt: impl Future<Output = End>) -> End {
    tokio::select! {
        biased;
        () = delivery.interrupted.superseded() => End::Superseded,
        end = attempt => end,
    }
}

/// Runs a handler to its end; a panic becomes a failure.
async fn catching(
    attempt: impl Future<Output = Result<(), FailureCause>>,
) -> Result<(), FailureCause> {
    let mut attempt = std::pin::pin!(attempt);
    // After a panic the future is dropped unpolled, so nothing sees what it may have left broken.
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(FailureCause::Panic(panic_message(panic.as_ref())))),
    })
    .await
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no message".to_owned(),
    }
}

/// Polls all futures until all are ready. There are as many as an event has handlers, so polling
/// each of them at every wake-up is cheaper than keeping book of who woke.
async fn join_all<F: Future + Unpin>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Result<F::Output, F>> = futures.map(Err).collect();
    poll_fn(|context| {
        let mut all_ready = true;
        for slot in &mut running {
            if let Err(future) = slot {
                match Pin::new(future).poll(context) {
                    Poll::Ready(output) => *slot = Ok(output),
                    Poll::Pending => all_ready = false,
                }
            }
        }
        if all_ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(Result::ok).collect()
}
