use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::hooks;
use super::page::{add_link, address, per_page};
use crate::RecordedDelivery;
use crate::payload;
use crate::state::World;

/// The newest first, unless the test wants it otherwise. There are no pages but a cursor, which is
/// opaque to callers: the id of the last delivery they have seen, with a letter before it that keeps
/// them from computing.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (_, hook) = hooks::named(world, call)?;
    let oldest_first = world.delivery_log.oldest_first;
    let seen: Option<u64> = match call.query("cursor") {
        None => None,
        Some(cursor) => {
            let id = cursor.strip_prefix('v').and_then(|id| id.parse().ok());
            let invalid = || Answer::error(StatusCode::BAD_REQUEST, "Invalid cursor");
            Some(id.ok_or_else(invalid)?)
        }
    };
    let is_to_come =
        |id: u64| seen.is_none_or(|seen| if oldest_first { id > seen } else { id < seen });
    let codes = match call.query("status") {
        None => 0..=u16::MAX,
        Some("success") => 200..=399,
        Some("failure") => 400..=599,
        Some(_) => return Err(Answer::unprocessable("Invalid status")),
    };
    let mut all: Vec<&RecordedDelivery> = world.deliveries.iter().collect();
    if !oldest_first {
        all.reverse();
    }
    let mut found = all
        .into_iter()
        .filter(|it| it.hook_id == hook && is_to_come(it.id))
        .filter(|it| codes.contains(&it.status_code.unwrap_or(0)))
        .peekable();
    let shown: Vec<&RecordedDelivery> = found.by_ref().take(per_page(call)).collect();
    let bodies: Vec<Value> = shown.iter().map(|it| payload::delivery_item(world, it)).collect();
    let mut answer = Answer::ok(bodies.into());
    if let (Some(last), Some(_)) = (shown.last(), found.peek()) {
        let next = address(world, call, "cursor", &format!("v{}", last.id));
        add_link(&mut answer, &[format!("<{next}>; rel=\"next\"")]);
    }
    Ok(answer)
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let delivery = find(world, call)?;
    let url = format!("{}{}", world.links.api, call.path);
    Ok(Answer::ok(payload::delivery_full(world, delivery, &url)))
}

pub(super) fn redeliver(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let found = find(world, call)?;
    let delivery = found.id;
    // GitHub keeps what it sent for some days only.
    if world.is_past_retention(found) {
        return Err(Answer::unprocessable("This delivery can no longer be redelivered"));
    }
    if !world.redeliver(delivery) {
        return Err(Answer::not_found());
    }
    Ok(Answer::json(StatusCode::ACCEPTED, json!({})))
}

fn find<'a>(world: &'a World, call: &Call) -> Result<&'a RecordedDelivery, Answer> {
    let (_, hook) = hooks::named(world, call)?;
    let id = call.number("delivery_id")?;
    let delivery = world.deliveries.iter().find(|it| it.hook_id == hook && it.id == id);
    delivery.ok_or_else(Answer::not_found)
}
