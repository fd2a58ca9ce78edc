use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Runs a future of somebody else's; a panic becomes its message. That goes for beginning it, for
/// polling it and for dropping it.
///
/// (A panic cannot be caught in a program that is built to abort on panic.)
pub(crate) struct Contained<'a, T> {
    state: State<'a, T>,
}

enum State<'a, T> {
    Running(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
    Panicked(String),
    Ended,
}

impl<'a, T> Contained<'a, T> {
    /// The future that this function begins.
    pub(crate) fn begin(
        begin: impl FnOnce() -> Pin<Box<dyn Future<Output = T> + Send + 'a>>,
    ) -> Self {
        let state = match catch_unwind(AssertUnwindSafe(begin)) {
            Ok(future) => State::Running(future),
            Err(panic) => State::Panicked(message_of(&*panic)),
        };
        Self { state }
    }

    /// Drops the future, if it is still there.
    fn end(&mut self) -> State<'a, T> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        if let State::Running(future) = state {
            // What it leaves behind is not looked at by anybody here.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
            return State::Ended;
        }
        state
    }
}

impl<T> Future for Contained<'_, T> {
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let State::Running(future) = &mut self.state else {
            return match self.end() {
                State::Panicked(message) => Poll::Ready(Err(message)),
                _ => Poll::Pending,
            };
        };
        let end = match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panic) => Err(message_of(&*panic)),
        };
        self.end();
        Poll::Ready(end)
    }
}

impl<T> Drop for Contained<'_, T> {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a panic said.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no message".to_owned(),
    }
}
