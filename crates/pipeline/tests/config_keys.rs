//! The list of all keys, the reader and the docs are of one mind.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

use std::collections::BTreeSet;

use hookstead_pipeline::config::{Config, KeyKind, LIMITATIONS, all_keys, keys_table, parse_span};

/// All keys in two files, as a job has only one of four ways to run and a server one of two ways to keep.
const FILES: [&str; 2] =
    [include_str!("config/all_keys_a.toml"), include_str!("config/all_keys_b.toml")];

/// The paths of a file's keys as the list has them.
fn paths(text: &str) -> BTreeSet<String> {
    fn walk(table: &toml::de::DeTable<'_>, path: &str, paths: &mut BTreeSet<String>) {
        for (name, value) in table {
            let mut key = if path.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{path}.{}", name.get_ref())
            };
            if !all_keys().any(|it| it.path == key) {
                key = format!("{path}.NAME");
            } else {
                paths.insert(key.clone());
            }
            let holds_keys = all_keys().any(|it| it.path.starts_with(&format!("{key}.")));
            match value.get_ref() {
                toml::de::DeValue::Table(table) if holds_keys => walk(table, &key, paths),
                toml::de::DeValue::Array(items) if holds_keys => {
                    for item in items.iter() {
                        if let toml::de::DeValue::Table(table) = item.get_ref() {
                            walk(table, &key, paths);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut paths = BTreeSet::new();
    walk(toml::de::DeTable::parse(text).unwrap().get_ref(), "", &mut paths);
    paths
}

#[test]
fn each_key_of_the_list_is_read() {
    let mut set = BTreeSet::new();
    for text in FILES {
        let config = Config::parse(text, "pipeline.toml").unwrap_or_else(|error| panic!("{error}"));
        // Each key changes something: a key that nobody read would change nothing.
        for path in paths(text) {
            let without = without(text, &path);
            if let Ok(other) = Config::parse(&without, "pipeline.toml") {
                assert_ne!(other, config, "{path} changes nothing");
            }
            set.insert(path);
        }
    }
    let listed: BTreeSet<String> = all_keys().map(|key| key.path.to_owned()).collect();
    assert_eq!(set, listed);
}

/// The file without the lines that set this key. Each key has a line of its own in these files, or a table.
fn without(text: &str, path: &str) -> String {
    let name = path.rsplit('.').next().unwrap();
    let mut table = String::new();
    let mut left_out = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            // `projects.shop.jobs.test` is `projects.NAME.jobs.NAME`.
            table = String::new();
            for part in header.trim_matches(['[', ']']).split('.') {
                let key =
                    if table.is_empty() { part.to_owned() } else { format!("{table}.{part}") };
                let is_known = all_keys().any(|it| it.path == key);
                table = if is_known { key } else { format!("{table}.NAME") };
            }
            left_out = table == path || table.starts_with(&format!("{path}."));
        }
        let is_set = line.split_once(" = ").is_some_and(|(key, _)| key == name);
        let full = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
        let is_meant = is_set && full == path;
        if !left_out && !is_meant {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn each_default_is_right_and_has_its_reason() {
    for key in all_keys() {
        assert!(key.about.ends_with('.'), "{}", key.path);
        let default = key.default;
        let is_empty_list = default == "[]";
        assert_eq!(default.is_empty() || is_empty_list, key.reason.is_empty(), "{}", key.path);
        assert!(!key.is_required || default.is_empty(), "{}", key.path);
        let is_right = match key.kind {
            _ if default.is_empty() || is_empty_list => true,
            KeyKind::Choice(choices) => choices.contains(&default),
            KeyKind::Flag => matches!(default, "true" | "false"),
            KeyKind::Number { least, most } => {
                default.parse().is_ok_and(|number| (least..=most).contains(&number))
            }
            KeyKind::Span { least, most } => {
                parse_span(default).is_ok_and(|span| (least..=most).contains(&span.as_secs()))
            }
            KeyKind::Size { least, most } => default
                .parse::<hookstead_pipeline::config::ByteSize>()
                .is_ok_and(|size| (least..=most).contains(&size.bytes())),
            KeyKind::Text | KeyKind::Url | KeyKind::Choices(_) => true,
            other => panic!("{}: a default of {other:?}", key.path),
        };
        assert!(is_right, "{}: {default}", key.path);
    }
}

#[test]
fn each_limitation_is_of_a_key() {
    for limitation in LIMITATIONS {
        assert!(all_keys().any(|key| key.path == limitation.key), "{}", limitation.key);
    }
}

/// Run with `HOOKSTEAD_UPDATE_DOCS=1` to write the table anew.
#[test]
fn the_docs_have_the_table_of_all_keys() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/config-keys.md");
    if std::env::var_os("HOOKSTEAD_UPDATE_DOCS").is_some() {
        std::fs::write(path, keys_table()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        keys_table(),
        "HOOKSTEAD_UPDATE_DOCS=1 writes it anew"
    );
}
