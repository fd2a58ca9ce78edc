use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use crate::objects::protection::FakeProtection;
use crate::payload;
use crate::state::links::Links;
use crate::state::repository::{Branch, RepositoryState};
use crate::state::world::World;

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let wanted = call.query("protected");
    let branches = repository.own_branches().filter(|(name, _)| match wanted {
        Some("true") => repository.is_protected(name),
        Some("false") => !repository.is_protected(name),
        _ => true,
    });
    let branches = branches.map(|(name, it)| short(&world.links, repository, name, it)).collect();
    Ok(paged(world, call, branches))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let name = call.parameter("branch");
    let mut branches = repository.own_branches();
    let not_found = || Answer::error(http::StatusCode::NOT_FOUND, "Branch not found");
    let (_, branch) = branches.find(|(it, _)| *it == name).ok_or_else(not_found)?;
    let links = &world.links;
    let mut json = short(links, repository, name, branch);
    let commit = repository.history.get(branch.head.as_str()).ok_or_else(not_found)?;
    json["commit"] = payload::commit::full(links, &repository.facts(), commit);
    json["_links"] = json!({
        "self": address(links, repository, name),
        "html": format!("{}/tree/{name}", links.web_repository(&repository.name)),
    });
    Ok(Answer::ok(json))
}

/// The rules that rulesets have for a branch; it need not be there.
pub(super) fn rules(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let name = call.parameter("branch");
    let rulesets = repository.rules.rulesets.iter().filter(|it| it.branch == name);
    let rules = rulesets.flat_map(|ruleset| {
        rules_of(&ruleset.requires).into_iter().map(|(kind, parameters)| {
            json!({
                "type": kind,
                "ruleset_source_type": "Repository",
                "ruleset_source": repository.name,
                "ruleset_id": ruleset.id,
                "parameters": parameters,
            })
        })
    });
    let rules = rules.collect();
    Ok(paged(world, call, rules))
}

/// The rules of a ruleset, each with what it asks for.
fn rules_of(requires: &FakeProtection) -> Vec<(&'static str, Value)> {
    let FakeProtection { checks, strict, reviews, merge_queue } = requires;
    let mut rules = Vec::new();
    if !checks.is_empty() || *strict {
        let checks: Vec<Value> = checks
            .iter()
            .map(|it| match it.app {
                Some(app) => json!({ "context": it.context, "integration_id": app }),
                None => json!({ "context": it.context }),
            })
            .collect();
        let parameters = json!({
            "required_status_checks": checks,
            "strict_required_status_checks_policy": strict,
            "do_not_enforce_on_create": false,
        });
        rules.push(("required_status_checks", parameters));
    }
    if *reviews > 0 {
        let parameters = json!({
            "required_approving_review_count": reviews,
            "dismiss_stale_reviews_on_push": false,
            "require_code_owner_review": false,
            "require_last_push_approval": false,
            "required_review_thread_resolution": false,
        });
        rules.push(("pull_request", parameters));
    }
    if *merge_queue {
        let parameters = json!({
            "check_response_timeout_minutes": 60,
            "grouping_strategy": "ALLGREEN",
            "max_entries_to_build": 5,
            "max_entries_to_merge": 5,
            "merge_method": "MERGE",
            "min_entries_to_merge": 1,
            "min_entries_to_merge_wait_minutes": 5,
        });
        rules.push(("merge_queue", parameters));
    }
    rules
}

fn short(links: &Links, repository: &RepositoryState, name: &str, branch: &Branch) -> Value {
    let address = address(links, repository, name);
    let sha = &branch.head;
    let api = links.api_repository(&repository.name);
    json!({
        "name": name,
        "commit": { "sha": sha, "url": format!("{api}/commits/{sha}") },
        "protected": repository.is_protected(name),
        "protection": protection(repository.rules.protections.get(name)),
        "protection_url": format!("{address}/protection"),
    })
}

/// What everybody is shown of a protection.
fn protection(of: Option<&FakeProtection>) -> Value {
    let required = of.map(|it| it.checks.as_slice()).unwrap_or_default();
    let contexts: Vec<&str> = required.iter().map(|it| it.context.as_str()).collect();
    let checks: Vec<Value> =
        required.iter().map(|it| json!({ "context": it.context, "app_id": it.app })).collect();
    json!({
        "enabled": of.is_some(),
        "required_status_checks": {
            "enforcement_level": if of.is_some() { "everyone" } else { "off" },
            "contexts": contexts,
            "checks": checks,
        },
    })
}

fn address(links: &Links, repository: &RepositoryState, name: &str) -> String {
    format!("{}/branches/{name}", links.api_repository(&repository.name))
}
