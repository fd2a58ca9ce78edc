use std::error::Error;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, End, HandlerName, Heads, HookTarget, LaneMode};
use rusqlite::Row;
use rusqlite::types::Type;

use super::columns::{Columns, columns, words};
use crate::store::accept::TaskLane;
use crate::store::lease::Marks;
use crate::store::packed::Packed;

words! {
    /// What can be done with a task.
    enum Phase {
        Unplaced = "unplaced",
        Waiting = "waiting",
        InLine = "in line",
        Leased = "leased",
        Settled = "settled",
    }
}

words! {
    /// How a task ended.
    enum Outcome {
        Done = "done",
        Superseded = "superseded",
        Canceled = "canceled",
        Dead = "dead",
    }
}

words! {
    /// What becomes of the tasks of a lane.
    enum Mode {
        Free = "free",
        Latest = "latest",
        InOrder = "in order",
        Halting = "halting",
    }
}

impl Outcome {
    pub(super) fn of(end: End) -> Self {
        match end {
            End::Superseded => Self::Superseded,
            End::Canceled => Self::Canceled,
            // Whatever else there may be: it did not do its work.
            _ => Self::Dead,
        }
    }

    /// The end for which `ended` is called.
    pub(super) fn end(self) -> Option<End> {
        match self {
            Self::Done => None,
            Self::Superseded => Some(End::Superseded),
            Self::Canceled => Some(End::Canceled),
            Self::Dead => Some(End::Dead),
        }
    }
}

columns! { delivery_columns
    struct DeliveryRow {
        guid: String,
        hook_id: Option<i64>,
        event: String,
        action: Option<String>,
        repository: Option<String>,
        target_type: Option<String>,
        target_id: Option<i64>,
        installation_id: Option<i64>,
        enterprise_host: Option<String>,
        received_at: String,
        fingerprint: Option<[u8; 32]>,
    }
}

impl DeliveryRow {
    /// The delivery, without its body.
    pub(super) fn into_delivery(self) -> rusqlite::Result<Delivery> {
        let event = EventName::from(self.event.as_str());
        let mut delivery = Delivery::new(delivery_id(&self.guid)?, event, Bytes::new());
        delivery.hook = self.hook_id.map(i64::cast_unsigned);
        delivery.action = self.action;
        delivery.repository = self.repository;
        delivery.target = self
            .target_type
            .zip(self.target_id)
            .map(|(kind, id)| HookTarget { kind, id: id.cast_unsigned() });
        delivery.installation = self.installation_id.map(i64::cast_unsigned);
        delivery.enterprise_host = self.enterprise_host;
        delivery.received_at = Timestamp::from(self.received_at.as_str());
        delivery.fingerprint = self.fingerprint;
        Ok(delivery)
    }
}

columns! { body_columns
    /// Of a join that need not find it.
    struct BodyRow {
        unpacked_length: Option<i32>,
        body: Option<Vec<u8>>,
    }
}

impl BodyRow {
    pub(super) fn into_packed(self) -> Option<Packed> {
        let body = self.body?;
        Some(Packed::new(body.into(), self.unpacked_length))
    }
}

columns! { task_columns
    /// What changes of a task.
    struct TaskRow {
        task: i64,
        delivery: i64,
        taker: i64,
        phase: Phase,
        outcome: Option<Outcome>,
        due_at: i64,
        is_placed: bool,
        lane: Option<String>,
        lane_mode: Option<Mode>,
        is_head: bool,
        lane_version: Option<i64>,
        heads_before: Option<String>,
        heads_after: Option<String>,
        run: u32,
        number: u32,
        failures: u32,
        abandoned: u32,
        failing_since: Option<i64>,
        waiting_since: Option<i64>,
        has_steps: bool,
        lease_after: Option<i64>,
        superseded_by: Option<String>,
        cancel_reason: Option<String>,
        is_woken: bool,
    }
}

impl TaskRow {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Self::read(&mut Columns::of(row))
    }

    /// How it ends, if it was told to: of both, canceled wins.
    pub(super) fn marked(&self) -> Option<End> {
        match (&self.cancel_reason, &self.superseded_by) {
            (Some(_), _) => Some(End::Canceled),
            (None, Some(_)) => Some(End::Superseded),
            (None, None) => None,
        }
    }

    pub(super) fn marks(&self) -> rusqlite::Result<Marks> {
        Ok(Marks {
            superseded_by: self.superseded_by.as_deref().map(delivery_id).transpose()?,
            canceled: self.cancel_reason.clone(),
            is_woken: self.is_woken,
        })
    }
}

/// The columns in which a lane is kept.
pub(super) struct LaneColumns<'a> {
    pub(super) key: Option<&'a str>,
    pub(super) mode: Option<Mode>,
    pub(super) version: Option<i64>,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
}

impl<'a> LaneColumns<'a> {
    pub(super) fn of(lane: Option<&'a TaskLane>) -> Self {
        let none = Self { key: None, mode: None, version: None, before: None, after: None };
        let Some(lane) = lane else { return none };
        let (mode, version, heads) = match &lane.mode {
            LaneMode::Latest { version, heads } => (Mode::Latest, Some(*version), heads.as_ref()),
            LaneMode::InOrder { halts: false } => (Mode::InOrder, None, None),
            LaneMode::InOrder { halts: true } => (Mode::Halting, None, None),
            _ => (Mode::Free, None, None),
        };
        Self {
            key: Some(&lane.key),
            mode: Some(mode),
            version,
            before: heads.and_then(|heads: &Heads| heads.before.as_deref()),
            after: heads.map(|heads| heads.after.as_str()),
        }
    }
}

/// An id that was stored.
pub(super) fn delivery_id(stored: &str) -> rusqlite::Result<DeliveryId> {
    stored.parse().map_err(unreadable)
}

/// A handler's name that was stored.
pub(super) fn handler_name(stored: &str) -> rusqlite::Result<HandlerName> {
    stored.parse().map_err(unreadable)
}

/// A moment that is stored in milliseconds.
pub(super) fn moment(milliseconds: i64) -> Option<Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp::from)
}

/// What is stored cannot be read: somebody else wrote it, or it is damaged.
pub(super) fn unreadable(problem: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(problem))
}
