//! Circles are found in whatever way files import each other, and only there.

mod support;

use house::{Finding, arrows, circles};
use support::{house, shown};

/// Checks a crate `one` of these files below its `src/`.
fn check(test: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let paths: Vec<String> = files.iter().map(|(p, _)| format!("crates/one/src/{p}")).collect();
    let files: Vec<_> = paths.iter().map(String::as_str).zip(files.iter().map(|f| f.1)).collect();
    circles::check(&house(&format!("circles_{test}"), &files))
}

/// The keys, without the crate.
fn keys(test: &str, files: &[(&str, &str)]) -> Vec<String> {
    check(test, files).into_iter().map(|f| f.key.replace("circle in one: ", "")).collect()
}

const LIB: (&str, &str) = ("lib.rs", "mod a; mod b; mod c;");

#[test]
fn files_that_import_downwards_make_no_circle() {
    let found = keys(
        "none",
        &[
            LIB,
            ("a.rs", "use crate::b::B; use crate::c::C; struct A(B, C);"),
            ("b.rs", "use crate::c::C; pub struct B(C);"),
            ("c.rs", "pub struct C;"),
        ],
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn two_files_that_import_each_other_are_one() {
    let found = check(
        "two",
        &[
            LIB,
            ("a.rs", "\nuse crate::b::B;\npub struct A(B);"),
            ("b.rs", "use crate::a::A;\npub struct B(Box<A>);"),
            ("c.rs", "use crate::a::A; struct C(A);"),
        ],
    );
    assert_eq!(
        shown(&found),
        ["crates/one/src/a.rs:2: 2 files import each other in a circle: \
          a.rs:2 names crate::b::B of b.rs, b.rs:1 names crate::a::A of a.rs"]
    );
    assert_eq!(found[0].key, "circle in one: a.rs b.rs");
}

#[test]
fn a_long_way_round_is_one() {
    let found = keys(
        "three",
        &[
            LIB,
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::c::C; pub struct B(C);"),
            ("c.rs", "use crate::a::A; pub struct C(Box<A>);"),
        ],
    );
    assert_eq!(found, ["a.rs b.rs c.rs"]);
}

#[test]
fn a_circle_does_not_hide_behind_a_re_export_or_a_glob() {
    for (test, root) in [
        ("named", "mod a; mod b; pub use a::A; pub use b::B as Other;"),
        ("glob", "mod a; mod b; pub use a::*; pub use b::*;"),
    ] {
        let name = if test == "glob" { "B" } else { "Other" };
        let found = check(
            test,
            &[
                ("lib.rs", root),
                ("a.rs", &format!("use crate::{name}; pub struct A({name});")),
                ("b.rs", "use crate::A; pub struct B(Box<A>);"),
            ],
        );
        let keys: Vec<&str> = found.iter().map(|f| f.key.as_str()).collect();
        assert!(keys.contains(&"circle in one: a.rs b.rs"), "{test}: {keys:?}");
        // And each import through the root is wrong by itself.
        assert_eq!(keys.iter().filter(|key| key.ends_with("lead through lib.rs")).count(), 2);
    }
}

#[test]
fn a_circle_does_not_hide_behind_a_wing() {
    let found = keys(
        "wing",
        &[
            ("lib.rs", "mod wing; mod a;"),
            ("a.rs", "use crate::wing::B; pub struct A(B);"),
            ("wing/mod.rs", "mod b; pub use self::b::*;"),
            ("wing/b.rs", "use super::super::a::A; pub struct B(Box<A>);"),
        ],
    );
    assert_eq!(found, ["a.rs wing/b.rs"]);
}

#[test]
fn a_parent_that_only_declares_is_in_no_circle_and_one_with_code_is() {
    let child = ("wing/b.rs", "use super::c::C; pub struct B(C); fn of(_: super::C) {}");
    let leaf = ("wing/c.rs", "pub struct C;");
    let lib = ("lib.rs", "mod wing;");
    let declares = ("wing/mod.rs", "//! Two.\nmod b; mod c; pub use b::B; use c::C;");
    assert_eq!(keys("declares", &[lib, declares, child, leaf]), [""; 0]);

    let code = ("wing/mod.rs", "mod b; pub struct Limit(b::B);");
    let uses = ("wing/b.rs", "pub struct B; impl B { fn of(_: &super::Limit) {} }");
    assert_eq!(keys("code", &[lib, code, uses]), ["wing/b.rs wing/mod.rs"]);
}

#[test]
fn paths_without_use_count_in_bodies_types_macros_and_tests() {
    let b = ("b.rs", "use crate::a::A; pub struct B(A); pub fn b() {}");
    for (test, code) in [
        ("body", "pub struct A; fn f() { crate::b::b(); }"),
        ("type", "pub struct A; type T = Vec<super::b::B>;"),
        ("module", "use crate::b; pub struct A; fn f() { b::b(); }"),
        ("macro_call", "pub struct A; fn f() { println!(\"{:?}\", crate::b::b()); }"),
        ("macro_body", "pub struct A; macro_rules! m { () => { $crate::b::b() }; }"),
        ("item_macro", "wrap! { pub enum A { One(crate::b::B) } }"),
        ("odd_macro", "wrap! { A => crate::b::B }"),
        ("inner_use", "pub struct A; fn f() { use crate::b::{self, b as c}; c(); }"),
        ("glob_inside", "pub struct A; fn f() { use crate::b::*; let _: Option<B> = None; }"),
        ("serde", "pub struct A { #[serde(deserialize_with = \"crate::b::b\")] one: u8 }"),
        ("test_module", "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"),
        ("test_super", "pub struct A; mod inner { fn f() { super::super::b::b() } }"),
        ("own_name", "pub struct A; fn f() { hookstead_one::b::b() }"),
    ] {
        let found = keys(test, &[("lib.rs", "mod a; mod b;"), ("a.rs", code), b]);
        assert_eq!(found, ["a.rs b.rs"], "{test}");
    }
}

#[test]
fn variables_fields_and_methods_of_a_modules_name_are_no_imports() {
    let found = keys(
        "variables",
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "use crate::b; pub struct A { b: u8 } fn f(x: A) -> u8 { let b = x.b; b } fn g() { b::b() }",
            ),
            ("b.rs", "pub fn b() { let a = 1; a.a(); }"),
        ],
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_macro_that_is_exported_lives_where_it_is_written() {
    let found = keys(
        "exported",
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; #[macro_export] macro_rules! m { () => {} } fn f(_: B) {}"),
            ("b.rs", "pub struct B; crate::m! {}"),
        ],
    );
    assert_eq!(found, ["a.rs b.rs"]);
}

#[test]
fn a_path_that_leads_nowhere_is_named() {
    let found =
        check("nowhere", &[LIB, ("a.rs", "use crate::b::Gone;"), ("b.rs", ""), ("c.rs", "")]);
    assert_eq!(
        shown(&found),
        ["crates/one/src/a.rs:1: it is not clear which file defines `crate::b::Gone`"]
    );
}

#[test]
fn imports_through_the_root_are_wrong_from_below_too() {
    let found = check(
        "root",
        &[
            ("lib.rs", "mod a; mod wing; pub use a::A; pub use http::Method;"),
            ("a.rs", "pub struct A;"),
            ("wing/mod.rs", "mod b;"),
            ("wing/b.rs", "use super::super::A; use crate::Method; fn f(_: A, _: Method) {}"),
        ],
    );
    assert_eq!(
        shown(&found),
        ["crates/one/src/wing/b.rs:1: 2 paths lead through lib.rs; \
          name the file that defines it: crate::Method, super::super::A"]
    );
}

#[test]
fn crates_lean_only_where_the_table_says() {
    let manifest =
        |name: &str, rest: &str| format!("[package]\nname = \"hookstead-{name}\"\n{rest}");
    let top = manifest(
        "top",
        "[dependencies]\n# Why.\nhookstead-middle.workspace = true\nhookstead-low = { path = \"x\",\n  version = \"1\" }\n",
    );
    let middle = manifest(
        "middle",
        "[dependencies]\nhookstead-low = \"1\"\n[dev-dependencies]\nhookstead-top = \"1\"\n",
    );
    let low =
        manifest("low", "[target.'cfg(unix)'.dependencies]\nhookstead-top = { version = \"1\" }\n");
    let house = house(
        "arrows",
        &[
            ("crates/top/Cargo.toml", &top),
            ("crates/top/src/lib.rs", ""),
            ("crates/middle/Cargo.toml", &middle),
            ("crates/middle/src/lib.rs", ""),
            ("crates/low/Cargo.toml", &low),
            ("crates/low/src/lib.rs", ""),
        ],
    );
    let found = arrows::check(&house, "top: middle\nmiddle: low\nlow:\n");
    assert_eq!(shown(&found), ["crates/low/Cargo.toml:4: low may not lean on top"]);
    let found = arrows::check(&house, "top: middle\nlow: top\n");
    assert_eq!(
        shown(&found),
        [
            "crates/middle/Cargo.toml: the table of arrows does not have the crate middle",
            "crates/top/Cargo.toml:6: top may not lean on low",
        ]
    );
}
