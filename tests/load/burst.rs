use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookstead_tests::Postgres;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::good_clients::{join, on_a_thread};
use crate::row::Demand;
use crate::scenario::{Stage, play};
use crate::server::{Files, HOME};

/// A burst comes over so many connections.
const CONNECTIONS: usize = 64;

/// As many clients come at once, each with a new connection.
const WAVE: usize = 1000;

/// Deliveries as fast as they are answered, over connections that are kept.
pub(crate) fn burst(name: &str, postgres: Option<&Postgres>) {
    play(async |size| {
        let stage = Stage::set(name, Files::Plenty, HOME, postgres).await;
        let post = Arc::clone(&stage.post);
        let sending = on_a_thread(move || async move {
            let left = Arc::new(AtomicUsize::new(size.burst));
            let mut senders = JoinSet::new();
            for _ in 0..CONNECTIONS {
                let (post, left) = (Arc::clone(&post), Arc::clone(&left));
                senders.spawn(async move {
                    let (mut kept, mut sent) = (None, Vec::new());
                    let take = |left: usize| left.checked_sub(1);
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                        sent.push(post.deliver_on(&mut kept).await);
                    }
                    sent
                });
            }
            senders.join_all().await.concat()
        });
        let sent = join(sending).await;
        assert_eq!(sent.len(), size.burst);
        stage.close(CONNECTIONS, sent, Demand::Prompt).await
    });
}

/// Clients that all come at the same moment, each second again.
pub(crate) fn wave(name: &str) {
    play(async |size| {
        let stage = Stage::set(name, Files::Plenty, HOME, None).await;
        let post = Arc::clone(&stage.post);
        let number = size.of(WAVE);
        let sending = on_a_thread(move || async move {
            let mut sent = Vec::new();
            for _ in 0..size.stay.as_secs().max(1) {
                let barrier = Arc::new(Barrier::new(number));
                let mut clients = JoinSet::new();
                for _ in 0..number {
                    let (post, barrier) = (Arc::clone(&post), Arc::clone(&barrier));
                    clients.spawn(async move {
                        barrier.wait().await;
                        post.deliver().await
                    });
                }
                sent.extend(clients.join_all().await);
            }
            sent
        });
        let sent = join(sending).await;
        stage.close(number, sent, Demand::Prompt).await
    });
}
