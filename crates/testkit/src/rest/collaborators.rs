use serde_json::json;

use super::answer::Answer;
use super::call::Call;
use crate::payload;
use crate::state::world::World;

/// What an account may do with a repository.
pub(super) fn permission(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let login = call.parameter("username");
    let role = world.repository(at).role(login);
    // The finer roles count as the level below them.
    let permission = match role {
        "maintain" => "write",
        "triage" => "read",
        role => role,
    };
    let mut user = payload::user::user(&world.links, login);
    user["role_name"] = json!(role);
    user["permissions"] = json!({
        "pull": permission != "none",
        "triage": !matches!(role, "read" | "none"),
        "push": matches!(permission, "write" | "admin"),
        "maintain": matches!(role, "maintain" | "admin"),
        "admin": permission == "admin",
    });
    Ok(Answer::ok(json!({ "permission": permission, "role_name": role, "user": user })))
}
