//! Fills stores.

use crate::place::Place;
use crate::shape::Shape;
use crate::subject::Subject;

/// So many are accepted at the same time.
const TOGETHER: u64 = 256;

/// A store with so many of these.
pub(crate) async fn fill(place: &Place<'_>, shape: Shape, count: u64) -> Subject {
    let subject = place.open().await;
    if matches!(place, Place::Memory) {
        for _ in 0..count {
            accept(&subject, shape).await;
        }
        return subject;
    }
    // In a lane the first is its head, and the others are like the second.
    for _ in 0..2 {
        accept(&subject, shape).await;
    }
    drop(subject);
    match place {
        Place::Sqlite(path) => crate::sqlite::multiply(path, shape, count),
        #[cfg(feature = "postgres")]
        Place::Postgres(database, name) => {
            let schema = database.schema(name);
            crate::postgres::multiply(database, &schema, shape, count).await;
        }
        _ => {}
    }
    place.open().await.after_version(i64::try_from(count).unwrap() + 2)
}

/// Accepts one, and handles it if that is the shape.
async fn accept(subject: &Subject, shape: Shape) {
    subject.accept(subject.filling(shape)).await;
    if matches!(shape, Shape::History | Shape::Settled) {
        drain(subject).await;
    }
}

/// Accepts and handles so many.
pub(crate) async fn handle(subject: &Subject, shape: Shape, count: u64) {
    let mut left = count;
    while left > 0 {
        let some = left.min(TOGETHER);
        let accepted = (0..some).map(|_| subject.accept(subject.filling(shape)));
        all(accepted.collect()).await;
        drain(subject).await;
        left -= some;
    }
}

async fn drain(subject: &Subject) {
    loop {
        let leased = subject.lease().await;
        if leased.is_empty() {
            return;
        }
        subject.settle(&leased).await;
    }
}

/// Waits for all of these at the same time.
async fn all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
