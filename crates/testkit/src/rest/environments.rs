use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::check_lists::wrapped;
use crate::payload::ids::node_id;
use crate::state::account;
use crate::state::world::World;

/// The environments that there are deployments to, in the order of the first ones.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let api = world.links.api_repository(&repository.name);
    let web = world.links.web_repository(&repository.name);
    let mut found: Vec<Value> = Vec::new();
    for deployment in &repository.deployments {
        let name = &deployment.environment;
        if found.iter().any(|it| it["name"] == **name) {
            continue;
        }
        let id = account::id(name);
        found.push(json!({
            "id": id,
            "node_id": node_id("EN_kwDO", id),
            "name": name,
            "url": format!("{api}/environments/{name}"),
            "html_url": format!("{web}/deployments/activity_log?environments_filter={name}"),
            "created_at": deployment.created_at,
            "updated_at": deployment.created_at,
            "protection_rules": [],
            "deployment_branch_policy": null,
        }));
    }
    Ok(wrapped(world, call, "environments", found))
}
