//! Keys and tokens.

use serde_json::{Value, json};

use super::story::{MONALISA, OCTOCAT, Story};

const KEY: u64 = 8_600_100_071;
const REQUEST: u64 = 8_600_100_072;
const TOKEN: u64 = 8_600_100_073;

pub(super) fn deploy_key(it: &Story) -> Value {
    json!({
        "action": "created",
        "key": {
            "id": KEY,
            "key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "url": it.api(&format!("/keys/{KEY}")),
            "title": "the production server",
            "verified": true,
            "created_at": it.now(),
            "read_only": true,
            "added_by": OCTOCAT,
            "last_used": null,
            "enabled": true,
        },
    })
}

pub(super) fn token_request(it: &Story) -> Value {
    let repository = json!({ "contents": "read", "metadata": "read", "statuses": "write" });
    let permissions = json!({ "organization": {}, "repository": repository, "other": {} });
    json!({
        "action": "created",
        "personal_access_token_request": {
            "id": REQUEST,
            "owner": it.user(MONALISA),
            "permissions_added": permissions,
            "permissions_upgraded": { "organization": {}, "repository": {}, "other": {} },
            "permissions_result": permissions,
            "repository_selection": "subset",
            "repository_count": 1,
            "repositories": [it.granted_repo()],
            "created_at": it.now(),
            "token_id": TOKEN,
            "token_name": "ci",
            "token_expired": false,
            "token_expires_at": "2026-05-31T09:41:07Z",
            "token_last_used_at": null,
        },
        "sender": it.user(MONALISA),
    })
}
