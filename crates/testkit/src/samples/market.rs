//! Money.

use serde_json::{Value, json};

use super::story::{MONALISA, OCTOCAT, ORGANIZATION, Story};
use crate::payload::ids::node_id;
use crate::state::account;

pub(super) fn marketplace_purchase(it: &Story) -> Value {
    let id = account::id(ORGANIZATION);
    json!({
        "action": "purchased",
        "effective_date": it.now(),
        "marketplace_purchase": {
            "account": {
                "type": "Organization",
                "id": id,
                "node_id": node_id("O_kgDOB", id),
                "login": ORGANIZATION,
                "organization_billing_email": "billing@example.com",
            },
            "billing_cycle": "monthly",
            "unit_count": 1,
            "on_free_trial": false,
            "free_trial_ends_on": null,
            "next_billing_date": "2026-04-02T00:00:00+00:00",
            "plan": {
                "id": 435,
                "name": "Basic Plan",
                "description": "What a small crew needs",
                "monthly_price_in_cents": 1_000,
                "yearly_price_in_cents": 10_000,
                "price_model": "PER_UNIT",
                "has_free_trial": true,
                "unit_name": "seat",
                "bullets": ["Is basic"],
            },
        },
        "sender": with_email(it, OCTOCAT),
    })
}

pub(super) fn sponsorship(it: &Story) -> Value {
    json!({
        "action": "created",
        "sponsorship": {
            "node_id": "S_kwDO1",
            "created_at": it.now(),
            "sponsorable": it.user(OCTOCAT),
            "sponsor": it.user(MONALISA),
            "privacy_level": "public",
            "tier": {
                "node_id": "ST_kwDO1",
                "created_at": it.now(),
                "description": "A coffee a month",
                "monthly_price_in_cents": 500,
                "monthly_price_in_dollars": 5,
                "name": "$5 a month",
                "is_one_time": false,
                "is_custom_amount": false,
            },
        },
        "sender": it.user(MONALISA),
    })
}

fn with_email(it: &Story, login: &str) -> Value {
    let mut user = it.user(login);
    user["email"] = json!(account::email(login));
    user
}
