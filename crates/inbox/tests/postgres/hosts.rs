//! Two inboxes, as two hosts have, with one database between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookstead_handler::{Delivery, HandlerError, Interruption, Lane, Router, handler_fn};
use hookstead_inbox::{EntryState, Filter, Inbox, PostgresInbox, Settlement, Worker};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::store::Schema;
use crate::{LONG, Push, delivery, lease_one, soon};

/// What the receiver does: it asks the router for the lane.
async fn accept(inbox: &PostgresInbox, router: &Router, id: &str) {
    let mut delivery = delivery(id);
    delivery.lane = router.lane(&delivery);
    assert_eq!(delivery.lane.as_ref().unwrap().key, "the one");
    inbox.accept(delivery).await.unwrap();
}

fn start(workers: &mut JoinSet<()>, inbox: &Arc<PostgresInbox>, router: &Router) {
    let worker = Worker::new(Arc::clone(inbox) as Arc<dyn Inbox>, router.clone());
    workers.spawn(worker.run(std::future::pending()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_is_one_on_two_hosts() {
    const DELIVERIES: usize = 60;
    let Some(schema) = Schema::new().await else { return };
    let hosts = [Arc::new(schema.inbox().await), Arc::new(schema.inbox().await)];
    let is_held = Arc::new(AtomicBool::new(false));
    let handled = Arc::new(AtomicUsize::new(0));
    let (done, mut all_done) = mpsc::unbounded_channel();
    let handler = {
        let (is_held, handled) = (Arc::clone(&is_held), Arc::clone(&handled));
        move |_: Push, _: Delivery| {
            let (is_held, handled, done) =
                (Arc::clone(&is_held), Arc::clone(&handled), done.clone());
            async move {
                let was_held = is_held.swap(true, Ordering::SeqCst);
                tokio::task::yield_now().await;
                is_held.store(false, Ordering::SeqCst);
                if was_held {
                    done.send(Err("two are in the lane"))?;
                } else if handled.fetch_add(1, Ordering::SeqCst) + 1 == DELIVERIES {
                    done.send(Ok(()))?;
                }
                Ok::<(), HandlerError>(())
            }
        }
    };
    let router = Router::new()
        .on_with::<Push>(handler_fn(handler), |it| it.lane(|_: &Push| "the one".to_owned()));
    let mut workers = JoinSet::new();
    for host in &hosts {
        for _ in 0..8 {
            start(&mut workers, host, &router);
        }
    }
    for number in 0..DELIVERIES {
        accept(&hosts[number % 2], &router, &number.to_string()).await;
    }
    soon(all_done.recv()).await.unwrap().unwrap();
}

/// Tells why it was dropped.
struct Told {
    delivery: Delivery,
    tell: mpsc::UnboundedSender<(String, Option<Interruption>)>,
}

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.tell.send((self.delivery.id.to_string(), self.delivery.interruption()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_on_one_host_is_superseded_by_another() {
    let Some(schema) = Schema::new().await else { return };
    let (here, there) = (Arc::new(schema.inbox().await), Arc::new(schema.inbox().await));
    let (tell, mut told) = mpsc::unbounded_channel();
    let (start_telling, mut started) = mpsc::unbounded_channel();
    // The handler of the old one never ends by itself.
    let handler = move |_: Push, delivery: Delivery| {
        let (tell, started) = (tell.clone(), start_telling.clone());
        async move {
            let told = Told { delivery, tell };
            started.send(told.delivery.id.to_string())?;
            if told.delivery.id.as_str() == "old" {
                std::future::pending::<()>().await;
            }
            Ok::<(), HandlerError>(())
        }
    };
    let router = Router::new().on_with::<Push>(handler_fn(handler), |it| {
        it.lane(|_: &Push| "the one".to_owned()).latest_only()
    });
    let mut workers = JoinSet::new();
    start(&mut workers, &here, &router);
    accept(&here, &router, "old").await;
    assert_eq!(soon(started.recv()).await.unwrap(), "old");
    let before = Instant::now();
    accept(&there, &router, "new").await;
    let interrupted = soon(told.recv()).await.unwrap();
    assert_eq!(interrupted, ("old".to_owned(), Some(Interruption::Superseded)));
    println!("the old one was interrupted after {:?}", before.elapsed());
    assert_eq!(soon(told.recv()).await.unwrap(), ("new".to_owned(), None));
    soon(async {
        while there.depth().await.unwrap().done < 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let old = Filter::default().with_id("old".parse().unwrap());
    let old = there.list(old).await.unwrap().pop().unwrap();
    assert_eq!(old.state, EntryState::Superseded);
    assert_eq!(old.superseded_by.unwrap().as_str(), "new");
}

/// A worker waits for a delivery of its lane that another host has.
#[tokio::test]
async fn a_free_lane_is_heard_of_by_other_hosts() {
    let Some(schema) = Schema::new().await else { return };
    let (here, there) = (schema.inbox().await, Arc::new(schema.inbox().await));
    for id in ["one", "two"] {
        let mut delivery = delivery(id);
        delivery.lane = Some(Lane::new("the one"));
        here.accept(delivery).await.unwrap();
    }
    let one = lease_one(&here).await;
    let waiting = {
        let there = Arc::clone(&there);
        tokio::spawn(async move { there.wait(LONG).await })
    };
    // Long after it began to listen; if not, then it hears of the listening, which is as good.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "there is nothing to lease");
    assert!(here.settle(one.token, Settlement::Done).await.unwrap());
    soon(waiting).await.unwrap();
    assert_eq!(lease_one(&there).await.delivery.id.as_str(), "two");
}
