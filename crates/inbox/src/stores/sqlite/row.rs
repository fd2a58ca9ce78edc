use std::error::Error;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, Heads, HookTarget, Lane};
use rusqlite::Row;
use rusqlite::types::Type;

use crate::packing::{Damaged, unpack};

/// The columns that [`delivery`], [`superseded_by`] and [`body`] read.
macro_rules! delivery_columns {
    () => {
        "guid, hook_id, event, action, target_type, target_id, installation_id, \
         enterprise_host, received_at, attempts, lane, lane_version, lane_before, \
         lane_after, superseded_by, \
         unpacked_length, body, fingerprint"
    };
}
pub(super) use delivery_columns;

/// How many they are; a query's further columns follow.
pub(super) const DELIVERY_COLUMNS: usize = 18;

/// Where [`superseded_by`] finds its column.
const SUPERSEDED_BY: usize = 14;

/// Where [`body`] finds its columns.
const UNPACKED_LENGTH: usize = 15;
const BODY: usize = 16;

const FINGERPRINT: usize = 17;

/// Reads a delivery, without its body, from a row that begins with `delivery_columns!()`.
pub(super) fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let id = row.get_ref(0)?.as_str()?;
    let id: DeliveryId = id.parse().map_err(|error| unreadable(0, error))?;
    let event = EventName::from(row.get_ref(2)?.as_str()?);
    let mut delivery = Delivery::new(id, event, Bytes::new());
    delivery.hook = row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned);
    delivery.action = row.get(3)?;
    delivery.target = match (row.get(4)?, row.get::<_, Option<i64>>(5)?) {
        (Some(kind), Some(id)) => Some(HookTarget { kind, id: id.cast_unsigned() }),
        _ => None,
    };
    delivery.installation = row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned);
    delivery.enterprise_host = row.get(7)?;
    delivery.received_at = Timestamp::from(row.get_ref(8)?.as_str()?);
    delivery.attempt = row.get(9)?;
    delivery.lane = row.get::<_, Option<String>>(10)?.map(Lane::new);
    if let Some(lane) = &mut delivery.lane {
        lane.version = row.get(11)?;
        let before = row.get(12)?;
        lane.heads = row.get::<_, Option<_>>(13)?.map(|after| Heads::from_names(before, after));
    }
    delivery.fingerprint = row.get(FINGERPRINT)?;
    Ok(delivery)
}

/// Reads the body from the same row; empty if it was dropped, or not asked for.
pub(super) fn body(row: &Row<'_>) -> rusqlite::Result<Result<Bytes, Damaged>> {
    let stored = row.get_ref(BODY)?.as_blob_or_null()?.unwrap_or_default();
    Ok(unpack(stored, row.get(UNPACKED_LENGTH)?))
}

/// What a delivery with a damaged body is for those who asked for it.
pub(super) fn damaged_error(delivery: &Delivery, damaged: &Damaged) -> rusqlite::Error {
    let problem = format!("delivery {}: {damaged}", delivery.id);
    rusqlite::Error::FromSqlConversionFailure(BODY, Type::Blob, problem.into())
}

/// Reads from the same row what has superseded the delivery.
pub(super) fn superseded_by(row: &Row<'_>) -> rusqlite::Result<Option<DeliveryId>> {
    let id = row.get_ref(SUPERSEDED_BY)?.as_str_or_null()?.map(str::parse).transpose();
    id.map_err(|error| unreadable(SUPERSEDED_BY, error))
}

/// A moment that is stored in milliseconds.
pub(super) fn moment(milliseconds: i64) -> Option<Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp::from)
}

fn unreadable(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
