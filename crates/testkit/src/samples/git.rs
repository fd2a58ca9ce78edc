//! Branches, tags and what is made of them.

use serde_json::{Value, json};

use super::issues::reactions;
use super::story::{OCTOCAT, Story};
use crate::payload::commit;
use crate::payload::ids::{node_id, with_links};

const RELEASE: u64 = 8_600_100_021;
const ASSET: u64 = 8_600_100_022;

pub(super) fn create(it: &Story) -> Value {
    json!({
        "ref": it.pull_request.head_ref,
        "ref_type": "branch",
        "master_branch": it.repository().default_branch,
        "description": it.repo()["description"],
        "pusher_type": "user",
    })
}

pub(super) fn delete(it: &Story) -> Value {
    json!({ "ref": it.pull_request.head_ref, "ref_type": "branch", "pusher_type": "user" })
}

pub(super) fn merge_group(it: &Story) -> Value {
    let base = &it.pull_request.base_ref;
    let queue = format!("refs/heads/gh-readonly-queue/{base}/pr-{}", it.pull_request.number);
    json!({
        "action": "checks_requested",
        "merge_group": {
            "head_sha": it.pull_request.head_sha,
            "head_ref": format!("{queue}-{}", it.pull_request.base_sha),
            "base_sha": it.pull_request.base_sha,
            "base_ref": format!("refs/heads/{base}"),
            "head_commit": commit::short(&it.head),
        },
    })
}

pub(super) fn release(it: &Story) -> Value {
    let url = it.api(&format!("/releases/{RELEASE}"));
    let release = json!({
        "id": RELEASE,
        "node_id": node_id("RE_kwDO", RELEASE),
        "tag_name": "v1.0.0",
        "target_commitish": it.repository().default_branch,
        "name": "1.0.0",
        "body": "The first release, with a flag.",
        "draft": false,
        "prerelease": false,
        "immutable": false,
        "author": it.user(OCTOCAT),
        "created_at": it.now(),
        "updated_at": it.now(),
        "published_at": it.now(),
        "assets": [asset(it)],
        "html_url": it.web("/releases/tag/v1.0.0"),
        "discussion_url": it.web("/discussions/4"),
        "tarball_url": it.api("/tarball/v1.0.0"),
        "zipball_url": it.api("/zipball/v1.0.0"),
        "upload_url": format!("{url}/assets{{?name,label}}"),
        "reactions": reactions(&url),
    });
    let release = with_links(release, &url, &[("url", ""), ("assets_url", "/assets")]);
    json!({ "action": "published", "release": release })
}

fn asset(it: &Story) -> Value {
    json!({
        "url": it.api(&format!("/releases/assets/{ASSET}")),
        "id": ASSET,
        "node_id": node_id("RA_kwDO", ASSET),
        "name": "hello-world.tar.gz",
        "label": null,
        "uploader": it.user(OCTOCAT),
        "content_type": "application/gzip",
        "state": "uploaded",
        "size": 108_163,
        "digest": null,
        "download_count": 0,
        "created_at": it.now(),
        "updated_at": it.now(),
        "browser_download_url": it.web("/releases/download/v1.0.0/hello-world.tar.gz"),
    })
}
