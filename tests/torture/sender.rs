use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Map, json};
use tokio::sync::watch;

use crate::LEASE;
use crate::books::{Key, Plan, Sent};
use crate::cast::{Cast, HANDLERS};

/// Senders pause while so many tasks wait in the inbox, so that the end is near once they stop.
const AHEAD: u64 = 300;

/// What one of a delivery's handlers does in the end; all others are done at once.
const THENS: [(&str, u64); 4] = [("done", 80), ("again", 88), ("wait", 92), ("for ever", 100)];

/// Posts deliveries of all kinds until it is told to stop.
pub(crate) async fn post(
    sender: u64,
    mut dice: Rng,
    cast: Arc<Cast>,
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
        let id = format!("{sender}-{number}");
        let (plan, body) = invent(&mut dice);
        sent.lock().unwrap().plans.insert(id.clone(), plan.clone());
        // One that GitHub sends to both hooks has the same id.
        let mut programs = cast.programs();
        dice.shuffle(&mut programs);
        let hooks = if dice.u64(0..3) == 0 { programs.len() } else { 1 };
        for program in programs.into_iter().take(hooks) {
            let key = Key { program, id: id.clone() };
            deliver(&key, plan.event, &body, &mut dice, &cast, &sent).await;
        }
    }
}

/// What is sent, and what is to become of it.
fn invent(dice: &mut Rng) -> (Plan, String) {
    let (event, lane) = match dice.u64(0..8) {
        0..3 => ("push", None),
        3..5 => ("push", Some(format!("lane-{}", dice.u64(0..30)))),
        5..7 => ("deployment", Some(format!("latest-{}", dice.u64(0..30)))),
        _ => ("deployment_status", None),
    };
    let portion = dice.u64(0..100);
    let then = THENS.iter().find(|(_, below)| portion < *below).map_or("done", |it| it.0);
    let named = *dice.choice(&HANDLERS).unwrap();
    // One of them may have nothing to do with it.
    let not: Vec<&str> =
        (dice.u64(0..10) == 0).then(|| *dice.choice(&HANDLERS).unwrap()).into_iter().collect();
    let work = match dice.u64(0..300) {
        // Outlives its lease.
        0 => LEASE.mul_f64(1.5).as_millis() as u64,
        1..10 => dice.u64(100..500),
        _ => dice.u64(0..20),
    };
    // Of a kind that does not pack.
    let length = dice.usize(0..10_000);
    let padding: String = std::iter::repeat_with(|| dice.alphanumeric()).take(length).collect();
    let thens: Map<_, _> = [(named.to_owned(), then.into())].into_iter().collect();
    let body = json!({
        "lane": lane, "work": work, "then": thens, "not": not, "step": dice.bool(), "padding": padding,
    });
    (Plan { event, then: (named, then), not }, body.to_string())
}

/// Posts it to a server of the program, until it is accepted or nobody cares any longer.
async fn deliver(
    key: &Key,
    event: &str,
    body: &str,
    dice: &mut Rng,
    cast: &Cast,
    sent: &Mutex<Sent>,
) {
    loop {
        let server = cast.server_of(key.program, dice);
        let hook = cast.hook_of(key.program);
        let sender = server.sender().hook_id(hook).delivery_id(&key.id);
        let answer = sender.send(event, body.to_owned()).await;
        let status = answer.map_or(0, |answer| answer.status.as_u16());
        {
            let mut sent = sent.lock().unwrap();
            match status {
                202 => {
                    sent.accepted.insert(key.clone());
                    return;
                }
                // Every handler said no, or the program has none for it.
                200 => {
                    sent.declined.insert(key.clone());
                    return;
                }
                _ => sent.unsure.insert(key.clone()),
            };
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        // Somebody may press Redeliver, or not.
        if dice.bool() {
            return;
        }
    }
}
