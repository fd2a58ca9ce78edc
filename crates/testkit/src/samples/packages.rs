//! Packages.

use serde_json::{Value, json};

use super::story::{OCTOCAT, Story};

const PACKAGE: u64 = 8_600_100_091;
const VERSION: u64 = 8_600_100_092;
const DIGEST: &str = "sha256:3da1996a8115d7616457760d9920b815241d0a03b34cf5f04e9a0e9d8de37498";
const IMAGE: &str = "ghcr.io/octo-org/hello-world:1.0.0";

pub(super) fn package(it: &Story) -> Value {
    json!({ "action": "published", "package": the_package(it) })
}

pub(super) fn registry_package(it: &Story) -> Value {
    json!({ "action": "published", "registry_package": the_package(it) })
}

fn the_package(it: &Story) -> Value {
    json!({
        "id": PACKAGE,
        "name": it.repository().name.name(),
        "namespace": it.repository().name.owner(),
        "description": "Hello-World in a container",
        "ecosystem": "CONTAINER",
        "package_type": "CONTAINER",
        "html_url": page(it),
        "created_at": it.now(),
        "updated_at": it.now(),
        "owner": it.owner(),
        "package_version": version(it),
        "registry": {
            "about_url": "https://docs.github.com/packages/learn-github-packages/introduction-to-github-packages",
            "name": "GitHub CONTAINER registry",
            "type": "CONTAINER",
            "url": "https://CONTAINER.pkg.github.com/octo-org",
            "vendor": "GitHub Inc",
        },
    })
}

fn version(it: &Story) -> Value {
    json!({
        "id": VERSION,
        "version": DIGEST,
        "name": DIGEST,
        "description": "",
        "summary": "",
        "author": it.user(OCTOCAT),
        "body": {
            "repository": { "repository": it.repo() },
            "info": {
                "type": "blob",
                "oid": it.head.tree,
                "mode": 33_188,
                "name": "README.md",
                "path": "README.md",
                "size": null,
                "collection": true,
            },
            "attributes": {},
            "_formatted": true,
        },
        "manifest": "",
        "html_url": format!("{}/{VERSION}", page(it)),
        "tag_name": "1.0.0",
        "target_commitish": it.repository().default_branch,
        "target_oid": it.pull_request.base_sha,
        "created_at": it.now(),
        "updated_at": it.now(),
        "metadata": [],
        "container_metadata": container(it),
        "package_files": [],
        "installation_command": format!("docker pull {IMAGE}"),
        "package_url": IMAGE,
    })
}

fn container(it: &Story) -> Value {
    let title = it.repository().name.name();
    json!({
        "tag": { "name": "1.0.0", "digest": DIGEST },
        "labels": {
            "description": "Hello-World in a container",
            "source": it.web(""),
            "revision": it.pull_request.base_sha,
            "image_url": it.web(""),
            "licenses": "MIT",
            "all_labels": {
                "org.opencontainers.image.created": it.now(),
                "org.opencontainers.image.description": "Hello-World in a container",
                "org.opencontainers.image.licenses": "MIT",
                "org.opencontainers.image.revision": it.pull_request.base_sha,
                "org.opencontainers.image.source": it.web(""),
                "org.opencontainers.image.title": title,
                "org.opencontainers.image.url": it.web(""),
                "org.opencontainers.image.version": "1.0.0",
            },
        },
        "manifest": {
            "digest": DIGEST,
            "media_type": "application/vnd.docker.distribution.manifest.v2+json",
            "uri": format!("repositories/octo-org/hello-world/manifests/{DIGEST}"),
            "size": 1_782,
            "config": blob("container.image.v1+json", 7_205),
            "layers": [blob("image.rootfs.diff.tar.gzip", 26_576_195)],
        },
    })
}

fn blob(kind: &str, size: u64) -> Value {
    json!({
        "digest": DIGEST,
        "media_type": format!("application/vnd.docker.{kind}"),
        "size": size,
    })
}

fn page(it: &Story) -> String {
    it.web("/pkgs/container/hello-world")
}
