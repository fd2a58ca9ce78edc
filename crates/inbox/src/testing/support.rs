use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::{Delivery, DeliveryId, Lane};

use crate::{Entry, Filter, Inbox, LeaseRequest, LeaseToken, Leased, Settlement};

/// A lease that does not end during a test.
pub(super) const LONG: Duration = Duration::from_secs(60 * 60);

/// A lease or a pause whose end a test waits for.
pub(super) const SHORT: Duration = Duration::from_millis(50);

/// Clocks are read in whole milliseconds, at both ends of a span.
pub(super) const TOLERANCE: Duration = Duration::from_millis(2);

/// More attempts than any test makes.
pub(super) const MANY: u32 = 1000;

pub(super) fn id(text: &str) -> DeliveryId {
    text.parse().unwrap()
}

pub(super) fn delivery(text: &str) -> Delivery {
    Delivery::new(id(text), "push".into(), format!("body of {text}"))
}

pub(super) fn in_lane(text: &str, lane: Lane) -> Delivery {
    let mut delivery = delivery(text);
    delivery.lane = Some(lane);
    delivery
}

/// Accepts a delivery in a lane.
pub(super) async fn accept_in(inbox: &Arc<dyn Inbox>, text: &str, lane: Lane) {
    inbox.accept(in_lane(text, lane)).await.unwrap();
}

pub(super) async fn accept(inbox: &Arc<dyn Inbox>, text: &str) {
    inbox.accept(delivery(text)).await.unwrap();
}

/// Leases what is ready now.
pub(super) async fn lease(inbox: &Arc<dyn Inbox>, limit: usize, duration: Duration) -> Vec<Leased> {
    inbox.lease(LeaseRequest::new(limit, duration, MANY)).await.unwrap()
}

/// Leases the one delivery that is ready now, for long.
pub(super) async fn lease_one(inbox: &Arc<dyn Inbox>) -> Leased {
    let mut leased = lease(inbox, 1, LONG).await;
    leased.pop().expect("a delivery should be ready")
}

/// Waits until a delivery is ready, and leases it.
pub(super) async fn lease_when_ready(inbox: &Arc<dyn Inbox>, duration: Duration) -> Leased {
    loop {
        if let Some(leased) = lease(inbox, 1, duration).await.pop() {
            return leased;
        }
        inbox.wait(Duration::from_millis(5)).await;
    }
}

/// Nothing is ready now.
pub(super) async fn expect_nothing_ready(inbox: &Arc<dyn Inbox>) {
    let leased = lease(inbox, 10, LONG).await;
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert!(ids.is_empty(), "nothing should be ready, but {ids:?} are");
}

pub(super) async fn settle(inbox: &Arc<dyn Inbox>, token: LeaseToken, settlement: Settlement) {
    assert!(inbox.settle(token, settlement).await.unwrap(), "the lease should be held");
}

pub(super) fn retry(after: Duration) -> Settlement {
    Settlement::Retry { after, error: "a passing trouble".to_owned() }
}

pub(super) fn dead() -> Settlement {
    Settlement::Dead { error: "a lasting trouble".to_owned() }
}

/// Accepts a delivery and settles its first lease like this.
pub(super) async fn accept_and_settle(inbox: &Arc<dyn Inbox>, text: &str, settlement: Settlement) {
    accept(inbox, text).await;
    let leased = lease_one(inbox).await;
    assert_eq!(leased.delivery.id, id(text));
    settle(inbox, leased.token, settlement).await;
}

/// What the inbox knows of the one delivery with this id.
pub(super) async fn entry(inbox: &Arc<dyn Inbox>, text: &str) -> Entry {
    let filter = Filter::default().with_id(id(text)).with_bodies();
    let mut entries = inbox.list(filter).await.unwrap();
    assert_eq!(entries.len(), 1, "there should be one {text}");
    entries.pop().unwrap()
}
