use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, Heads, HookTarget, Lane};
use tokio_postgres::Row;

use super::trouble::Trouble;
use crate::packing::{Damaged, unpack};
use crate::time::bounded;
use crate::{Entry, EntryState, InboxError, LeaseToken, Leased, Settlement};

/// The columns that [`delivery`] reads.
macro_rules! delivery_columns {
    () => {
        "guid, hook_id, event, action, target_type, target_id, installation_id, \
         enterprise_host, received_at, attempts, lane, lane_version, \
         lane_before, lane_after, fingerprint"
    };
}
pub(super) use delivery_columns;

/// Reads a delivery, without its body, from a row that has `delivery_columns!()`.
fn delivery(row: &Row) -> Result<Delivery, Trouble> {
    let event = EventName::from(row.try_get::<_, &str>("event")?);
    let number = |column: &str| row.try_get::<_, Option<i64>>(column);
    let mut delivery = Delivery::new(id(row.try_get("guid")?)?, event, Bytes::new());
    delivery.hook = number("hook_id")?.map(i64::cast_unsigned);
    delivery.action = row.try_get("action")?;
    delivery.target = match (row.try_get("target_type")?, number("target_id")?) {
        (Some(kind), Some(id)) => Some(HookTarget { kind, id: id.cast_unsigned() }),
        _ => None,
    };
    delivery.installation = number("installation_id")?.map(i64::cast_unsigned);
    delivery.enterprise_host = row.try_get("enterprise_host")?;
    delivery.received_at = Timestamp::from(row.try_get::<_, &str>("received_at")?);
    delivery.attempt = u32::try_from(row.try_get::<_, i32>("attempts")?).unwrap_or(0);
    delivery.lane = row.try_get::<_, Option<&str>>("lane")?.map(Lane::new);
    if let Some(lane) = &mut delivery.lane {
        lane.version = number("lane_version")?;
        let before = row.try_get("lane_before")?;
        let after = row.try_get::<_, Option<_>>("lane_after")?;
        lane.heads = after.map(|after| Heads::from_names(before, after));
    }
    let fingerprint = row.try_get::<_, Option<&[u8]>>("fingerprint")?;
    delivery.fingerprint = fingerprint.and_then(|bytes| bytes.try_into().ok());
    Ok(delivery)
}

/// Reads the body from the same row; empty if it was dropped, or not asked for.
fn body(row: &Row) -> Result<Result<Bytes, Damaged>, Trouble> {
    let Some(stored) = row.try_get("body")? else { return Ok(Ok(Bytes::new())) };
    let length = row.try_get::<_, Option<i32>>("unpacked_length")?;
    Ok(unpack(stored, length.map(i64::from)))
}

fn id(text: &str) -> Result<DeliveryId, Trouble> {
    text.parse().map_err(|_| Trouble::new("an id is unreadable"))
}

/// Reads a row of `lease`, and how the delivery ends if its attempts are used up or its body is
/// damaged: nothing can be done with it, and the others go on.
pub(super) fn leased(row: &Row) -> Result<(Leased, Option<Settlement>), Trouble> {
    let token = LeaseToken::from_i64(row.try_get("lease_token")?);
    let mut delivery = delivery(row)?;
    let ended = match body(row)? {
        _ if row.try_get("used_up")? => {
            let last_error = row.try_get("last_error")?;
            Some(Settlement::attempts_used_up(delivery.attempt, last_error))
        }
        Ok(body) => {
            delivery.body = body;
            None
        }
        Err(damaged) => Some(Settlement::Dead { error: damaged.to_string() }),
    };
    let mut leased = Leased::new(token, delivery);
    if row.try_get::<_, Option<&str>>("superseded_by")?.is_some() {
        leased = leased.superseded();
    }
    Ok((leased, ended))
}

/// Reads a row of `list`.
pub(super) fn entry(row: &Row) -> Result<Entry, Trouble> {
    let seen: &str = row.try_get("seen")?;
    let state = EntryState::ALL.into_iter().find(|state| state.as_str() == seen);
    let state = state.ok_or_else(|| Trouble::new("a state is unreadable"))?;
    let mut delivery = delivery(row)?;
    delivery.body = body(row)?
        .map_err(|damaged| Trouble::new(format!("delivery {}: {damaged}", delivery.id)))?;
    let mut entry = Entry::new(delivery, state);
    if matches!(state, EntryState::Leased | EntryState::Delayed) {
        entry.due_at = moment(row.try_get("due")?);
    }
    entry.last_error = row.try_get("last_error")?;
    entry.superseded_by = row.try_get::<_, Option<&str>>("superseded_by")?.map(id).transpose()?;
    entry.settled_at = row.try_get::<_, Option<i64>>("settled")?.and_then(moment);
    Ok(entry)
}

/// Reads the row of a statement that has one.
pub(super) fn first<T>(
    rows: &[Row],
    doing: &'static str,
    read: impl FnOnce(&Row) -> Result<T, Trouble>,
) -> Result<T, InboxError> {
    let row = rows.first().ok_or_else(|| Trouble::new("the answer is empty"));
    row.and_then(read).map_err(|trouble| trouble.into_inbox_error(doing))
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

/// A moment that was selected in milliseconds.
fn moment(milliseconds: i64) -> Option<Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp::from)
}
