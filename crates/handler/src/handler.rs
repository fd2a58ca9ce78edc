use std::fmt;
use std::marker::PhantomData;

use async_trait::async_trait;

use crate::attempt::Attempt;
use crate::end::End;
use crate::error::HandlerError;

/// Does the work for the events `E`.
///
/// One type may handle several events, each by an implementation of its own. `Handler<AnyEvent>`
/// sees every event.
///
/// A handler runs **at least once** for each delivery that it takes: when it fails, when its process
/// dies, when somebody redelivers, it runs again, alone. So it should not mind having run before;
/// reporting the same status twice is fine, creating a second deployment may not be. What was done
/// need not be done again where it is a [step](Attempt::step).
///
/// # When it does not compile
///
/// | the compiler says | the cure |
/// |---|---|
/// | `lifetime parameters or bounds on method handle do not match` | write `#[async_trait]` before the `impl` |
/// | `does not handle` | the event in `on::<...>` is the one in `impl Handler<...>`; a closure goes through [`handler_fn`] |
/// | `future cannot be sent between threads safely` | drop what is not `Send`, such as an `Rc` or a lock's guard, before the `.await` |
/// | `does not live long enough`, `lifetime bound not satisfied` | let the handler own what it uses, or share it by an `Arc` |
/// | `cannot make a HandlerError`, `couldn't convert the error` | `.map_err(HandlerError::retry)?`: see [`HandlerError`] |
///
/// # When it is stopped
///
/// A handler is stopped by dropping its future: when the server shuts down, its deadline passes, a
/// newer task takes its place, somebody cancels it, or its lease is lost. The
/// [attempt](Attempt::interruption) says which. So
///
/// * a handler that blocks its thread cannot be stopped. Give such work to
///   `tokio::task::spawn_blocking`, or run it as a process;
/// * a process that it started goes on. With `kill_on_drop(true)`, tokio's `Command` ends the process
///   with the future; a shell's own children need a process group or a container that is ended as a
///   whole;
/// * when the server itself is killed, nothing of that runs, and its children survive it. On Linux,
///   `systemd` ends them with the service (`KillMode=control-group`, the default), a container with
///   its first process. Elsewhere the next attempt should look for what the one before has left
///   running: it begins as soon as the lease has ended.
///
/// ```
/// use hookstead_events::{DeploymentEvent, PushEvent};
/// use hookstead_handler::{Attempt, Handler, HandlerError, Router, async_trait};
///
/// struct Log;
///
/// #[async_trait]
/// impl Handler<PushEvent> for Log {
///     async fn handle(&self, event: &PushEvent, attempt: &Attempt) -> Result<(), HandlerError> {
///         println!("{}: {} is at {}", attempt.delivery().id, event.r#ref, event.after);
///         Ok(())
///     }
/// }
///
/// #[async_trait]
/// impl Handler<DeploymentEvent> for Log {
///     async fn handle(&self, event: &DeploymentEvent, _: &Attempt) -> Result<(), HandlerError> {
///         println!("deploying to {}", event.deployment.environment);
///         Ok(())
///     }
/// }
///
/// let router = Router::new().on::<PushEvent>(Log).on::<DeploymentEvent>(Log);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle `{E}`",
    label = "`Handler<{E}>` is not implemented for this",
    note = "implement it: `#[hookstead::async_trait] impl hookstead::Handler<{E}> for ...`, with an `async fn handle`",
    note = "the event in `on::<...>` is the one in the `impl`; a closure becomes a handler by `hookstead::handler_fn`"
)]
#[async_trait]
pub trait Handler<E>: Send + Sync + 'static {
    /// Handles one event. Whatever it returns is the outcome of this attempt.
    // The compiler shows the next line to who forgets the attribute, so its cure stands there.
    async fn handle(&self, event: &E, attempt: &Attempt) -> Result<(), HandlerError>; // the `impl` needs #[async_trait]

    /// Cleans up after a run that ended without success, whatever the reason: a status that still says
    /// *pending*, say. By default there is nothing to clean up.
    ///
    /// The event is not given, since it may be what does not decode; the delivery is there. No attempt
    /// at the task is at work any longer, and a new run begins only after this. It is called at least
    /// once, for at most 30 s each time; an error or a panic makes it be called again, a few times.
    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let _ = (attempt, end);
        Ok(())
    }
}

/// A shared handler is a handler.
#[async_trait]
impl<E: Send + Sync + 'static, H: Handler<E> + ?Sized> Handler<E> for std::sync::Arc<H> {
    async fn handle(&self, event: &E, attempt: &Attempt) -> Result<(), HandlerError> {
        self.as_ref().handle(event, attempt).await
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        self.as_ref().ended(attempt, end).await
    }
}

/// Makes a handler of a closure that returns a future. The closure gets an event of its own and the
/// attempt, so that its future can keep them.
///
/// ```
/// use hookstead_events::PullRequestEvent;
/// use hookstead_handler::{Attempt, Router, handler_fn};
///
/// let router = Router::new().on::<PullRequestEvent>(handler_fn(
///     async |event: PullRequestEvent, _: Attempt| {
///         println!("It's {}", event.pull_request.title);
///         Ok(())
///     },
/// ));
/// ```
pub fn handler_fn<E, F, R>(function: F) -> HandlerFn<E, F>
where
    E: Clone + Send + Sync + 'static,
    F: Fn(E, Attempt) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), HandlerError>> + Send,
{
    HandlerFn { function, event: PhantomData }
}

/// A closure as a handler, made by [`handler_fn`].
#[derive(Clone)]
pub struct HandlerFn<E, F> {
    function: F,
    event: PhantomData<fn(E)>,
}

impl<E, F> fmt::Debug for HandlerFn<E, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HandlerFn")
    }
}

#[async_trait]
impl<E, F, R> Handler<E> for HandlerFn<E, F>
where
    E: Clone + Send + Sync + 'static,
    F: Fn(E, Attempt) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), HandlerError>> + Send,
{
    async fn handle(&self, event: &E, attempt: &Attempt) -> Result<(), HandlerError> {
        (self.function)(event.clone(), attempt.clone()).await
    }
}
