use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use hookstead_tests::TestServer;
use serde_json::json;
use tokio::sync::watch;

use crate::{LEASE, Sent};

/// Senders pause while so many wait in the inbox, so that the end is near once they stop.
const AHEAD: u64 = 300;

/// What the handlers of a delivery do in the end; its id says so, too.
const THENS: [(&str, u64); 3] = [("done", 90), ("again", 95), ("for ever", 100)];

/// Posts deliveries of all kinds until it is told to stop.
pub(crate) async fn post(
    sender: u64,
    mut dice: Rng,
    servers: Arc<Vec<TestServer>>,
    pending: Arc<AtomicU64>,
    sent: Arc<Mutex<Sent>>,
    stopped: watch::Receiver<bool>,
) {
    let mut number = 0;
    while !*stopped.borrow() {
        if pending.load(Ordering::Relaxed) > AHEAD {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        }
        number += 1;
        let (event, lane) = match dice.u64(0..4) {
            0 | 1 => ("push", None),
            2 => ("push", Some(format!("lane-{}", dice.u64(0..30)))),
            _ => ("deployment", Some(format!("latest-{}", dice.u64(0..30)))),
        };
        let portion = dice.u64(0..100);
        let then = THENS.iter().find(|(_, below)| portion < *below).map_or("done", |it| it.0);
        let id = format!("{sender}-{number}-{}", then.replace(' ', "-"));
        let work = match dice.u64(0..300) {
            // Outlives its lease.
            0 => LEASE.mul_f64(1.5).as_millis() as u64,
            1..10 => dice.u64(100..500),
            _ => dice.u64(0..20),
        };
        // Of a kind that does not pack.
        let length = dice.usize(0..10_000);
        let padding: String = std::iter::repeat_with(|| dice.alphanumeric()).take(length).collect();
        let body = json!({ "lane": lane, "work": work, "then": then, "padding": padding });
        loop {
            let server = dice.choice(servers.iter()).unwrap();
            let task = (id.clone(), format!("{}.{event}", server.program_name()));
            let answer = server.sender().delivery_id(&id).send(event, body.to_string()).await;
            let is_accepted = answer.is_ok_and(|answer| answer.status.is_success());
            {
                let mut sent = sent.lock().unwrap();
                if is_accepted {
                    sent.accepted.insert(task);
                    break;
                }
                sent.unsure.insert(task);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            // Somebody may press Redeliver, or not.
            if dice.bool() {
                break;
            }
        }
    }
}
