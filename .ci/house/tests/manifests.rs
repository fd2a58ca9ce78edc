//! Dependencies: unused, twice, with a licence that is not allowed; packages that lack something.

mod support;

use std::fs;

use house::{duplicates, licences, package, unused};
use serde_json::{Value, json};
use support::{shown, tree};

#[test]
fn a_dependency_that_no_source_names_is_found() {
    let manifest = "[package]\nname = \"hookstead-one\"\n[dependencies]\nused-one = \"1\"\nidle = \"1\"\n\
        [dev-dependencies]\nin-tests = \"1\"\nidle-too.workspace = true\n";
    let root = tree(
        "unused",
        &[
            ("crates/one/Cargo.toml", manifest),
            ("crates/one/src/lib.rs", "use used_one::A;\n// idle\nfn idle_too_long() {}"),
            ("crates/one/tests/it.rs", "use in_tests::B; use idle::C;"),
        ],
    );
    assert_eq!(
        shown(&unused::check(&root, &[]).unwrap()),
        [
            "crates/one/Cargo.toml:5: no source names the dependency idle",
            "crates/one/Cargo.toml:8: no source names the dependency idle-too",
        ]
    );
}

#[test]
fn what_only_a_doc_test_names_is_used() {
    let manifest = "[package]\nname = \"hookstead-one\"\n[dependencies]\nin-docs = \"1\"\n";
    let root = tree(
        "used",
        &[
            ("crates/one/Cargo.toml", manifest),
            ("crates/one/src/lib.rs", "//! ```\n//! use in_docs::A;\n//! ```\n"),
        ],
    );
    assert_eq!(shown(&unused::check(&root, &[]).unwrap()), [""; 0]);
}

fn metadata(packages: Value) -> Value {
    let ids: Vec<Value> =
        packages.as_array().unwrap().iter().map(|p| json!({"id": p["id"]})).collect();
    let members: Vec<&Value> = packages.as_array().unwrap().iter().map(|p| &p["id"]).collect();
    json!({"resolve": {"nodes": ids}, "workspace_members": members, "packages": packages})
}

#[test]
fn two_versions_are_found_and_those_of_other_platforms_are_not() {
    let mut all = metadata(json!([
        {"id": "a1", "name": "a", "version": "0.4.1"},
        {"id": "a2", "name": "a", "version": "1.7.0"},
        {"id": "b1", "name": "b", "version": "1.0.0"},
        {"id": "b2", "name": "b", "version": "2.0.0"},
    ]));
    all["resolve"]["nodes"].as_array_mut().unwrap().pop();
    let found = duplicates::check(&all);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, "a 0.4 1");
    assert!(found[0].message.starts_with("a is built in 2 versions: 0.4.1, 1.7.0"));
}

#[test]
fn licences_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0 OR MIT",
        "MIT/GPL-3.0",
        "(MIT OR GPL-3.0) AND Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-3.0 AND GPL-2.0 OR MIT",
    ] {
        assert!(licences::holds(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR GPL-3.0) AND GPL-2.0",
        "MIT WITH Odd-exception",
        "MIT OR Apache-2.0 AND GPL-3.0 )",
    ] {
        assert!(!licences::holds(bad, &allowed), "{bad}");
    }
    let all = metadata(json!([
        {"id": "a", "name": "a", "version": "1.0.0", "license": "GPL-3.0"},
        {"id": "b", "name": "b", "version": "1.0.0", "license": null},
        {"id": "c", "name": "c", "version": "1.0.0", "license": "MIT"},
    ]));
    assert_eq!(
        shown(&licences::check(&all, "MIT\n")),
        ["Cargo.lock: a 1.0.0 has GPL-3.0", "Cargo.lock: b 1.0.0 has no licence"]
    );
}

#[test]
fn a_package_carries_all_that_the_registry_shows() {
    let root = tree(
        "package",
        &[
            ("LICENSE-MIT", "mit"),
            ("LICENSE-APACHE", "apache"),
            ("crates/one/README.md", "# One"),
            ("crates/one/LICENSE-MIT", "mit"),
            ("crates/one/LICENSE-APACHE", "apache"),
            ("crates/one/src/lib.rs", "#![cfg_attr(docsrs, feature(doc_cfg))]"),
        ],
    );
    let good = json!({
        "id": "one", "name": "one", "manifest_path": root.join("crates/one/Cargo.toml"),
        "description": "One.", "license": "MIT", "rust_version": "1.95", "readme": "README.md",
        "keywords": ["a"], "categories": ["b"], "publish": null, "features": {"default": [], "f": []},
        "metadata": {"docs": {"rs": {"all-features": true, "rustdoc-args": ["--cfg", "docsrs"]}}},
    });
    let found = |package: &Value| shown(&package::check(&root, &metadata(json!([package]))));
    assert_eq!(found(&good), [""; 0]);
    for (field, value, message) in [
        ("description", json!(null), "one has no `description`"),
        ("license", json!(""), "one has no `license`"),
        ("readme", json!(null), "one has no README"),
        ("readme", json!("GONE.md"), "one has no README"),
        ("keywords", json!([]), "one has none or more than five `keywords`"),
        ("categories", json!([1, 2, 3, 4, 5, 6]), "one has none or more than five `categories`"),
        (
            "metadata",
            json!({"docs": {"rs": {"rustdoc-args": ["--cfg", "docsrs"]}}}),
            "one does not show all features on docs.rs",
        ),
        (
            "metadata",
            json!({"docs": {"rs": {"all-features": true}}}),
            "one does not build its docs with `--cfg docsrs`",
        ),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(found(&bad), [format!("crates/one/Cargo.toml: {message}")]);
        bad["publish"] = json!([]);
        assert_eq!(found(&bad), [""; 0], "what is not published needs nothing");
    }
    fs::write(root.join("crates/one/LICENSE-MIT"), "another").unwrap();
    fs::write(root.join("crates/one/src/lib.rs"), "").unwrap();
    assert_eq!(
        found(&good),
        [
            "crates/one/Cargo.toml: one does not carry the repository's LICENSE-MIT",
            "crates/one/Cargo.toml: one has features, but `lib.rs` does not ask docs.rs for their badges",
        ]
    );
}
