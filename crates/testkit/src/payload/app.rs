use serde_json::{Value, json};

use super::ids::node_id;
use super::user;
use crate::state::app::{CLIENT_ID, ID};
use crate::state::links::Links;

/// The one App that there is. It made the sample's checks.
pub(crate) fn app(links: &Links) -> Value {
    json!({
        "id": ID,
        "slug": "octo-checks",
        "client_id": CLIENT_ID,
        "node_id": node_id("A_kwHO", ID),
        "owner": user::account(links, "octo-org", "Organization"),
        "name": "octo-checks",
        "description": "Checks for Octo",
        "external_url": "https://checks.example.com",
        "html_url": format!("{}/apps/octo-checks", links.web),
        "created_at": "2025-04-19T19:36:24Z",
        "updated_at": "2025-04-19T19:36:56Z",
        "permissions": {
            "administration": "write",
            "checks": "write",
            "contents": "write",
            "deployments": "write",
            "issues": "write",
            "members": "write",
            "metadata": "read",
            "organization_administration": "write",
            "organization_hooks": "write",
            "organization_plan": "read",
            "organization_projects": "write",
            "organization_user_blocking": "write",
            "pages": "write",
            "pull_requests": "write",
            "repository_hooks": "write",
            "repository_projects": "write",
            "statuses": "write",
            "team_discussions": "write",
            "vulnerability_alerts": "read",
        },
        "events": ["check_run", "check_suite"],
    })
}
