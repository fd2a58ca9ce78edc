use std::any::Any;
use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// How work ended.
pub(crate) enum WorkEnd<T> {
    Done(T),
    Panicked(Box<dyn Any + Send>),
}

/// Does the work until it is done or panics, and something else beside it. When this returns, the work is
/// dropped: it is over before anybody says so.
pub(crate) async fn until_the_end<T>(
    work: impl Future<Output = T>,
    beside: impl Future<Output = Infallible>,
) -> WorkEnd<T> {
    let mut work = pin!(work);
    let mut beside = pin!(beside);
    poll_fn(|context| {
        // After a panic the work is only dropped, so nobody sees what it left half-done.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Ready(outcome)) => return Poll::Ready(WorkEnd::Done(outcome)),
            Err(panic) => return Poll::Ready(WorkEnd::Panicked(panic)),
            Ok(Poll::Pending) => {}
        }
        beside.as_mut().poll(context).map(|never| match never {})
    })
    .await
}
