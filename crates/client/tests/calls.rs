//! What is said about the calls, against their declarations.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hookstead_client::{Endpoint, Repetition, calls};

/// The words by which a method's docs say that it is not repeated when in doubt.
const NOT_REPEATED: &str = "only when GitHub has surely not processed it";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The table that the docs of [`calls`] include.
fn table() -> String {
    let mut text = String::from(
        "| method | call | permission | repeated when in doubt | because |\n|---|---|---|---|---|\n",
    );
    for call in calls() {
        let (method, case) = call.name.split_once(", ").unwrap_or((call.name, ""));
        let case = if case.is_empty() { String::new() } else { format!(", {case}") };
        let paths: Vec<_> = call.paths().map(|path| format!("`{} {path}`", call.method)).collect();
        let repeated = if call.repetition == Repetition::Never { "**no**" } else { "yes" };
        let Endpoint { permission, because, .. } = call;
        writeln!(
            text,
            "| [`{method}`](crate::{method}){case} | {} | {permission} | {repeated} | {because} |",
            paths.join(", ")
        )
        .unwrap();
    }
    text
}

#[test]
fn the_table_in_the_docs_is_made_from_the_declarations() {
    let file = folder().join("docs/calls.md");
    if std::env::var_os("WRITE_CALLS").is_some() {
        std::fs::write(&file, table()).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap();
    assert!(
        written == table(),
        "docs/calls.md is out of date; this writes it:\n\
         WRITE_CALLS=1 cargo test -p hookstead-client --test calls"
    );
}

#[test]
fn every_declaration_is_among_the_calls() {
    let declared = sources().iter().map(|text| text.matches(": Endpoint =").count()).sum::<usize>();
    let names: BTreeSet<_> = calls().map(|call| call.name).collect();
    assert_eq!((calls().count(), names.len()), (declared, declared));
}

#[test]
fn every_declaration_is_whole() {
    for call in calls() {
        let is_get = call.method == hookstead_client::Method::GET;
        assert_eq!(is_get, call.repetition == Repetition::Reads, "{}", call.name);
        assert!(!call.permission.is_empty() && !call.because.is_empty(), "{}", call.name);
        for part in call.places.iter().chain([&call.path]) {
            let is_path = part.starts_with('/') && !part.ends_with('/');
            assert!(is_path || part.is_empty(), "{}: {part}", call.name);
        }
    }
}

/// The tests of faults take the declarations at their word. Here stands what must not be declared otherwise:
/// what somebody carries out for each time that it arrives.
#[test]
fn what_starts_work_is_never_repeated() {
    for name in ["Repo::create_deployment", "HookDeliveries::redeliver", "Hooks::create"] {
        let call = calls().find(|call| call.name == name).unwrap();
        assert_eq!(call.repetition, Repetition::Never, "{name}");
    }
}

/// The docs of each method name the permission of its declaration, and say whether it is repeated.
#[test]
fn the_docs_of_the_methods_say_what_is_declared() {
    let docs: BTreeMap<String, String> = sources().iter().flat_map(|text| methods(text)).collect();
    for call in calls() {
        let method = call.name.split(", ").next().unwrap();
        let docs = docs.get(method).unwrap_or_else(|| panic!("there is no method {method}"));
        let permission = format!("Permission: {}", call.permission);
        assert!(docs.contains(&permission), "{method} does not say: {permission}");
        // Where a method has two cases, it says both in its own words.
        let cases = calls().filter(|it| it.name.split(", ").next() == Some(method)).count();
        if cases == 1 {
            let is_never = call.repetition == Repetition::Never;
            assert_eq!(docs.contains(NOT_REPEATED), is_never, "{method}: {:?}", call.repetition);
        }
    }
}

/// The files that declare calls.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut open = vec![folder().join("src/api"), folder().join("src/app")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            texts.push(read(&path));
        }
    }
    texts
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The asynchronous methods in a file and their docs, each in one line.
fn methods(text: &str) -> Vec<(String, String)> {
    let (mut of, mut docs, mut found) = ("", String::new(), Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("impl ") {
            of = name.trim_end_matches(" {");
        }
        let line = line.trim_start();
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc);
        } else if let Some(rest) = line.strip_prefix("pub async fn ") {
            let name = rest.split(['(', '<']).next().unwrap();
            found.push((format!("{of}::{name}"), std::mem::take(&mut docs)));
        } else if !line.starts_with("#[") {
            docs.clear();
        }
    }
    found
}
