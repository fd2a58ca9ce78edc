use serde_json::json;

use super::answer::Answer;
use super::call::Call;
use crate::state::rate::RATE_LIMIT;
use crate::state::world::World;

/// The limits as they stand. Asking does not count.
pub(super) fn get(world: &mut World, _call: &Call) -> Result<Answer, Answer> {
    let now = world.mint.now_seconds();
    let rate = world.rate.at(now);
    let core = json!({
        "limit": RATE_LIMIT,
        "used": rate.used,
        "remaining": rate.remaining(),
        "reset": rate.reset,
    });
    // The window of searches is a minute.
    let search = json!({ "limit": 30, "used": 0, "remaining": 30, "reset": now + 60 });
    Ok(Answer::ok(json!({ "resources": { "core": core, "search": search }, "rate": core })))
}
