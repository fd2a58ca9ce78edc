//! What is allowed in a repository, and what is noted about it.

use serde_json::{Value, json};

use super::story::{ORGANIZATION, Story};
use crate::payload::ids::node_id;

const RULE: u64 = 8_600_100_111;
const RULESET: u64 = 8_600_100_112;

pub(super) fn protection_configuration(_: &Story) -> Value {
    json!({ "action": "enabled" })
}

pub(super) fn protection_rule(it: &Story) -> Value {
    json!({
        "action": "created",
        "rule": {
            "id": RULE,
            "repository_id": it.repository().id,
            "name": it.repository().default_branch,
            "created_at": it.now(),
            "updated_at": it.now(),
            "pull_request_reviews_enforcement_level": "non_admins",
            "required_approving_review_count": 1,
            "dismiss_stale_reviews_on_push": true,
            "require_code_owner_review": false,
            "authorized_dismissal_actors_only": false,
            "ignore_approvals_from_contributors": false,
            "required_status_checks": ["ci/demo"],
            "required_status_checks_enforcement_level": "non_admins",
            "strict_required_status_checks_policy": false,
            "signature_requirement_enforcement_level": "off",
            "linear_history_requirement_enforcement_level": "off",
            "lock_branch_enforcement_level": "off",
            "lock_allows_fork_sync": false,
            "admin_enforced": false,
            "create_protected": false,
            "allow_force_pushes_enforcement_level": "off",
            "allow_deletions_enforcement_level": "off",
            "merge_queue_enforcement_level": "off",
            "required_deployments_enforcement_level": "off",
            "required_conversation_resolution_level": "off",
            "authorized_actors_only": false,
            "authorized_actor_names": [],
            "require_last_push_approval": false,
        },
    })
}

pub(super) fn repository_ruleset(it: &Story) -> Value {
    json!({
        "action": "created",
        "repository_ruleset": {
            "id": RULESET,
            "node_id": node_id("RRS_lACq", RULESET),
            "name": "Tested before it is merged",
            "target": "branch",
            "source_type": "Repository",
            "source": it.repository().name,
            "enforcement": "active",
            "bypass_actors": [
                { "actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always" },
            ],
            "current_user_can_bypass": "always",
            "conditions": { "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } },
            "rules": [
                { "type": "deletion" },
                {
                    "type": "required_status_checks",
                    "parameters": {
                        "do_not_enforce_on_create": false,
                        "required_status_checks": [{ "context": "ci/demo" }],
                        "strict_required_status_checks_policy": false,
                    },
                },
            ],
            "created_at": it.now(),
            "updated_at": it.now(),
            "_links": {
                "self": { "href": it.api(&format!("/rulesets/{RULESET}")) },
                "html": { "href": it.web(&format!("/rules/{RULESET}")) },
            },
        },
    })
}

pub(super) fn custom_property(it: &Story) -> Value {
    let url = format!("/orgs/{ORGANIZATION}/properties/schema/environment");
    json!({
        "action": "created",
        "definition": {
            "property_name": "environment",
            "url": it.api_root(&url),
            "source_type": "organization",
            "value_type": "single_select",
            "required": true,
            "default_value": "production",
            "description": "Where the repository is deployed to",
            "allowed_values": ["production", "staging"],
            "values_editable_by": "org_actors",
        },
    })
}

pub(super) fn custom_property_values(_: &Story) -> Value {
    json!({
        "action": "updated",
        "new_property_values": [{ "property_name": "environment", "value": "staging" }],
        "old_property_values": [{ "property_name": "environment", "value": "production" }],
    })
}
