//! An event, and handlers for it.

#![allow(dead_code, reason = "each of the tests needs some of it")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hookstead_events::{DecodeError, Event, EventName, Timestamp, decode_json};
use hookstead_handler::{Attempt, Delivery, Handler, HandlerError, Interruption, async_trait};
use tokio::sync::Notify;

/// As much of a `push` as these tests need; a type of a user's own is an event, too.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) branch: String,
    pub(crate) at: String,
}

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        let mut fields: HashMap<String, String> = decode_json(name, payload)?;
        if let Some(count) = fields.get("count") {
            COUNTED.lock().unwrap().push(count.clone());
        }
        let mut field = |name: &str| fields.remove(name).unwrap_or_default();
        Ok(Self { branch: field("branch"), at: field("at") })
    }
}

/// The payloads that asked to be counted, each time they were decoded.
static COUNTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// How often the payload with this `count` was decoded.
pub(crate) fn times_decoded(count: &str) -> usize {
    COUNTED.lock().unwrap().iter().filter(|counted| *counted == count).count()
}

pub(crate) const MAIN: &str = r#"{"branch": "main", "at": "1970-01-01T00:00:05.250Z"}"#;

/// A push, received at second 7.
pub(crate) fn delivery(body: &'static str) -> Delivery {
    let mut delivery = Delivery::new("72d3162e".parse().unwrap(), "push".into(), body);
    delivery.received_at = Timestamp::from_epoch_seconds(7);
    delivery
}

/// Runs until it is dropped, and remembers why it was.
#[derive(Clone, Default)]
pub(crate) struct Endless {
    pub(crate) started: Arc<Notify>,
    dropped: Arc<Mutex<Vec<Option<Interruption>>>>,
}

impl Endless {
    /// Why it was dropped, each time.
    pub(crate) fn dropped(&self) -> Vec<Option<Interruption>> {
        self.dropped.lock().unwrap().clone()
    }
}

struct Remember<'a>(&'a Endless, &'a Attempt);

impl Drop for Remember<'_> {
    fn drop(&mut self) {
        self.0.dropped.lock().unwrap().push(self.1.interruption());
    }
}

#[async_trait]
impl Handler<Push> for Endless {
    async fn handle(&self, _: &Push, attempt: &Attempt) -> Result<(), HandlerError> {
        let _remember = Remember(self, attempt);
        self.started.notify_one();
        std::future::pending().await
    }
}
