use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use async_trait::async_trait;
use hookstead_events::{Event, EventName};

use crate::{Delivery, Failure, FailureCause, Handler, Outcome};

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
    pub fn on<E: Event>(mut self, handler: impl Handler<E>) -> Self {
        self.routes.push(Arc::new(Registered { handler, event: PhantomData }));
        self
    }

    /// Whether there is a handler for this event.
    #[must_use]
    pub fn takes(&self, event: &EventName) -> bool {
        self.routes.iter().any(|route| route.takes(event))
    }

    /// Gives a delivery to every handler of its event, all at the same time, and waits for the last.
    ///
    /// A panic is caught and counts as that handler's failure. (It cannot be caught in a program
    /// that is built to abort on panic.)
    pub async fn dispatch(&self, delivery: &Delivery) -> Outcome {
        let routes = self.routes.iter().filter(|route| route.takes(&delivery.event));
        let failures = join_all(routes.map(|route| route.run(delivery))).await;
        Outcome::new(failures.into_iter().flatten().collect())
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
    async fn run(&self, delivery: &Delivery) -> Option<Failure>;

    fn takes(&self, event: &EventName) -> bool {
        self.event_name().is_none_or(|name| name == *event)
    }
}

struct Registered<E, H> {
    handler: H,
    event: PhantomData<fn(E)>,
}

#[async_trait]
impl<E: Event, H: Handler<E>> Route for Registered<E, H> {
    fn event_name(&self) -> Option<EventName> {
        E::NAME
    }

    fn handler_name(&self) -> &'static str {
        std::any::type_name::<H>()
    }

    async fn run(&self, delivery: &Delivery) -> Option<Failure> {
        let attempt = async {
            let event = E::decode(&delivery.event, &delivery.body).map_err(FailureCause::Decode)?;
            self.handler.handle(&event, delivery).await.map_err(FailureCause::Error)
        };
        let cause = catching(attempt).await.err()?;
        Some(Failure { handler: self.handler_name(), cause })
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
