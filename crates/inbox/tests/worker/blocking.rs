//! Handlers that block all threads of their runtime.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Attempt, HandlerError, Router, handler_fn};
use hookstead_inbox::Filter;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};

use crate::support::{
    AnyStore, Number, accept, count, inbox, on_all_stores, one_lane, patiently, worker,
};

/// Long enough that a busy machine renews it in time.
const LEASE: Duration = Duration::from_secs(1);

on_all_stores! {
    blocked_threads_lose_no_lease
    blocked_handlers_are_never_two_in_a_lane
}

async fn blocked_threads_lose_no_lease(store: AnyStore) {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let (go_on, gate) = channel::<()>();
    let gate: Arc<Mutex<Receiver<()>>> = Arc::new(Mutex::new(gate));
    let router = Router::new().on::<Number>(handler_fn(move |_: Number, attempt: Attempt| {
        let (begun, gate) = (begun.clone(), Arc::clone(&gate));
        async move {
            begun.send((attempt.delivery().id.to_string(), attempt.number()))?;
            // Not a point at which anything else could run.
            let _ = gate.lock().unwrap().recv();
            Ok::<_, HandlerError>(())
        }
    }));
    let inboxes = [(); 2].map(|()| inbox(&store, router.clone()));
    for id in ["1", "2"] {
        accept(&inboxes[0], id, "1").await;
    }
    // A program whose two threads both block; this test runs on others.
    let program = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let one = worker(&inboxes[0]).lease(LEASE);
    let working = program.spawn(one.run(async { stopped.await.unwrap_or_default() }));
    let mut first = [begins.recv().await.unwrap(), begins.recv().await.unwrap()];
    first.sort();
    assert_eq!(first, [("1".to_owned(), 1), ("2".to_owned(), 1)]);

    // Another worker gets nothing, however long it waits.
    let another = worker(&inboxes[1]).lease(LEASE);
    another.run(tokio::time::sleep(3 * LEASE)).await;
    assert!(begins.try_recv().is_err());

    drop(go_on);
    let all_done = async {
        while count(&inboxes[0]).await.done < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    patiently(all_done).await;
    for entry in inboxes[0].list(Filter::default()).all().await.unwrap() {
        assert_eq!((entry.number, entry.abandoned), (1, 0));
    }
    drop(stop);
    patiently(working).await.unwrap();
    program.shutdown_background();
}

/// Each handler blocks its thread for longer than a lease, and there are as many of them as threads.
async fn blocked_handlers_are_never_two_in_a_lane(store: AnyStore) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let handler = handler_fn({
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |_: Number, _: Attempt| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(2 * LEASE);
                now.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, HandlerError>(())
            }
        }
    });
    let router = Router::new().on_with::<Number>(handler, one_lane);
    let programs = [(); 2]
        .map(|()| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
    let inboxes = [(); 2].map(|()| inbox(&store, router.clone()));
    let mut stops = Vec::new();
    let mut workings = Vec::new();
    for (inbox, program) in inboxes.iter().zip(&programs) {
        let (stop, stopped) = oneshot::channel::<()>();
        stops.push(stop);
        let worker = worker(inbox).lease(LEASE);
        workings.push(program.spawn(worker.run(async { stopped.await.unwrap_or_default() })));
    }
    for number in 0..3 {
        accept(&inboxes[number % 2], &number.to_string(), "1").await;
    }
    while count(&inboxes[0]).await.done < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
    drop(stops);
    for working in workings {
        working.await.unwrap();
    }
    for program in programs {
        program.shutdown_background();
    }
}
