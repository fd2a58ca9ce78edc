//! Handlers that block all threads of their runtime.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Delivery, HandlerError, Router, handler_fn};
use hookstead_inbox::{Filter, Inbox, Worker};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};

use super::support::{Number, accept, on_all_stores, patiently};

const LEASE: Duration = Duration::from_millis(300);

on_all_stores! {
    blocked_threads_lose_no_lease
}

async fn blocked_threads_lose_no_lease(inbox: Arc<dyn Inbox>) {
    for id in ["1", "2"] {
        accept(&inbox, id, "1").await;
    }
    let (begun, mut begins) = mpsc::unbounded_channel();
    let (go_on, gate) = channel::<()>();
    let gate: Arc<Mutex<Receiver<()>>> = Arc::new(Mutex::new(gate));
    let router = Router::new().on::<Number>(handler_fn(move |_: Number, delivery: Delivery| {
        let (begun, gate) = (begun.clone(), Arc::clone(&gate));
        async move {
            begun.send((delivery.id.to_string(), delivery.attempt))?;
            // Not a point at which anything else could run.
            let _ = gate.lock().unwrap().recv();
            Ok::<_, HandlerError>(())
        }
    }));
    // A program whose two threads both block; this test runs on others.
    let program = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::new(Arc::clone(&inbox), router.clone()).lease(LEASE);
    let working = program.spawn(worker.run(async { stopped.await.unwrap_or_default() }));
    let mut first = [begins.recv().await.unwrap(), begins.recv().await.unwrap()];
    first.sort();
    assert_eq!(first, [("1".to_owned(), 1), ("2".to_owned(), 1)]);

    // Another worker gets nothing, however long it waits.
    let another = Worker::new(Arc::clone(&inbox), router).lease(LEASE);
    another.poll_interval(Duration::from_millis(10)).run(tokio::time::sleep(5 * LEASE)).await;
    assert!(begins.try_recv().is_err());

    drop(go_on);
    let all_done = async {
        while inbox.depth().await.unwrap().done < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    patiently(all_done).await;
    for entry in inbox.list(Filter::default()).await.unwrap() {
        assert_eq!(entry.delivery.attempt, 1);
    }
    drop(stop);
    patiently(working).await.unwrap();
    program.shutdown_background();
}
