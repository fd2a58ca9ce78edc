use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::hooks;
use super::page::{add_link, address, per_page};
use crate::fake::Fake;
use crate::payload;
use crate::traffic::delivery::RecordedDelivery;

/// The newest first, unless the test wants it otherwise. There are no pages but a cursor, which is
/// opaque to callers: the id of the last delivery they have seen, with a letter before it that keeps
/// them from computing.
pub(super) fn list(fake: &mut Fake, call: &Call) -> Result<Answer, Answer> {
    let (_, hook) = hooks::named(&fake.world, call)?;
    let oldest_first = fake.deliveries.oldest_first;
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
    let mut all: Vec<&RecordedDelivery> = fake.deliveries.finished.iter().collect();
    if !oldest_first {
        all.reverse();
    }
    let mut found = all
        .into_iter()
        .filter(|it| it.hook_id == hook && is_to_come(it.id))
        .filter(|it| codes.contains(&it.status_code.unwrap_or(0)))
        .peekable();
    let shown: Vec<&RecordedDelivery> = found.by_ref().take(per_page(call)).collect();
    let bodies: Vec<Value> = shown.iter().map(|it| payload::delivery::item(it)).collect();
    let mut answer = Answer::ok(bodies.into());
    if let (Some(last), Some(_)) = (shown.last(), found.peek()) {
        let next = address(&fake.world, call, "cursor", &format!("v{}", last.id));
        add_link(&mut answer, &[format!("<{next}>; rel=\"next\"")]);
    }
    Ok(answer)
}

pub(super) fn get(fake: &mut Fake, call: &Call) -> Result<Answer, Answer> {
    let delivery = find(fake, call)?;
    let url = format!("{}{}", fake.world.links.api, call.path);
    Ok(Answer::ok(payload::delivery::full(delivery, &url)))
}

pub(super) fn redeliver(fake: &mut Fake, call: &Call) -> Result<Answer, Answer> {
    let found = find(fake, call)?;
    let delivery = found.id;
    // GitHub keeps what it sent for some days only.
    if fake.deliveries.is_past_retention(found, &fake.world.mint.now()) {
        return Err(Answer::unprocessable("This delivery can no longer be redelivered"));
    }
    if !fake.redeliver(delivery) {
        return Err(Answer::not_found());
    }
    Ok(Answer::json(StatusCode::ACCEPTED, json!({})))
}

fn find<'a>(fake: &'a Fake, call: &Call) -> Result<&'a RecordedDelivery, Answer> {
    let (_, hook) = hooks::named(&fake.world, call)?;
    let id = call.number("delivery_id")?;
    let delivery = fake.deliveries.find(id).filter(|it| it.hook_id == hook);
    delivery.ok_or_else(Answer::not_found)
}
