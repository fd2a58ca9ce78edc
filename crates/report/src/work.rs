use std::any::Any;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

/// How work ended.
pub(crate) enum End<T> {
    Done(T),
    Panicked(Box<dyn Any + Send>),
    TooLate(Duration),
}

/// Does the work until it is done, panics or reaches its deadline, and something else beside it. When
/// this returns, the work is dropped: it is over before anybody says so.
pub(crate) async fn until_the_end<T>(
    work: impl Future<Output = T>,
    deadline: Option<Duration>,
    beside: impl Future<Output = Infallible>,
) -> End<T> {
    let mut work = pin!(work);
    let mut beside = pin!(beside);
    let mut too_late = pin!(async {
        match deadline {
            Some(deadline) => {
                sleep(deadline).await;
                deadline
            }
            None => pending().await,
        }
    });
    poll_fn(|context| {
        // After a panic the work is only dropped, so nobody sees what it left half-done.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Ready(outcome)) => return Poll::Ready(End::Done(outcome)),
            Err(panic) => return Poll::Ready(End::Panicked(panic)),
            Ok(Poll::Pending) => {}
        }
        if let Poll::Ready(deadline) = too_late.as_mut().poll(context) {
            return Poll::Ready(End::TooLate(deadline));
        }
        beside.as_mut().poll(context).map(|never| match never {})
    })
    .await
}
