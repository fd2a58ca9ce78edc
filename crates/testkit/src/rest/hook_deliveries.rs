use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::hooks;
use super::page::{add_link, address, per_page};
use crate::RecordedDelivery;
use crate::payload;
use crate::state::World;

/// The newest first. There are no pages but a cursor, which is opaque to callers: the id of the
/// last delivery they have seen, with a letter before it that keeps them from computing.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (_, hook) = hooks::named(world, call)?;
    let before = match call.query("cursor") {
        None => u64::MAX,
        Some(cursor) => cursor
            .strip_prefix('v')
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Answer::error(StatusCode::BAD_REQUEST, "Invalid cursor"))?,
    };
    let codes = match call.query("status") {
        None => 0..=u16::MAX,
        Some("success") => 200..=399,
        Some("failure") => 400..=599,
        Some(_) => return Err(Answer::unprocessable("Invalid status")),
    };
    let mut found = world
        .deliveries
        .iter()
        .rev()
        .filter(|it| it.hook_id == hook && it.id < before)
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
    let delivery = find(world, call)?.id;
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
