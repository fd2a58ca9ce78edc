use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, End, HandlerName, HookTarget, KeptStep};
use tokio_postgres::Row;

use super::failure::Failure;
use crate::store::accept::Unplaced;
use crate::store::entry::{Entry, TaskState};
use crate::store::lease::{LeaseToken, Leased, Marks};
use crate::store::packed::Packed;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;
use crate::time::bounded;

/// The columns that [`delivery`] reads, of the table `deliveries`.
macro_rules! delivery_columns {
    () => {
        "deliveries.guid, deliveries.hook_id, deliveries.event, deliveries.action, \
         deliveries.repository, deliveries.target_type, deliveries.target_id, \
         deliveries.installation_id, deliveries.enterprise_host, deliveries.received_at, \
         deliveries.fingerprint"
    };
}
pub(super) use delivery_columns;

/// Reads a delivery, without its body, from a row that has `delivery_columns!()`.
pub(super) fn delivery(row: &Row) -> Result<Delivery, Failure> {
    let event = EventName::from(row.try_get::<_, &str>("event")?);
    let number = |column: &str| row.try_get::<_, Option<i64>>(column);
    let mut delivery = Delivery::new(id(row.try_get("guid")?)?, event, Bytes::new());
    delivery.hook = number("hook_id")?.map(i64::cast_unsigned);
    delivery.action = row.try_get("action")?;
    delivery.repository = row.try_get("repository")?;
    delivery.target = match (row.try_get("target_type")?, number("target_id")?) {
        (Some(kind), Some(id)) => Some(HookTarget { kind, id: id.cast_unsigned() }),
        _ => None,
    };
    delivery.installation = number("installation_id")?.map(i64::cast_unsigned);
    delivery.enterprise_host = row.try_get("enterprise_host")?;
    delivery.received_at = Timestamp::from(row.try_get::<_, &str>("received_at")?);
    let fingerprint = row.try_get::<_, Option<&[u8]>>("fingerprint")?;
    delivery.fingerprint = match fingerprint.map(<[u8; 32]>::try_from) {
        Some(Err(_)) => return Err(Failure::new("a fingerprint is unreadable")),
        Some(Ok(fingerprint)) => Some(fingerprint),
        None => None,
    };
    Ok(delivery)
}

/// Reads the body from a row with `body` and `unpacked_length`.
fn body(row: &Row) -> Result<Option<Packed>, Failure> {
    let length = row.try_get("unpacked_length")?;
    let bytes = row.try_get::<_, Option<Vec<u8>>>("body")?;
    Ok(bytes.map(|bytes| Packed::new(bytes.into(), length)))
}

pub(super) fn id(text: &str) -> Result<DeliveryId, Failure> {
    text.parse().map_err(|_| Failure::new("an id is unreadable"))
}

pub(super) fn name(text: &str) -> Result<HandlerName, Failure> {
    text.parse().map_err(|_| Failure::new("a handler's name is unreadable"))
}

/// A count that is never negative.
pub(super) fn count(row: &Row, column: &str) -> Result<u32, Failure> {
    let number = row.try_get::<_, i32>(column)?;
    u32::try_from(number).map_err(|_| Failure::new(format!("the number in {column} is unreadable")))
}

/// How a task has ended.
pub(super) fn end(word: &str) -> Result<End, Failure> {
    match word {
        "dead" => Ok(End::Dead),
        "superseded" => Ok(End::Superseded),
        "canceled" => Ok(End::Canceled),
        _ => Err(Failure::new("how a task ended is unreadable")),
    }
}

pub(super) fn end_word(end: End) -> Result<&'static str, Failure> {
    match end {
        End::Dead => Ok("dead"),
        End::Superseded => Ok("superseded"),
        End::Canceled => Ok("canceled"),
        _ => Err(Failure::new("this end is not known here")),
    }
}

/// Reads the marks from a row with `superseded_by`, `canceled` and `is_woken`.
pub(super) fn marks(row: &Row) -> Result<Marks, Failure> {
    let superseded_by = row.try_get::<_, Option<&str>>("superseded_by")?;
    Ok(Marks {
        superseded_by: superseded_by.map(id).transpose()?,
        canceled: row.try_get("canceled")?,
        is_woken: row.try_get("is_woken")?,
    })
}

/// Reads a row of `lease`.
pub(super) fn leased(row: &Row) -> Result<Leased, Failure> {
    let token = LeaseToken::from_i64(row.try_get("token")?);
    let (task, taker) = (TaskId(row.try_get("id")?), TakerId(row.try_get("taker")?));
    let span = |column: &str| {
        let span = row.try_get::<_, Option<i64>>(column)?;
        Ok::<_, Failure>(span.map(microseconds))
    };
    let mut leased = Leased::new(token, task, taker, delivery(row)?);
    leased.body = body(row)?;
    leased.run = count(row, "run")?;
    leased.number = count(row, "number")?;
    leased.failures = count(row, "failures")?;
    leased.abandoned = count(row, "abandoned")?;
    leased.failing_for = span("failing_for")?;
    leased.waiting_for = span("waiting_for")?;
    leased.end = row.try_get::<_, Option<&str>>("ending")?.map(end).transpose()?;
    leased.marks = marks(row)?;
    let names: Option<Vec<String>> = row.try_get("step_names")?;
    let types: Option<Vec<String>> = row.try_get("step_types")?;
    let jsons: Option<Vec<Vec<u8>>> = row.try_get("step_jsons")?;
    let names = names.into_iter().flatten();
    leased.steps = names
        .zip(types.into_iter().flatten())
        .zip(jsons.into_iter().flatten())
        .map(|((name, of_type), json)| KeptStep { name, of_type, json: json.into() })
        .collect();
    Ok(leased)
}

/// Reads a row of `unplaced`.
pub(super) fn unplaced(row: &Row) -> Result<Unplaced, Failure> {
    let (task, taker) = (TaskId(row.try_get("id")?), TakerId(row.try_get("taker")?));
    Ok(Unplaced::new(task, taker, delivery(row)?, body(row)?))
}

/// Reads a row of `list`.
pub(super) fn entry(row: &Row) -> Result<Entry, Failure> {
    let seen: &str = row.try_get("seen")?;
    let state = TaskState::ALL.into_iter().find(|state| state.as_str() == seen);
    let state = state.ok_or_else(|| Failure::new("a task's state is unreadable"))?;
    let task = TaskId(row.try_get("id")?);
    let mut entry = Entry::new(task, name(row.try_get("name")?)?, delivery(row)?, state);
    entry.packed = body(row)?;
    entry.is_ending = row.try_get::<_, Option<&str>>("ending")?.map(end).transpose()?.is_some();
    entry.lane = row.try_get("lane")?;
    entry.run = count(row, "run")?;
    entry.number = count(row, "number")?;
    entry.failures = count(row, "failures")?;
    entry.abandoned = count(row, "abandoned")?;
    entry.text = row.try_get("text")?;
    entry.is_waiting = row.try_get("is_waiting")?;
    entry.superseded_by = row.try_get::<_, Option<&str>>("superseded_by")?.map(id).transpose()?;
    entry.steps = row.try_get::<_, Option<Vec<String>>>("steps")?.unwrap_or_default();
    entry.due_at = row.try_get::<_, Option<i64>>("due_at")?.and_then(moment);
    entry.settled_at = row.try_get::<_, Option<i64>>("settled_at")?.and_then(moment);
    Ok(entry)
}

/// The text without the one character that PostgreSQL does not store.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// The duration in whole milliseconds, rounded up: a pause is never shorter than asked for.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    let milliseconds = bounded(duration).as_nanos().div_ceil(1_000_000);
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

/// A span that the database has told; what is past is zero.
pub(super) fn microseconds(number: i64) -> Duration {
    Duration::from_micros(u64::try_from(number).unwrap_or(0))
}

/// A moment that was selected in milliseconds since 1970.
pub(super) fn moment(milliseconds: i64) -> Option<Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp::from)
}
