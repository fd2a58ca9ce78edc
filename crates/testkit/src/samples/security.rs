//! Alerts and advisories.

use serde_json::{Value, json};

use super::organizations::team;
use super::story::{HUBOT, OCTOCAT, Story};
use crate::payload::ids::node_id;

const ALERT: u64 = 8_600_100_121;
const GHSA: &str = "GHSA-c2qf-rxjj-qqgw";
const CVE: &str = "CVE-2022-25883";
const CVSS: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";

pub(super) fn code_scanning_alert(it: &Story) -> Value {
    let at = format!("refs/heads/{}", it.pull_request.head_ref);
    json!({
        "action": "created",
        "alert": {
            "number": 1,
            "created_at": it.now(),
            "updated_at": it.now(),
            "url": it.api("/code-scanning/alerts/1"),
            "html_url": it.web("/security/code-scanning/1"),
            "instances_url": it.api("/code-scanning/alerts/1/instances"),
            "state": "open",
            "fixed_at": null,
            "dismissed_by": null,
            "dismissed_at": null,
            "dismissed_reason": null,
            "dismissed_comment": null,
            "rule": {
                "id": "rust/sql-injection",
                "severity": "error",
                "security_severity_level": "high",
                "name": "rust/sql-injection",
                "description": "Query built from user-controlled sources",
                "full_description": "Whoever controls the query controls the database.",
                "tags": ["security"],
                "help": "",
            },
            "tool": { "name": "CodeQL", "guid": null, "version": "2.24.1" },
            "most_recent_instance": instance(it, &at),
            "instances": [instance(it, &at)],
        },
        "ref": at,
        "commit_oid": it.pull_request.head_sha,
        "sender": it.user("github"),
    })
}

fn instance(it: &Story, at: &str) -> Value {
    json!({
        "ref": at,
        "analysis_key": ".github/workflows/code-scanning.yml:build",
        "category": ".github/workflows/code-scanning.yml:build",
        "environment": "{}",
        "state": "open",
        "commit_sha": it.pull_request.head_sha,
        "message": { "text": "This query depends on a user-provided value." },
        "location": {
            "path": "src/main.rs",
            "start_line": 84,
            "end_line": 84,
            "start_column": 51,
            "end_column": 56,
        },
        "classifications": [],
    })
}

pub(super) fn dependabot_alert(it: &Story) -> Value {
    json!({
        "action": "created",
        "alert": {
            "number": 2,
            "state": "open",
            "dependency": {
                "package": package(),
                "manifest_path": "package-lock.json",
                "scope": "runtime",
            },
            "security_advisory": advisory(it),
            "security_vulnerability": vulnerability(),
            "url": it.api("/dependabot/alerts/2"),
            "html_url": it.web("/security/dependabot/2"),
            "created_at": it.now(),
            "updated_at": it.now(),
            "dismissed_at": null,
            "dismissed_by": null,
            "dismissed_reason": null,
            "dismissed_comment": null,
            "fixed_at": null,
            "auto_dismissed_at": null,
        },
        "sender": it.user("github"),
    })
}

pub(super) fn vulnerability_alert(it: &Story) -> Value {
    json!({
        "action": "create",
        "alert": {
            "id": ALERT,
            "number": 2,
            "node_id": node_id("RVA_kwDO", ALERT),
            "state": "open",
            "affected_range": "< 7.5.2",
            "affected_package_name": "semver",
            "external_reference": format!("https://nvd.nist.gov/vuln/detail/{CVE}"),
            "external_identifier": CVE,
            "fixed_in": "7.5.2",
            "ghsa_id": GHSA,
            "created_at": it.now(),
            "severity": "moderate",
        },
        "sender": it.user("github"),
    })
}

pub(super) fn security_advisory(it: &Story) -> Value {
    json!({ "action": "published", "security_advisory": advisory(it) })
}

pub(super) fn repository_advisory(it: &Story) -> Value {
    json!({
        "action": "published",
        "repository_advisory": {
            "ghsa_id": GHSA,
            "cve_id": CVE,
            "url": it.api(&format!("/security-advisories/{GHSA}")),
            "html_url": it.web(&format!("/security/advisories/{GHSA}")),
            "summary": "The flag can be waved by anybody",
            "description": "Whoever finds the pole can wave the flag.",
            "severity": "medium",
            "author": it.user(HUBOT),
            "publisher": it.user(OCTOCAT),
            "identifiers": identifiers(),
            "state": "published",
            "created_at": it.now(),
            "updated_at": it.now(),
            "published_at": it.now(),
            "closed_at": null,
            "withdrawn_at": null,
            "submission": { "accepted": true },
            "vulnerabilities": [{
                "package": package(),
                "vulnerable_version_range": "< 1.0.1",
                "patched_versions": "1.0.1",
                "vulnerable_functions": ["wave"],
            }],
            "cvss": { "vector_string": CVSS, "score": 5.3 },
            "cvss_severities": severities(),
            "cwes": cwes(),
            "cwe_ids": ["CWE-1333"],
            "credits": [{ "login": HUBOT, "type": "reporter" }],
            "credits_detailed": [
                { "user": it.user(HUBOT), "type": "reporter", "state": "accepted" },
            ],
            "collaborating_users": [it.user(OCTOCAT)],
            "collaborating_teams": [team(it)],
            "private_fork": null,
        },
    })
}

pub(super) fn secret_scanning_alert(it: &Story) -> Value {
    json!({ "action": "created", "alert": secret(it), "sender": it.user("github") })
}

pub(super) fn secret_location(it: &Story) -> Value {
    let (blob, sha) = (&it.head.tree, &it.pull_request.head_sha);
    json!({
        "action": "created",
        "alert": secret(it),
        "location": {
            "type": "commit",
            "details": {
                "path": "config.toml",
                "start_line": 1,
                "end_line": 1,
                "start_column": 8,
                "end_column": 48,
                "blob_sha": blob,
                "blob_url": it.api(&format!("/git/blobs/{blob}")),
                "commit_sha": sha,
                "commit_url": it.api(&format!("/git/commits/{sha}")),
            },
        },
        "sender": it.user("github"),
    })
}

pub(super) fn secret_scanning_scan(it: &Story) -> Value {
    json!({
        "action": "completed",
        "type": "backfill",
        "source": "git",
        "started_at": it.now(),
        "completed_at": it.now(),
        "secret_types": ["github_personal_access_token"],
        "custom_pattern_name": null,
        "custom_pattern_scope": null,
        "sender": it.user("github"),
    })
}

pub(super) fn security_and_analysis(_: &Story) -> Value {
    json!({
        "changes": {
            "from": {
                "security_and_analysis": {
                    "advanced_security": { "status": "enabled" },
                    "dependabot_security_updates": { "status": "enabled" },
                    "secret_scanning": { "status": "disabled" },
                    "secret_scanning_push_protection": { "status": "disabled" },
                },
            },
        },
    })
}

fn secret(it: &Story) -> Value {
    json!({
        "number": 3,
        "created_at": it.now(),
        "updated_at": it.now(),
        "url": it.api("/secret-scanning/alerts/3"),
        "html_url": it.web("/security/secret-scanning/3"),
        "locations_url": it.api("/secret-scanning/alerts/3/locations"),
        "state": "open",
        "resolution": null,
        "resolved_at": null,
        "resolved_by": null,
        "resolution_comment": null,
        "secret_type": "github_personal_access_token",
        "secret_type_display_name": "GitHub Personal Access Token",
        "validity": "unknown",
        "push_protection_bypassed": false,
        "push_protection_bypassed_by": null,
        "push_protection_bypassed_at": null,
        "push_protection_bypass_request_reviewer": null,
        "push_protection_bypass_request_reviewer_comment": null,
        "push_protection_bypass_request_comment": null,
        "push_protection_bypass_request_html_url": null,
        "publicly_leaked": false,
        "multi_repo": false,
        "assigned_to": null,
    })
}

fn advisory(it: &Story) -> Value {
    json!({
        "ghsa_id": GHSA,
        "cve_id": CVE,
        "summary": "semver vulnerable to Regular Expression Denial of Service",
        "description": "Versions of the package semver before 7.5.2 take long to read some ranges.",
        "severity": "medium",
        "identifiers": identifiers(),
        "references": [{ "url": format!("https://nvd.nist.gov/vuln/detail/{CVE}") }],
        "published_at": it.now(),
        "updated_at": it.now(),
        "withdrawn_at": null,
        "vulnerabilities": [vulnerability()],
        "cvss": { "vector_string": CVSS, "score": 5.3 },
        "cvss_severities": severities(),
        "cwes": cwes(),
    })
}

fn vulnerability() -> Value {
    json!({
        "package": package(),
        "severity": "medium",
        "vulnerable_version_range": "< 7.5.2",
        "first_patched_version": { "identifier": "7.5.2" },
    })
}

fn package() -> Value {
    json!({ "ecosystem": "npm", "name": "semver" })
}

fn identifiers() -> Value {
    json!([{ "type": "GHSA", "value": GHSA }, { "type": "CVE", "value": CVE }])
}

fn severities() -> Value {
    json!({
        "cvss_v3": { "vector_string": CVSS, "score": 5.3 },
        "cvss_v4": { "vector_string": null, "score": 0.0 },
    })
}

fn cwes() -> Value {
    json!([{ "cwe_id": "CWE-1333", "name": "Inefficient Regular Expression Complexity" }])
}
