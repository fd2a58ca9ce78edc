use hookstead_events::{EventName, Timestamp};
use hookstead_handler::{Delivery, DeliveryId, HookTarget};
use tokio_postgres::Row;

use super::trouble::Trouble;

/// The columns that [`delivery`] reads.
macro_rules! delivery_columns {
    () => {
        "guid, hook_id, event, action, target_type, target_id, installation_id, \
         enterprise_host, received_at, attempts, body"
    };
}
pub(super) use delivery_columns;

/// Reads a delivery from a row that has `delivery_columns!()`.
pub(super) fn delivery(row: &Row) -> Result<Delivery, Trouble> {
    let id: DeliveryId =
        row.try_get::<_, &str>("guid")?.parse().map_err(|_| Trouble::new("an id is unreadable"))?;
    let event = EventName::from(row.try_get::<_, &str>("event")?);
    let body = row.try_get::<_, Option<&[u8]>>("body")?.unwrap_or_default();
    let number = |column: &str| row.try_get::<_, Option<i64>>(column);
    let mut delivery = Delivery::new(id, event, body.to_vec());
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
    Ok(delivery)
}

/// A moment that was selected in milliseconds.
pub(super) fn moment(milliseconds: i64) -> Option<Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp::from)
}
